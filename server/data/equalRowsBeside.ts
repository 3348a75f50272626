/** Compares the rows of large files beside the other work: a thread that reads them with a DuckDB of its own. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { DuckTable, Relation } from './duckTable.ts';
import { compareRows, type EqualRows, type EqualRowsQuestion } from './equalRows.ts';

/** What crosses to the thread. */
export interface EqualRowsWork {
  readonly question: EqualRowsQuestion;
  /** Without what cannot cross, and what the thread has of its own. */
  readonly relation: Omit<Relation, 'database' | 'countNulls'>;
  /** SQL that makes the view which the relation is. */
  readonly view: string;
  /** Where a folder for spilled data is made. */
  readonly directory: string;
}

/** With fewer rows the thread's start would take longer than it saves. */
const manyRows = 500_000;

/** The thread's own file: TypeScript beside this one in the sources, JavaScript beside the bundle. */
const threadFile = new URL(
  `./equalRowsThread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
  import.meta.url,
);

export async function findEqualRows(table: DuckTable, question: EqualRowsQuestion): Promise<EqualRows> {
  const { database, countNulls: _, ...relation } = table.relation;
  // Only files can be read by two; a table in memory belongs to its DuckDB.
  if (!relation.view || table.rowCount < manyRows || availableParallelism() < 2)
    return compareRows(table, question);
  const [view] = await database.row(`SELECT sql FROM duckdb_views() WHERE view_name = '${relation.name}'`);
  const workerData: EqualRowsWork = {
    question,
    relation,
    view: String(view),
    directory: database.directory,
  };
  return new Promise((resolve, reject) => {
    const thread = new Worker(threadFile, { workerData });
    thread.once('message', resolve);
    thread.once('error', reject);
    // After an answer this rejects what is resolved already, which does nothing.
    thread.once('exit', (code) => reject(new Error(`the thread that compares rows ended with ${code}`)));
  });
}
