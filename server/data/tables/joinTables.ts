/** `data.join`: the rows of other files beside those of the source, each as of the instant at which a prediction is made. */
import { ModelwrightError } from '../../catalog/errors.ts';
import { secondsIn } from '../../config/duration.ts';
import { nearest } from '../../config/nearest.ts';
import { countEvents } from '../../statistics/slidingWindow.ts';
import type { Database } from '../duckdb/database.ts';
import { instantSql } from '../duckdb/sql.ts';
import { isInteger, isTime } from '../duckdb/sqlTypes.ts';
import { comparedSql, momentSql, type SqlColumn, valueSql } from '../sources/columnSql.ts';
import { hashSources } from '../sources/hash.ts';
import { inputOf } from '../sources/kinds.ts';
import { loadSource, storedColumns } from '../sources/loadSource.ts';
import { findSources } from '../sources/sources.ts';
import type { ColumnKind, JoinedSource, JoinSpec, TableSpec } from '../table.ts';
import type { PastCache, PastRows } from './pastRows.ts';
import type { TableFrame } from './tableFrame.ts';

/** Rows of another file, read whole. */
export interface JoinedTable extends JoinSpec {
  /** Of `data.join`, from 0. */
  readonly index: number;
  /** Where the rows stand in DuckDB. */
  readonly relation: string;
  /** Under their names in that file. */
  readonly columns: readonly SqlColumn[];
  /** When a row is known, in SQL; absent for a table that tells no time. */
  readonly at?: string;
  readonly path: string;
  readonly hash: string;
  readonly rowCount: number;
}

/** Reads the files of all joins. Throws what the readers throw and `join-name-taken`, `join-key`, `join-time`. */
export async function readJoins(database: Database, spec: TableSpec): Promise<JoinedTable[]> {
  const joins = spec.joins ?? [];
  const tables: JoinedTable[] = [];
  for (const [index, join] of joins.entries()) {
    if (joins.some(({ name }, other) => name === join.name && other < index))
      throw new ModelwrightError('join-name-taken', { name: join.name, setting: `data.join.${index}` });
    tables.push(await readJoin(database, spec, { join, index }));
  }
  return tables;
}

async function readJoin(
  database: Database,
  spec: TableSpec,
  { join, index }: { join: JoinSpec; index: number },
): Promise<JoinedTable> {
  const schema = `join${index}`;
  const files = findSources([join.source]);
  const path = join.source;
  const within = spec.directory === undefined ? {} : { directory: spec.directory };
  const hash = await hashSources({ source: [join.source], ...within });
  const { null_values } = spec.read;
  const kinds = kindsWithin(spec.kinds, join.name);
  const reading = { format: 'auto', kinds, read: null_values === undefined ? {} : { null_values } };
  const { loaded, columns } = await database.within(schema, async () => {
    const read = await loadSource(database, files, reading);
    return { loaded: read, columns: await storedColumns(database, read, { kinds, from: 'source' }) };
  });
  for (const key of join.keys) refuseMissing({ columns, join: { ...join, path, index }, key });
  const relation = `${schema}.source`;
  const table = { ...join, index, relation, columns, path, hash, rowCount: loaded.ends.at(-1) ?? 0 };
  return { ...table, ...instantOf(table, spec) };
}

interface KeyQuestion {
  readonly columns: readonly SqlColumn[];
  readonly join: Pick<JoinedTable, 'path' | 'index'>;
  readonly key: string;
}

function refuseMissing({ columns, join: { path, index }, key }: KeyQuestion): void {
  if (columns.some(({ name }) => name === key)) return;
  const close = nearest(
    key,
    columns.map(({ name }) => name),
  );
  const reason =
    close === undefined ? 'it has no such column.' : `it has no such column; did you mean \`${close}\`?`;
  throw new ModelwrightError('join-key', { path, column: key, reason, setting: `data.join.${index}.keys` });
}

/** The column of `as_of`, else the one that is called as `data.time`. */
function instantOf(
  { columns, as_of, path, index, name }: Omit<JoinedTable, 'at'>,
  { time, asOf }: TableSpec,
): { at?: string; as_of?: string } {
  const wanted = as_of ?? time;
  const column = columns.find((each) => each.name === wanted);
  const setting = `data.join.${index}.as_of`;
  if (column === undefined) {
    if (as_of === undefined) return {};
    const names = columns.map((each) => each.name);
    const close = nearest(as_of, names);
    const hint =
      close === undefined ? `It has ${names.slice(0, 8).join(', ')}.` : `Did you mean \`${close}\`?`;
    const reason = `\`${name}\` has no column \`${as_of}\`. ${hint}`;
    throw new ModelwrightError('join-time', { path, reason, setting });
  }
  if (column.kind !== 'datetime' && !isTime(column.type)) {
    const reason = `\`${column.name}\` holds ${typeNames[valueSql(column).type]}, no dates.`;
    throw new ModelwrightError('join-time', { path, reason, setting });
  }
  const moment = momentSql(column);
  const at = asOf === undefined ? moment : `CASE WHEN ${moment} <= ${instantSql(asOf)} THEN ${moment} END`;
  return { at, as_of: column.name };
}

const typeNames = { number: 'numbers', text: 'text', boolean: 'true and false', datetime: 'dates' } as const;

/** Kinds of `NAME.column` by `column`. */
function kindsWithin(kinds: TableSpec['kinds'], name: string): Record<string, ColumnKind> {
  const start = `${name}.`;
  return Object.fromEntries(
    Object.entries(kinds).flatMap(([key, kind]) =>
      key.startsWith(start) ? [[key.slice(start.length), kind] as const] : [],
    ),
  );
}

/** What a key's values are compared by: whole numbers as they are, since not all of them are doubles. */
export function keySql(column: SqlColumn): string {
  return isInteger(column.type) ? column.sql : comparedSql(column);
}

/** The SQL of a join's keys in the frame and in its own table. Throws `join-key`. */
export function joinKeys(
  frame: Pick<TableFrame, 'columns'>,
  join: JoinedTable,
): { asking: string[]; events: string[] } {
  const asking: string[] = [];
  const events: string[] = [];
  for (const key of join.keys) {
    const setting = `data.join.${join.index}.keys`;
    const own = frame.columns.find(({ name }) => name === key);
    const other = join.columns.find(({ name }) => name === key);
    const fault = (reason: string) =>
      new ModelwrightError('join-key', { path: join.path, column: key, reason, setting });
    if (own === undefined || other === undefined) throw fault('the data has no such column.');
    const types = [valueSql(own).type, valueSql(other).type] as const;
    if (types[0] !== types[1])
      throw fault(
        `it holds ${typeNames[types[0]]} in the data and ${typeNames[types[1]]} there, which are never equal.`,
      );
    asking.push(keySql(own));
    events.push(keySql(other));
  }
  return { asking, events };
}

/**
 * Adds `NAME.column` for every column of the other table but its keys: those of the last row with equal keys that was
 * known at `at`, the instant of the prediction. Throws `join-key`, `join-ambiguous`, `join-time`, `column-name-taken`.
 */
export async function joinColumns(
  frame: TableFrame,
  join: JoinedTable,
  { at, cache }: { readonly at: string | undefined; readonly cache: PastCache },
): Promise<JoinedSource> {
  const { database } = frame;
  const { index, path, name } = join;
  const setting = `data.join.${index}`;
  const keys = joinKeys(frame, join);
  const now = join.at === undefined ? "TIMESTAMP '2000-01-01'" : at;
  if (now === undefined) {
    const reason = 'nothing says when a prediction is made.';
    throw new ModelwrightError('join-time', { path, reason, setting });
  }
  if (join.at === undefined) await refuseAmbiguous(database, join, keys.events);
  const brought = join.columns.filter((column) => !join.keys.includes(column.name));
  const named = brought.map((column, at_): SqlColumn => {
    const { block: _, range: __, ...rest } = column;
    return {
      ...rest,
      name: `${name}.${column.name}`,
      derived: 'join',
      sql: `j${index}_${at_}`,
      input: inputOf(column.kind),
    };
  });
  const taken = named.find((column) => frame.columns.some((own) => own.name === column.name));
  if (taken !== undefined) throw new ModelwrightError('column-name-taken', { column: taken.name, setting });
  const past = await cache.open({
    asking: { relation: frame.relation, keys: keys.asking, at: now },
    events: [{ relation: join.relation, keys: keys.events, at: join.at ?? now }],
  });
  const tolerance = secondsIn(join.tolerance);
  const stretches = past.stretches({
    closed: true,
    ...(tolerance === undefined ? {} : { width: 1e6 * tolerance }),
  });
  const last = stretches.to.map((to, row) => (to > (stretches.from[row] ?? 0) ? to - 1 : -1));
  const table = `joined${index}`;
  const columns = [
    ...brought.map(({ sql }, place) => ({ id: `j${index}_${place}`, sql: `s.${sql}` })),
    { id: `j${index}_found`, sql: 's.rowid IS NOT NULL' },
  ];
  await past.fetch(table, last, [columns]);
  frame.attach({ table, columns: columns.map(({ id }) => ({ id, sql: `${table}.${id}` })) });
  frame.columns.push(...named);
  if (join.how === 'inner') frame.conditions.push(`j${index}_found`);
  const matched = countEvents(stretches).reduce((sum, count) => sum + Number(count > 0), 0);
  return {
    name,
    source: join.source,
    hash: join.hash,
    rows: join.rowCount,
    matched,
    asOf: join.as_of ?? null,
    newest: join.at === undefined ? null : newestOf(past, last),
  };
}

/** The latest instant among the events, as ISO text; null where there is none. */
export function newestOf({ events }: Pick<PastRows, 'events'>, used: Int32Array): string | null {
  let newest = Number.NEGATIVE_INFINITY;
  for (const event of used) if (event >= 0) newest = Math.max(newest, events.at[event] ?? newest);
  return Number.isFinite(newest) ? new Date(newest / 1000).toISOString() : null;
}

/** A table that tells no time has one row for each key. */
async function refuseAmbiguous(
  database: Database,
  { relation, keys, path, index }: JoinedTable,
  sql: readonly string[],
): Promise<void> {
  const named = sql.map((key, place) => `${key} AS k${place}`);
  const names = sql.map((_, place) => `k${place}`);
  const present = names.map((key) => `${key} IS NOT NULL`).join(' AND ');
  const [first] = await database.rows(
    `SELECT ${names.map((key) => `CAST(${key} AS VARCHAR)`).join(', ')}, count(*) FROM (SELECT ${named.join(', ')} FROM ${relation}) WHERE ${present} GROUP BY ${names.join(', ')} HAVING count(*) > 1 ORDER BY ALL LIMIT 1`,
  );
  if (first === undefined) return;
  const values = keys.map((key, place) => `\`${key}\` ${first[place]}`).join(' and ');
  throw new ModelwrightError('join-ambiguous', {
    path,
    rows: Number(first.at(-1)),
    keys: values,
    setting: `data.join.${index}.keys`,
  });
}
