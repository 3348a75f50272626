/** From what was read to all columns of a table: those of the source, of its joins, of `data.derive` and of `features.derive`, in this order. */
import { ModelwrightError } from '../../catalog/errors.ts';
import { type DerivedFeature, isWindowed } from '../../config/derivedFeature.ts';
import { columnsOf } from '../../config/expression/check.ts';
import { parseExpression } from '../../config/expression/parse.ts';
import { isInBlocks } from '../duckdb/columnBlocks.ts';
import type { Database } from '../duckdb/database.ts';
import { sqlText } from '../duckdb/sql.ts';
import type { SqlColumn } from '../sources/columnSql.ts';
import { inferKinds, inputOf, kindOfType } from '../sources/kinds.ts';
import type { Loaded } from '../sources/loaded.ts';
import { loadSource, storedColumns } from '../sources/loadSource.ts';
import { findSources } from '../sources/sources.ts';
import {
  type ColumnKind,
  declaredKind,
  type JoinedSource,
  type TableSpec,
  type UsedHistory,
} from '../table.ts';
import { compileExpression, rethrow, scopeOf } from './compileExpression.ts';
import type { SqlValue } from './functionSql.ts';
import { type JoinedTable, joinColumns, readJoins } from './joinTables.ts';
import { PastCache } from './pastRows.ts';
import { predictionClock } from './predictionClock.ts';
import { rowFeatureColumn } from './rowFeature.ts';
import { TableFrame } from './tableFrame.ts';
import { type PastSources, windowColumn } from './windowColumns.ts';

export interface Assembled {
  readonly frame: TableFrame;
  readonly joined: readonly JoinedSource[];
  readonly used: readonly UsedHistory[];
}

/** Of what stands in `source`. */
export async function assembleTable(database: Database, loaded: Loaded, spec: TableSpec): Promise<Assembled> {
  const columns = await storedColumns(database, loaded, {
    kinds: spec.kinds,
    from: 'source',
    soon: spec.some !== undefined,
  });
  const frame = frameOf(database, loaded, columns);
  const windowed = windowedOf(spec, columns);
  const wanted = { ...spec, joins: joinsNeeded(spec, columns, windowed) };
  const joins = await readJoins(database, wanted);
  const before =
    spec.before === undefined || windowed.length === 0
      ? undefined
      : await readBefore(database, { spec, joins, given: frame });
  const assembled = await addColumns(frame, wanted, { joins, ...(before === undefined ? {} : { before }) });
  for (const { index } of joins) await database.run(`DROP SCHEMA join${index} CASCADE`);
  if (before !== undefined) await database.run('DROP SCHEMA past CASCADE');
  return { frame, ...assembled };
}

function frameOf(database: Database, loaded: Loaded, columns: SqlColumn[]): TableFrame {
  const rowCount = loaded.ends.at(-1) ?? 0;
  return new TableFrame(database, {
    relation: 'source',
    rowCount,
    view: loaded.view === true,
    columns,
  });
}

/** Those that are not in the table already. */
function windowedOf({ features = [], before }: TableSpec, columns: readonly SqlColumn[]): DerivedFeature[] {
  const given = new Set(before === undefined ? [] : columns.map(({ name }) => name));
  return features.filter((feature) => !given.has(feature.name) && isWindowed(feature, namesOf(columns)));
}

/** Of a later table that holds a join's columns the join is needed only for what is counted in it. */
function joinsNeeded(
  { joins = [], before }: TableSpec,
  columns: readonly SqlColumn[],
  windowed: readonly DerivedFeature[],
) {
  if (before === undefined) return joins;
  const reads = (name: string) =>
    windowed.some(({ expr }) => {
      const { ast } = parseExpression(expr);
      return ast !== undefined && columnsOf(ast).some((read) => read === name || read.startsWith(`${name}.`));
    });
  return joins.filter(
    ({ name }) => reads(name) || !columns.some((column) => column.name.startsWith(`${name}.`)),
  );
}

/** The rows of `spec.before` with all their columns, in the schema `past`. */
async function readBefore(
  database: Database,
  { spec, joins, given }: { spec: TableSpec; joins: readonly JoinedTable[]; given: TableFrame },
): Promise<PastSources['before']> {
  const { before, ...rest } = spec;
  if (before === undefined) return undefined;
  const own = { ...rest, ...before };
  const { columns } = await database.within('past', async () => {
    const loaded = await loadSource(database, findSources(before.source), own);
    const stored = await storedColumns(database, loaded, { kinds: spec.kinds, from: 'source' });
    const frame = frameOf(database, loaded, stored);
    await addColumns(frame, own, { joins });
    return frame;
  });
  const derived = await withoutJoined(given, spec);
  const clock = predictionClock(derived, spec, given.relation);
  const [first] =
    clock === undefined ? [] : await database.row(`SELECT CAST(min(${clock.known}) AS VARCHAR) FROM source`);
  const until = typeof first === 'string' ? `CAST(${sqlText(first)} AS TIMESTAMP)` : 'NULL';
  return { columns, relation: 'past.source', until };
}

/** The columns with what `data.derive` makes of them alone. */
async function withoutJoined(frame: TableFrame, spec: TableSpec): Promise<SqlColumn[]> {
  const columns = [...frame.columns];
  for (const item of spec.derive)
    if (!readsAbsentColumn(item.expr, columns) && !columns.some(({ name }) => name === item.name))
      columns.push(await derive(frame.database, columns, { ...item, kinds: spec.kinds }));
  return columns;
}

async function addColumns(
  frame: TableFrame,
  spec: TableSpec,
  found: Pick<PastSources, 'joins' | 'before'>,
): Promise<Omit<Assembled, 'frame'>> {
  const { joins } = found;
  const cache = new PastCache(frame.database);
  const given = new Set(spec.before === undefined ? [] : frame.columns.map(({ name }) => name));
  const joined: JoinedSource[] = [];
  if (joins.length > 0) {
    // When a prediction is made may stand in a derived column: only what reads a join has to wait for it.
    const early = await withoutJoined(frame, spec);
    for (const join of joins) {
      if ([...given].some((name) => name.startsWith(`${join.name}.`))) continue;
      const clock = join.at === undefined ? undefined : predictionClock(early, spec, frame.relation);
      joined.push(await joinColumns(frame, join, { at: clock?.at, cache }));
    }
    await frame.settle();
  }
  await addDerived(frame, spec);
  const used = await addFeatures(frame, spec, { spec, given, cache, ...found });
  return { joined, used };
}

/** `data.derive`: each may read the columns before it. */
async function addDerived(frame: TableFrame, spec: TableSpec): Promise<void> {
  for (const { name, expr } of spec.derive) {
    if (spec.optionalDerive === true && readsAbsentColumn(expr, frame.columns)) continue;
    refuseTaken(frame, name, 'data.derive');
    frame.columns.push(await derive(frame.database, frame.columns, { name, expr, kinds: spec.kinds }));
  }
}

function refuseTaken(frame: TableFrame, name: string, setting: string): void {
  if (frame.columns.some((column) => column.name === name))
    throw new ModelwrightError('column-name-taken', { column: name, setting });
}

/** `features.derive`, in the order written. */
async function addFeatures(
  frame: TableFrame,
  spec: TableSpec,
  sources: PastSources & { readonly given: ReadonlySet<string> },
): Promise<UsedHistory[]> {
  const used: UsedHistory[] = [];
  const waiting = new Set<string>();
  for (const [index, feature] of (spec.features ?? []).entries()) {
    const { name, expr } = feature;
    const { ast } = parseExpression(expr);
    const windowed = isWindowed(feature, namesOf(frame.columns));
    if (windowed && sources.given.has(name)) continue;
    if (windowed) refuseTaken(frame, name, 'features.derive');
    const reads = ast === undefined ? [] : columnsOf(ast);
    if (reads.some((read) => waiting.has(read))) {
      await frame.settle();
      waiting.clear();
    }
    if (!windowed) {
      await addRowFeature(frame, feature, { spec, id: `r${index}` });
      continue;
    }
    const value = await windowColumn(frame, feature, { id: `w${index}`, ...sources }).catch(rethrow(expr));
    used.push(value.used);
    waiting.add(name);
    frame.columns.push(windowedColumn(name, value, spec.kinds));
  }
  await frame.settle();
  return used;
}

function namesOf(columns: readonly SqlColumn[]): ReadonlySet<string> {
  return new Set(columns.map(({ name }) => name));
}

async function addRowFeature(
  frame: TableFrame,
  feature: DerivedFeature,
  { spec, id }: { readonly spec: TableSpec; readonly id: string },
): Promise<void> {
  if (spec.optionalFeatures === true) {
    if (readsAbsentColumn(feature.expr, frame.columns)) return;
    frame.columns = frame.columns.filter(({ name }) => name !== feature.name);
  }
  const { database, columns, view } = frame;
  // Views and blocks have no columns of their own.
  const kept = view || isInBlocks(columns) ? undefined : id;
  frame.columns.push(await rowFeatureColumn(database, columns, { feature, kinds: spec.kinds, id: kept }));
}

const storedTypes = { number: 'DOUBLE', boolean: 'BOOLEAN', datetime: 'TIMESTAMP' } as const;

function windowedColumn(name: string, { sql, type }: SqlValue, kinds: TableSpec['kinds']): SqlColumn {
  const stored = type === 'text' || type === 'null' ? 'VARCHAR' : storedTypes[type];
  const kind = declaredKind(kinds, name) ?? kindOfType(stored) ?? 'categorical';
  return { ...named(name, stored, kind), derived: 'window', sql, decimal: '.' };
}

function readsAbsentColumn(expr: string, columns: readonly SqlColumn[]): boolean {
  const { ast } = parseExpression(expr);
  return ast !== undefined && columnsOf(ast).some((read) => !columns.some(({ name }) => name === read));
}

function named(name: string, type: string, kind: ColumnKind) {
  return { name, type, kind, input: inputOf(kind) };
}

interface Derivation {
  readonly name: string;
  readonly expr: string;
  readonly kinds: TableSpec['kinds'];
}

async function derive(
  database: Database,
  columns: readonly SqlColumn[],
  derivation: Derivation,
): Promise<SqlColumn> {
  const { name, expr, kinds } = derivation;
  const value = compileExpression(expr, scopeOf(columns, 'source'));
  const { sql, type } = await settleType(database, value).catch(rethrow(expr));
  const known = declaredKind(kinds, name) ?? kindOfType(type);
  const [kind = 'categorical'] =
    known === undefined
      ? await inferKinds(database, [{ column: { name, type }, sql }], { kinds, from: 'source' })
      : [known];
  return { ...named(name, type, kind), derived: 'data', sql, decimal: '.' };
}

/** A derived number is a whole one when it is so in all rows. */
async function settleType(
  database: Database,
  { sql, type }: SqlValue,
): Promise<{ sql: string; type: string }> {
  if (type === 'datetime') return { sql, type: 'TIMESTAMP' };
  if (type === 'boolean') return { sql, type: 'BOOLEAN' };
  if (type !== 'number') return { sql: `CAST(${sql} AS VARCHAR)`, type: 'VARCHAR' };
  const [fractions] = await database.row(
    `SELECT count_if(x <> floor(x) OR abs(x) > 9007199254740991 OR NOT isfinite(x)) FROM (SELECT ${sql} AS x FROM source)`,
  );
  return Number(fractions) === 0
    ? { sql: `CAST(${sql} AS BIGINT)`, type: 'BIGINT' }
    : { sql, type: 'DOUBLE' };
}
