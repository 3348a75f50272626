/** From a source to a Table: reads all rows, adds `data.derive`, drops what `as_of` and `filter` leave out. */
import { ModelwrightError } from '../catalog/errors.ts';
import { isWindowed } from '../config/derivedFeature.ts';
import { columnsOf } from '../config/expression/check.ts';
import { parseExpression } from '../config/expression/parse.ts';
import { ahead } from './ahead.ts';
import { dropBlocks, groupByBlock, isInBlocks, takeFromBlocks } from './columnBlocks.ts';
import { type SqlColumn, valueSql } from './columnSql.ts';
import { compileExpression, rethrow, scopeOf } from './compileExpression.ts';
import { Database, type DatabaseOptions } from './database.ts';
import { DuckTable } from './duckTable.ts';
import type { SqlValue } from './functionSql.ts';
import { hashSources } from './hash.ts';
import { inferKinds, inputOf, kindOfType } from './kinds.ts';
import { columnId, type Loaded } from './loaded.ts';
import { readCsv } from './readCsv.ts';
import { readTyped } from './readTyped.ts';
import { rowFeatureColumn } from './rowFeature.ts';
import { findSources, formatOf, type SourceFile, type SourceFormat } from './sources.ts';
import { sqlText } from './sql.ts';
import { type ColumnKind, declaredKind, type Table, type TableSpec } from './table.ts';

/**
 * Reads the source into memory (spilling to a temporary folder beyond `memoryLimit`). Close the table after use.
 * Throws a ModelwrightError for every fault of the files, the expressions or the machine, and `cancelled` on `signal`.
 */
export async function openTable(spec: TableSpec, options: DatabaseOptions = {}): Promise<Table> {
  const files = findSources(spec.source);
  const database = await Database.open(options);
  try {
    const hashing = ahead(hashSources(spec));
    const loaded = await load(database, files, spec);
    const hash = await hashing;
    const columns = await describe(database, loaded, spec);
    const relation = await keepRows(database, columns, { ...spec, view: loaded.view === true });
    const [count] = await database.row(`SELECT count(*) FROM ${relation.name}`);
    const parts = files.map(({ part }, index) => ({ part, end: loaded.ends[index] ?? 0 }));
    const { countNulls } = loaded;
    const size = { rowCount: Number(count), parts };
    return new DuckTable({
      database,
      hash,
      ...relation,
      ...size,
      ...(countNulls === undefined ? {} : { countNulls }),
    });
  } catch (error) {
    database.close();
    throw diskFull(error, database.directory);
  }
}

/** Copies of text files are written by Node, whose errors DuckDB's translation does not see. */
function diskFull(error: unknown, path: string): unknown {
  const full = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
  return full ? new ModelwrightError('disk-full', { path }) : error;
}

async function load(database: Database, files: readonly SourceFile[], spec: TableSpec): Promise<Loaded> {
  const formats = new Map<SourceFormat, string>();
  for (const { path } of files) formats.set(await formatOf(path, spec.format), path);
  const [[format, path] = ['csv' as const, ''], other] = formats;
  if (other !== undefined) {
    const both = `a source of two formats, ${format} and ${other[0]}`;
    throw new ModelwrightError('data-format', { path, format: both }, { file: path });
  }
  // The rarer formats bring packages of their own, loaded when one is read.
  switch (format) {
    case 'csv':
    case 'tsv':
      return readCsv(database, files, { ...spec, tab: format === 'tsv' });
    case 'parquet':
    case 'json':
      return readTyped(database, files, format, spec);
    case 'arrow':
      return (await import('./readArrow.ts')).readArrow(database, files, spec);
    case 'sqlite':
      return (await import('./readSqlite.ts')).readSqlite(database, files, spec);
  }
}

/** The columns of `source`, then those of `derive` and `features`, each of which may read the ones before it. */
async function describe(database: Database, loaded: Loaded, spec: TableSpec): Promise<SqlColumn[]> {
  const stored = loaded.columns.map((column, index) => ({
    column,
    sql: columnId(index),
    ...blockOf(column),
  }));
  const kinds: ColumnKind[] = [];
  for (const [from, held] of groupByBlock('source', stored))
    kinds.push(...(await inferKinds(database, held, { kinds: spec.kinds, from })));
  const columns = stored.map(
    ({ column: { name, type, decimal, seen }, sql, ...block }, index): SqlColumn => ({
      ...named(name, type, kinds[index] ?? 'categorical'),
      ...block,
      derived: false,
      sql,
      decimal: decimal ?? '.',
      ...(seen ? { range: seen.range } : {}),
    }),
  );
  for (const { name, expr } of spec.derive) {
    if (spec.optionalDerive === true && readsAbsentColumn(expr, columns)) continue;
    if (columns.some((column) => column.name === name))
      throw new ModelwrightError('column-name-taken', { setting: 'data.derive', column: name });
    columns.push(await derive(database, columns, { name, expr, kinds: spec.kinds }));
  }
  for (const [index, feature] of (spec.features ?? []).entries()) {
    if (isWindowed(feature, namesOf(columns))) continue;
    if (spec.optionalFeatures === true) {
      if (readsAbsentColumn(feature.expr, columns)) continue;
      const given = columns.findIndex(({ name }) => name === feature.name);
      if (given >= 0) columns.splice(given, 1);
    }
    // Views and blocks have no columns of their own.
    const id = loaded.view === true || isInBlocks(columns) ? undefined : `r${index}`;
    columns.push(await rowFeatureColumn(database, columns, { feature, kinds: spec.kinds, id }));
  }
  return columns;
}

function namesOf(columns: readonly SqlColumn[]): ReadonlySet<string> {
  return new Set(columns.map(({ name }) => name));
}

function blockOf({ block }: { readonly block?: string }): { readonly block?: string } {
  return block === undefined ? {} : { block };
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

/** Without `as_of` and `filter`, `source` as it stands; else a table `data` of the rows that are kept. */
async function keepRows(
  database: Database,
  columns: readonly SqlColumn[],
  spec: TableSpec & { readonly view: boolean },
) {
  const conditions: string[] = [];
  if (spec.asOf !== undefined && spec.time !== undefined) {
    const time = columns.find(({ name }) => name === spec.time);
    if (time === undefined)
      throw new ModelwrightError('column-not-found', {
        column: spec.time,
        nearest: 'Set `data.time` to the column of the event time.',
      });
    const instant = `CAST(CAST(${sqlText(spec.asOf)} AS TIMESTAMPTZ) AS TIMESTAMP)`;
    conditions.push(`coalesce(${valueSql(time).sql} <= ${instant}, true)`);
  }
  if (spec.filter !== undefined) {
    // Rows are chosen before features are made of them.
    const known = columns.filter(({ derived }) => derived !== 'row' && derived !== 'window');
    conditions.push(compileExpression(spec.filter, scopeOf(known, 'source'), { wants: 'boolean' }).sql);
  }
  if (conditions.length === 0) return { name: 'source', columns, row: 'rowid', view: spec.view };
  const [before] = await database.row('SELECT count(*) FROM source');
  if (isInBlocks(columns)) {
    const source = { database, name: 'source', columns, row: 'rowid' };
    const rows = `SELECT rowid AS r FROM source WHERE ${conditions.join(' AND ')}`;
    const taken = await takeFromBlocks(source, { name: 'data', rows }).catch(
      rethrow(spec.filter ?? spec.asOf ?? ''),
    );
    await dropBlocks(source);
    if (taken.rowCount === 0) throw new ModelwrightError('data-filtered-out', { rows: Number(before) });
    return taken;
  }
  const kept = columns.map(({ sql }, index) => `${sql} AS k${index}`);
  await database
    .run(
      `CREATE TABLE data AS SELECT rowid AS row_number, ${kept.join(', ')} FROM source WHERE ${conditions.join(' AND ')}`,
    )
    .catch(rethrow(spec.filter ?? spec.asOf ?? ''));
  await database.run(`DROP ${spec.view ? 'VIEW' : 'TABLE'} source`);
  const [after] = await database.row('SELECT count(*) FROM data');
  if (Number(after) === 0) throw new ModelwrightError('data-filtered-out', { rows: Number(before) });
  return {
    name: 'data',
    columns: columns.map(({ range: _, ...column }, index) => ({ ...column, sql: `k${index}` })),
    row: 'row_number',
    view: false,
  };
}
