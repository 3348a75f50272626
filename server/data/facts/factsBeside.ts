/** A thread beside the one that reads a large table: it compares rows and looks at columns of numbers meanwhile. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Described } from '../profile/columnProfile.ts';
import type { DuckTable } from '../tables/duckTable.ts';
import type { ResolvedTask } from '../task.ts';
import type { DescribeWork, NumbersLook, NumbersWork, TableQuestion } from './columnLooks.ts';
import type { ComparedRows, RowComparison, RowParts, RowValues } from './equalRows.ts';
import type { Linker } from './links.ts';
import { pauseLongLoops } from './loopFlags.ts';

/** The thread has prepared the links itself, and the sides of all rows are for columns of texts. */
export type BesideQuestion = Omit<TableQuestion, 'linker' | 'assignment'>;

export type ThreadWork =
  | { readonly kind: 'rows'; readonly rows: number; readonly parts: RowParts }
  | { readonly kind: 'take'; readonly name: string; readonly column: RowValues }
  | { readonly kind: 'compare'; readonly classes: Float64Array | undefined }
  | { readonly kind: 'links'; readonly task: ResolvedTask; readonly seed: number }
  | ({ readonly kind: 'describe' } & DescribeWork)
  | { readonly kind: 'question'; readonly question: BesideQuestion }
  /** `begun`: one number, 1 as soon as somebody does the work. */
  | { readonly kind: 'numbers'; readonly work: NumbersWork; readonly begun: Int32Array };

/** With fewer rows the thread's start would take longer than it saves. */
const manyRows = 500_000;
/** So many columns wait for the thread, so that it never waits for them; of narrow ones, which are quick, twice as many. */
const mostWaiting = 2;

/** The thread's own file: TypeScript beside this one in the sources, JavaScript beside the bundle. */
const threadFile = new URL(`./factsThread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** A column that the thread may not have begun with. */
interface Offer {
  readonly work: NumbersWork;
  readonly begun: Int32Array;
  readonly resolve: (look: NumbersLook) => void;
}

/** To be closed by whoever has started it. */
export class FactsThread {
  readonly #worker: Worker;
  /** It answers in the order in which it is asked. */
  readonly #waiting: Waiting[] = [];
  readonly #offers: Offer[] = [];
  #comparison: 'ahead' | 'asked' | 'done' = 'done';
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
    this.#comparison = 'ahead';
    return {
      take: (name, column) => this.#tell({ kind: 'take', name, column }),
      finish: (classes) => {
        this.#comparison = 'asked';
        return this.#ask<ComparedRows>({ kind: 'compare', classes }).finally(() => {
          this.#comparison = 'done';
        });
      },
    };
  }

  /** What links columns with the target, here and there. */
  prepareLinks(task: ResolvedTask, seed: number): Promise<Linker> {
    return this.#ask({ kind: 'links', task, seed });
  }

  /** What is asked of all columns that follow. */
  prepare({ linker: _, assignment: __, ...question }: TableQuestion): void {
    this.#tell({ kind: 'question', question });
  }

  /** For a column that is read long before it is looked at. Undefined where the thread has enough to do. */
  describe(work: DescribeWork): Promise<Described> | undefined {
    return this.#isBusyFor(work) ? undefined : this.#ask({ kind: 'describe', ...work });
  }

  /** Undefined where the thread has enough to do. */
  look(work: NumbersWork): Promise<NumbersLook> | undefined {
    if (this.#isBusyFor(work)) return undefined;
    const begun = new Int32Array(new SharedArrayBuffer(4));
    const { promise, resolve, reject } = Promise.withResolvers<NumbersLook>();
    this.#offers.push({ work, begun, resolve });
    const asked = this.#ask<NumbersLook | undefined>({ kind: 'numbers', work, begun });
    asked.then((look) => look && resolve(look), reject);
    return promise;
  }

  /** What waits for the thread is done by whoever has nothing else to do; false where nothing does. */
  takeBack(look: (work: NumbersWork) => NumbersLook): boolean {
    for (let offer = this.#offers.pop(); offer !== undefined; offer = this.#offers.pop()) {
      if (!begin(offer.begun)) continue;
      offer.resolve(look(offer.work));
      return true;
    }
    return false;
  }

  /** Rows are compared as soon as they can be, and behind that only narrow columns wait. */
  #isBusyFor({ fetched }: DescribeWork): boolean {
    const narrow = 'offsets' in fetched;
    const alone = this.#comparison === 'ahead' || (this.#comparison === 'asked' && !narrow);
    return this.#waiting.length >= (alone ? 1 : narrow ? 2 * mostWaiting : mostWaiting);
  }

  close(): void {
    // What is still waited for was given up by a failure elsewhere; a profile that is kept must not wait for ever.
    this.#fail(new Error('the thread of the facts was closed'));
    this.#worker.terminate();
  }
}

/** Whether nobody else has begun. */
export function begin(begun: Int32Array): boolean {
  return Atomics.exchange(begun, 0, 1) === 0;
}

/** With values that threads need no copies of. */
export function shareValues(task: ResolvedTask): ResolvedTask {
  if (task.values.buffer instanceof SharedArrayBuffer) return task;
  const values = new Float64Array(new SharedArrayBuffer(task.values.byteLength));
  values.set(task.values);
  return { ...task, values };
}
