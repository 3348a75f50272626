/** A thread beside the one that reads a large table: it compares rows and looks at columns of numbers meanwhile. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import type { ColumnAnswer, ColumnRole, TableQuestion } from './columnLooks.ts';
import type { Described } from './columnProfile.ts';
import type { DuckTable } from './duckTable.ts';
import type { EqualRows, RowComparison, RowParts, RowValues } from './equalRows.ts';
import type { LinkTarget } from './linkCounts.ts';
import { pauseLongLoops } from './loopFlags.ts';
import type { FetchedNumbers } from './readColumns.ts';

export interface DescribeWork {
  readonly fetched: FetchedNumbers;
  /** See `describeNumbers`. */
  readonly missing: number | undefined;
}

export interface NumbersWork extends DescribeWork {
  readonly kind: 'numbers';
  readonly role: ColumnRole;
  /** Its profile is known. */
  readonly profiled: boolean;
}

export interface NumbersLook {
  readonly described: Described | undefined;
  readonly answer: ColumnAnswer;
}

export type ThreadWork =
  | { readonly kind: 'rows'; readonly rows: number; readonly parts: RowParts }
  | { readonly kind: 'take'; readonly name: string; readonly column: RowValues }
  | { readonly kind: 'compare' }
  | ({ readonly kind: 'describe' } & DescribeWork)
  | { readonly kind: 'question'; readonly question: TableQuestion }
  | NumbersWork;

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
  #compared = true;
  #failure: unknown;

  /** Undefined for a small table, and on a machine with one processor. */
  static start(table: DuckTable): FactsThread | undefined {
    return table.rowCount < manyRows || availableParallelism() < 2 ? undefined : new FactsThread();
  }

  constructor() {
    const goOn = pauseLongLoops();
    this.#worker = new Worker(threadFile).once('online', goOn).once('exit', goOn);
    this.#worker.on('message', (answer: unknown) => this.#waiting.shift()?.resolve(answer));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', (code) => this.#fail(new Error(`the thread of the facts ended with ${code}`)));
  }

  #fail(reason: unknown): void {
    this.#failure ??= reason;
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
  }

  #tell(work: ThreadWork): void {
    this.#worker.postMessage(work);
  }

  #ask<Answer>(work: ThreadWork): Promise<Answer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const answer = new Promise<Answer>((resolve, reject) => {
      // The thread answers each work with what it is answered with.
      this.#waiting.push({ resolve: resolve as (answer: unknown) => void, reject });
    });
    this.#tell(work);
    return answer;
  }

  /** Values that are shared do not have to be copied. */
  startComparison(rows: number, parts: RowParts): RowComparison {
    this.#tell({ kind: 'rows', rows, parts });
    this.#compared = false;
    return {
      take: (name, column) => this.#tell({ kind: 'take', name, column }),
      finish: () =>
        this.#ask<EqualRows>({ kind: 'compare' }).finally(() => {
          this.#compared = true;
        }),
    };
  }

  /** What is asked of all columns that follow. */
  prepare({ linker, ...question }: TableQuestion): void {
    const shared = linker && { ...linker, target: shareTarget(linker.target) };
    // The sides of all rows are for columns of texts.
    this.#tell({ kind: 'question', question: { ...question, linker: shared, assignment: undefined } });
  }

  /** For a column that is read long before it is looked at. Undefined where the thread has enough to do. */
  describe(work: DescribeWork): Promise<Described> | undefined {
    return this.#isBusy ? undefined : this.#ask({ kind: 'describe', ...work });
  }

  /** Undefined where the thread has enough to do. */
  look(work: Omit<NumbersWork, 'kind'>): Promise<NumbersLook> | undefined {
    return this.#isBusy ? undefined : this.#ask({ kind: 'numbers', ...work });
  }

  /** Rows are compared as soon as they can be, before anything that waits. */
  get #isBusy(): boolean {
    return this.#waiting.length >= (this.#compared ? mostWaiting : 1);
  }

  close(): void {
    // What is still waited for was given up by a failure elsewhere; a profile that is kept must not wait for ever.
    this.#fail(new Error('the thread of the facts was closed'));
    this.#worker.terminate();
  }
}

function shareTarget(target: LinkTarget): LinkTarget {
  return { ...target, values: isShared(target.values) ? target.values : copyShared(target.values) };
}

function isShared({ buffer }: Float64Array): boolean {
  return buffer instanceof SharedArrayBuffer;
}

function copyShared(values: Float64Array): Float64Array {
  const shared = new Float64Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}
