/** What the data worker does with a request: opens the table, or takes the last one if its files are unchanged, and looks. */
import type { Experiment } from '../config/experiment.ts';
import type { DataRequest } from '../protocol/dataMessages.ts';
import { collectFacts } from './collectFacts.ts';
import { exampleRecord } from './exampleRecord.ts';
import { openTable } from './openTable.ts';
import { peekTable } from './peekTable.ts';
import { profileTable } from './profile.ts';
import { profileWithLinks } from './profileLinks.ts';
import { showRows } from './showRows.ts';
import { findSources } from './sources.ts';
import { tableSpec } from './spec.ts';
import type { Table, TableSpec } from './table.ts';
import { fileSignature } from './watchFiles.ts';

/** Results that are kept, so that an edit that is undone is answered at once. */
const keptResults = 16;

/** Answers requests one after the other. `directory`: for temporary files. */
export function createAnswerer(directory: string): (request: DataRequest) => Promise<unknown> {
  const results = new Map<string, unknown>();
  let open: { key: string; table: Table } | undefined;

  const tableOf = async (spec: TableSpec, key: string): Promise<Table> => {
    if (open?.key === key) return open.table;
    await open?.table.close();
    open = undefined;
    const table = await openTable(spec, { tempDirectory: directory });
    open = { key, table };
    return table;
  };

  return async (request) => {
    if (request.kind === 'peek') return peekTable(request.path, directory);
    const spec = specOf(request);
    const source = JSON.stringify([spec, signatureOf(spec)]);
    const key = JSON.stringify([source, request]);
    if (results.has(key)) return results.get(key);
    const result = await look(request, await tableOf(spec, source));
    results.set(key, result);
    const [oldest] = results.keys();
    if (results.size > keptResults && oldest !== undefined) results.delete(oldest);
    return result;
  };
}

function specOf(request: Exclude<DataRequest, { kind: 'peek' }>): TableSpec {
  // Both come from our own client, which takes them typed.
  if ('spec' in request) return request.spec as unknown as TableSpec;
  return tableSpec(request.experiment as unknown as Experiment, request.directory);
}

/** Changes when a file does. The content's hash is in every result. */
function signatureOf({ source }: TableSpec): unknown {
  return findSources(source).map(({ path }) => [path, fileSignature(path)]);
}

async function look(request: Exclude<DataRequest, { kind: 'peek' }>, table: Table): Promise<unknown> {
  if (request.kind === 'rows') return showRows(table, request.question, request.columns);
  if (request.kind === 'facts') return collectFacts(request.experiment as unknown as Experiment, table);
  if (request.kind === 'record') return exampleRecord(table, request.columns);
  return request.target === null ? profileTable(table) : profileWithLinks(table, request.target);
}
