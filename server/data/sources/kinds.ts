/** What a column is to the model, from its type and all its values, where nobody has said so. */

import type { Database } from '../duckdb/database.ts';
import { isFraction, isInteger, isTime } from '../duckdb/sqlTypes.ts';
import { type ColumnKind, declaredKind, type RawInput } from '../table.ts';
import { timestampSql } from './csvTypes.ts';
import type { LoadedColumn } from './loaded.ts';

/** Text from a mean of more than 30 characters and more than 20 distinct values (lint.md text-as-category) of words. */
const textLength = 30;
const textDistinct = 20;
/** Share of the values from which text holds dates, the others being malformed. */
const dateShare = 0.95;

export interface KindsRequest {
  readonly kinds: Readonly<Record<string, ColumnKind>>;
  /** The relation. */
  readonly from: string;
  /** Fewer rows say which columns of text may hold dates. */
  readonly soon?: boolean;
}

/** The kind of each column of the DuckDB table or view `from`; `kinds` overrides. */
export async function inferKinds(
  database: Database,
  columns: readonly { readonly column: LoadedColumn; readonly sql: string }[],
  { kinds, from, soon = false }: KindsRequest,
): Promise<ColumnKind[]> {
  const known = columns.map(
    ({ column }) => declaredKind(kinds, column.name) ?? column.kind ?? kindOfType(column.type),
  );
  const unclear = columns.filter((_, index) => known[index] === undefined);
  const open = unclear.map(({ sql }) => sql);
  const texts = new Map<string, ColumnKind>();
  if (open.length > 0) {
    const told = unclear.map(({ column }) => column.seen?.meanLength);
    // Of few rows a look at the shape of all is sooner done than a reading of some as dates.
    const asked = told.includes(undefined)
      ? await database.aggregateEach(
          open.map((sql) => [
            `avg(length(${sql}))`,
            ...(soon ? [`count_if(${sql} LIKE '____-__-__%')`] : []),
          ]),
          from,
        )
      : told.map((length) => [length ?? null]);
    const dated = open.filter((_, index) => Number(asked[index]?.[1] ?? 1) > 0);
    const shares = await database.aggregate(dated, dateShareSql, {
      from: `(SELECT * FROM ${from} LIMIT ${soon ? 200 : 2000})`,
    });
    const dates = new Map(dated.map((sql, index) => [sql, shares[index]]));
    for (const [index, sql] of open.entries()) {
      const seen = { length: asked[index]?.[0], dates: dates.get(sql) };
      texts.set(sql, await kindOfText(database, { sql, from }, seen));
    }
  }
  return columns.map(({ sql }, index) => known[index] ?? texts.get(sql) ?? 'categorical');
}

export function kindOfType(type: string): ColumnKind | undefined {
  if (type === 'BOOLEAN') return 'boolean';
  if (isTime(type)) return 'datetime';
  if (isInteger(type) || isFraction(type)) return 'numeric';
  return undefined;
}

/** How a kind enters the ONNX file (cli.md). */
export function inputOf(kind: ColumnKind): RawInput {
  if (kind === 'numeric' || kind === 'boolean' || kind === 'cyclic') return 'float';
  return kind === 'datetime' ? 'date' : 'string';
}

async function kindOfText(
  database: Database,
  { sql, from }: { sql: string; from: string },
  seen: { length: unknown; dates: unknown },
): Promise<ColumnKind> {
  if (Number(seen.dates ?? 0) > 0.5) {
    const [share] = await database.row(`SELECT ${dateShareSql(sql)} FROM ${from}`);
    if (Number(share ?? 0) >= dateShare) return 'datetime';
  }
  if (Number(seen.length ?? 0) > textLength) {
    // Keys, hashes and addresses are long too, but have no spaces; scripts that need none are beyond ASCII.
    const words = `count(*) FILTER (regexp_matches(${sql}, '\\s|[^\\x00-\\x7F]')) / count(${sql})`;
    const [distinct, share] = await database.row(`SELECT count(DISTINCT ${sql}), ${words} FROM ${from}`);
    if (Number(distinct) > textDistinct && Number(share) > 0.5) return 'text';
  }
  return 'categorical';
}

function dateShareSql(sql: string): string {
  return `count(${timestampSql(sql)}) / nullif(count(nullif(${sql}, '')), 0)`;
}
