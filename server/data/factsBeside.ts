/** A thread beside the one that reads a large table: it compares rows and looks at columns of numbers meanwhile. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ColumnAnswer, ColumnRole, TableQuestion } from './columnLooks.ts';
import type { Described } from './columnProfile.ts';
import type { DuckTable, Relation } from './duckTable.ts';
import { compareRows, type EqualRows, type EqualRowsQuestion } from './equalRows.ts';
import type { LinkTarget } from './linkCounts.ts';
import type { Gaps } from './profileNumbers.ts';
import type { FetchedNumbers } from './readColumns.ts';

export interface RowsWork {
  readonly kind: 'rows';
  readonly question: EqualRowsQuestion;
  /** Without what cannot cross, and what the thread has of its own. */
  readonly relation: Omit<Relation, 'database' | 'countNulls'>;
  /** SQL that makes the view which the relation is. */
  readonly view: string;
  /** Where a folder for spilled data is made. */
  readonly directory: string;
}

export interface NumbersWork {
  readonly kind: 'numbers';
  readonly fetched: FetchedNumbers;
  readonly role: ColumnRole;
  readonly gaps: Gaps | undefined;
  /** Its profile is known. */
  readonly profiled: boolean;
}

export interface NumbersLook {
  readonly described: Described | undefined;
  readonly answer: ColumnAnswer;
}

export type ThreadWork =
  | RowsWork
  | NumbersWork
  | { readonly kind: 'question'; readonly question: TableQuestion };

/** With fewer rows the thread's start would take longer than it saves. */
const manyRows = 500_000;
/** So many columns wait for the thread, so that it never waits for them. */
const mostWaiting = 2;

/** The thread's own file: TypeScript beside this one in the sources, JavaScript beside the bundle. */
const threadFile = new URL(`./factsThread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** To be closed by whoever has started it. */
export class FactsThread {
  readonly #worker: Worker;
  /** It answers in the order in which it is asked. */
  readonly #waiting: Waiting[] = [];
  #comparing = false;
  #failure: unknown;

  /** Undefined for a small table, and on a machine with one processor. */
  static start(table: DuckTable): FactsThread | undefined {
    return table.rowCount < manyRows || availableParallelism() < 2 ? undefined : new FactsThread();
  }

  constructor() {
    this.#worker = new Worker(threadFile);
    this.#worker.on('message', (answer: unknown) => this.#waiting.shift()?.resolve(answer));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', (code) => this.#fail(new Error(`the thread of the facts ended with ${code}`)));
  }

  #fail(reason: unknown): void {
    this.#failure ??= reason;
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
  }

  #ask<Answer>(work: ThreadWork): Promise<Answer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const answer = new Promise<Answer>((resolve, reject) => {
      // The thread answers each work with what it is answered with.
      this.#waiting.push({ resolve: resolve as (answer: unknown) => void, reject });
    });
    this.#worker.postMessage(work);
    return answer;
  }

  /** Only files can be read by two; a table in memory belongs to its DuckDB. */
  async compareRows(table: DuckTable, question: EqualRowsQuestion): Promise<EqualRows> {
    const { database, countNulls: _, ...relation } = table.relation;
    if (!relation.view) return compareRows(table, question);
    const [view] = await database.row(`SELECT sql FROM duckdb_views() WHERE view_name = '${relation.name}'`);
    this.#comparing = true;
    const work = { question, relation, view: String(view), directory: database.directory };
    return this.#ask<EqualRows>({ kind: 'rows', ...work }).finally(() => {
      this.#comparing = false;
    });
  }

  /** What is asked of all columns that follow. */
  prepare({ linker, ...question }: TableQuestion): void {
    const shared = linker && { ...linker, target: shareTarget(linker.target) };
    // The sides of all rows are for columns of texts.
    const work: ThreadWork = {
      kind: 'question',
      question: { ...question, linker: shared, assignment: undefined },
    };
    this.#worker.postMessage(work);
  }

  /** Undefined where the thread has enough to do. */
  look(work: Omit<NumbersWork, 'kind'>): Promise<NumbersLook> | undefined {
    const busy = this.#comparing || this.#waiting.length >= mostWaiting;
    return busy ? undefined : this.#ask({ kind: 'numbers', ...work });
  }

  close(): void {
    // What is still waited for was given up by a failure elsewhere.
    this.#waiting.length = 0;
    this.#worker.terminate();
  }
}

function shareTarget(target: LinkTarget): LinkTarget {
  const { values, half, cells } = target;
  const shared = {
    values: new Float64Array(new SharedArrayBuffer(values.byteLength)),
    half: new Uint8Array(new SharedArrayBuffer(half.byteLength)),
    cells: new Int32Array(new SharedArrayBuffer(cells.byteLength)),
  };
  shared.values.set(values);
  shared.half.set(half);
  shared.cells.set(cells);
  return { ...target, ...shared };
}
