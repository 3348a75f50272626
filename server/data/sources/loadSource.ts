/** The files of a source into DuckDB, by the reader of their format, and what its columns are. */
import { ModelwrightError } from '../../catalog/errors.ts';
import { groupByBlock } from '../duckdb/columnBlocks.ts';
import type { Database } from '../duckdb/database.ts';
import type { ColumnKind } from '../table.ts';
import type { SqlColumn } from './columnSql.ts';
import { inferKinds, inputOf, type KindsRequest } from './kinds.ts';
import { columnId, type Loaded, type ReadOptions } from './loaded.ts';
import { readCsv } from './readCsv.ts';
import { readTyped } from './readTyped.ts';
import { formatOf, type SourceFile, type SourceFormat } from './sources.ts';

/** Into the relation `source` of the current schema. */
export async function loadSource(
  database: Database,
  files: readonly SourceFile[],
  spec: ReadOptions & { readonly format: string },
): Promise<Loaded> {
  const formats = new Map<SourceFormat, string>();
  for (const { path } of files) formats.set(await formatOf(path, spec.format), path);
  const [[format, path] = ['csv' as const, ''], other] = formats;
  if (other !== undefined) {
    const [otherFormat, otherPath] = other;
    throw new ModelwrightError(
      'data-formats',
      { path, format, other: otherPath, otherFormat },
      { file: otherPath },
    );
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

/** The columns that were read; `from`: the relation, in the current schema. */
export async function storedColumns(
  database: Database,
  loaded: Loaded,
  { kinds: declared, from, soon }: KindsRequest,
): Promise<SqlColumn[]> {
  const stored = loaded.columns.map((column, index) => ({
    column,
    sql: columnId(index),
    ...blockOf(column),
  }));
  const kinds: ColumnKind[] = [];
  for (const [relation, held] of groupByBlock(from, stored))
    kinds.push(
      ...(await inferKinds(database, held, {
        kinds: declared,
        from: relation,
        ...(soon === undefined ? {} : { soon }),
      })),
    );
  return stored.map(({ column: { name, type, decimal, seen }, sql, ...block }, index): SqlColumn => {
    const kind = kinds[index] ?? 'categorical';
    return {
      ...{ name, type, kind, input: inputOf(kind) },
      ...block,
      derived: false,
      sql,
      decimal: decimal ?? '.',
      ...(seen ? { range: seen.range } : {}),
    };
  });
}

function blockOf({ block }: { readonly block?: string }): { readonly block?: string } {
  return block === undefined ? {} : { block };
}
