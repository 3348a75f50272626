/** From a source to a Table: reads all rows, adds joined and derived columns, drops what `as_of` and `filter` leave out. */
import { ModelwrightError } from '../../catalog/errors.ts';
import { ahead } from '../ahead.ts';
import { dropBlocks, isInBlocks, takeFromBlocks } from '../duckdb/columnBlocks.ts';
import { Database, type DatabaseOptions } from '../duckdb/database.ts';
import { instantSql } from '../duckdb/sql.ts';
import { valueSql } from '../sources/columnSql.ts';
import { hashSources } from '../sources/hash.ts';
import { loadSource } from '../sources/loadSource.ts';
import { findSources } from '../sources/sources.ts';
import type { Table, TableSpec } from '../table.ts';
import { assembleTable } from './assembleTable.ts';
import { compileExpression, rethrow, scopeOf } from './compileExpression.ts';
import { DuckTable } from './duckTable.ts';
import type { TableFrame } from './tableFrame.ts';

/**
 * Reads the source into memory (spilling to a temporary folder beyond `memoryLimit`). Close the table after use.
 * Throws a ModelwrightError for every fault of the files, the expressions or the machine, and `cancelled` on `signal`.
 */
export async function openTable(
  spec: TableSpec,
  options: DatabaseOptions & {
    /** One that is open and empty, and is the table's from then on. */
    readonly database?: Database;
  } = {},
): Promise<Table> {
  const files = findSources(spec.source);
  const database = options.database ?? (await Database.open(options));
  try {
    const hashing = ahead(spec.some === undefined ? hashSources(spec) : Promise.resolve(''));
    const loaded = await loadSource(database, files, spec);
    const { frame, joined, used } = await assembleTable(database, loaded, spec);
    const hash = await hashing;
    const relation = await keepRows(frame, spec);
    const [count] = await database.row(`SELECT count(*) FROM ${relation.name}`);
    const parts = files.map(({ part }, index) => ({ part, end: loaded.ends[index] ?? 0 }));
    const { countNulls } = loaded;
    const size = { rowCount: Number(count), parts };
    return new DuckTable({
      database,
      hash,
      ...relation,
      ...size,
      joined,
      used,
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

/** Without `as_of` and `filter`, `source` as it stands; else a table `data` of the rows that are kept. */
async function keepRows({ database, columns, conditions: own, view }: TableFrame, spec: TableSpec) {
  const conditions = [...own];
  if (spec.asOf !== undefined && spec.time !== undefined) {
    const time = columns.find(({ name }) => name === spec.time);
    if (time === undefined)
      throw new ModelwrightError('column-not-found', {
        column: spec.time,
        nearest: 'Set `data.time` to the column of the event time.',
      });
    conditions.push(`coalesce(${valueSql(time).sql} <= ${instantSql(spec.asOf)}, true)`);
  }
  if (spec.filter !== undefined) {
    // Rows are chosen before features are made of them.
    const known = columns.filter(({ derived }) => derived !== 'row' && derived !== 'window');
    conditions.push(compileExpression(spec.filter, scopeOf(known, 'source'), { wants: 'boolean' }).sql);
  }
  if (conditions.length === 0) return { name: 'source', columns, row: 'rowid', view };
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
  await database.run(`DROP ${view ? 'VIEW' : 'TABLE'} source`);
  const [after] = await database.row('SELECT count(*) FROM data');
  if (Number(after) === 0) throw new ModelwrightError('data-filtered-out', { rows: Number(before) });
  return {
    name: 'data',
    columns: columns.map(({ range: _, ...column }, index) => ({ ...column, sql: `k${index}` })),
    row: 'row_number',
    view: false,
  };
}
