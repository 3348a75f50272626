/** What the data worker does with a request: opens the table, or takes the last one if its files are unchanged, and looks. */
import type { Experiment } from '../../config/experiment.ts';
import type { DataRequest } from '../../protocol/dataMessages.ts';
import { collectFacts } from '../facts/collectFacts.ts';
import type { DataFacts } from '../facts/facts.ts';
import { factsCache } from '../facts/factsCache.ts';
import { glimpse } from '../facts/glimpse.ts';
import { peekTable } from '../profile/peekTable.ts';
import { profileTable } from '../profile/profile.ts';
import { showRows } from '../profile/showRows.ts';
import { filesOf } from '../sources/sources.ts';
import { fileSignature } from '../sources/watchFiles.ts';
import { tableSpec } from '../spec.ts';
import type { Table, TableSpec } from '../table.ts';
import { openTable } from '../tables/openTable.ts';
import { exampleRecord } from './exampleRecord.ts';

/** Results that are kept, so that an edit that is undone is answered at once. */
const keptResults = 16;
/** Tables that are kept open: two experiments side by side do not take each other's away. */
const keptTables = 2;

/** Answers requests one after the other. `directory`: for temporary files; `version`: of what facts say. */
export function createAnswerer(
  directory: string,
  version: string,
): (request: DataRequest) => Promise<unknown> {
  const results = new Map<string, unknown>();
  const open = new Map<string, Table>();

  const tableOf = async (spec: TableSpec, key: string): Promise<Table> => {
    const known = open.get(key);
    // The one asked for last stands last.
    open.delete(key);
    const [[oldest, unused] = []] = open;
    if (known === undefined && oldest !== undefined && open.size >= keptTables) {
      open.delete(oldest);
      await unused?.close();
    }
    const table = known ?? (await openTable(spec, { tempDirectory: directory }));
    open.set(key, table);
    return table;
  };

  return async (request) => {
    if (request.kind === 'peek') return peekTable(request.path, directory);
    const spec = specOf(request);
    const source = JSON.stringify([spec, signatureOf(spec)]);
    const key = JSON.stringify([source, request]);
    if (results.has(key)) return results.get(key);
    const answer = async () => look(request, await tableOf(spec, source));
    const result =
      request.kind !== 'facts'
        ? await answer()
        : request.sample
          ? await recall(request, spec, version, () =>
              glimpse(request.experiment as unknown as Experiment, spec, directory),
            )
          : await recall(request, spec, version, answer);
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
function signatureOf(spec: TableSpec): unknown {
  return filesOf(spec).map((path) => [path, fileSignature(path)]);
}

type FactsRequest = Extract<DataRequest, { kind: 'facts' }>;

/** From the cache where it can be; `answer` otherwise. */
async function recall(
  { cache: folder, experiment, sample }: FactsRequest,
  spec: TableSpec,
  version: string,
  answer: () => Promise<unknown>,
): Promise<unknown> {
  if (folder === null) return answer();
  const cache = await factsCache(folder, { spec, question: [spec, experiment], version, soon: sample });
  const known = cache.get();
  if (known !== undefined) return known;
  const facts = (await answer()) as DataFacts | null; // both ways answer with facts, or not at all
  if (facts !== null && facts.sampled === undefined) cache.put(facts);
  return facts;
}

async function look(request: Exclude<DataRequest, { kind: 'peek' }>, table: Table): Promise<unknown> {
  if (request.kind === 'rows') return showRows(table, request.question, request.columns);
  if (request.kind === 'facts') return collectFacts(request.experiment as unknown as Experiment, table);
  if (request.kind === 'record') return exampleRecord(table, request.columns);
  if (request.target === null) return profileTable(table);
  // Loads the whole language, which no other question needs.
  const { profileWithLinks } = await import('../facts/profileLinks.ts');
  return profileWithLinks(table, request.target);
}
