/** The data worker seen from the server: a child process, so that neither a crash of DuckDB nor long work takes the server along. */
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { arrivedError } from '../../catalog/carriedError.ts';
import { ModelwrightError } from '../../catalog/errors.ts';
import type { Experiment } from '../../config/experiment.ts';
import {
  type DataReply,
  type DataRequest,
  dataReplySchema,
  type RowAnswer,
  type RowQuestion,
  rowAnswerSchema,
} from '../../protocol/dataMessages.ts';
import type { DataFacts } from '../facts/facts.ts';
import type { Profile } from '../profile/columnProfile.ts';
import type { TableSpec } from '../table.ts';
import type { ExampleRecord } from './exampleRecord.ts';
import { takeWorkerProcess, type WorkerUse } from './workerProcess.ts';

export interface FactsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Folder in which facts are kept, so that unchanged data are not read again. */
  readonly cache?: string | undefined;
}

export interface DataClient {
  /** Throws what openTable throws, `cancelled` on abort and `worker-crashed`. */
  profile(spec: TableSpec, options?: { target?: string }, signal?: AbortSignal): Promise<Profile>;
  /** `directory`: the experiment file's folder. */
  facts(experiment: Experiment, directory: string, options?: FactsOptions): Promise<DataFacts>;
  /**
   * Facts within a moment: those of the cache, or of some rows of a large table, and then `sampled`; undefined where the
   * whole is as quick.
   */
  glimpse(experiment: Experiment, directory: string, options?: FactsOptions): Promise<DataFacts | undefined>;
  /** One row of the table as a request to a served model has it (exampleRecord.ts). */
  record(spec: TableSpec, columns: readonly string[], signal?: AbortSignal): Promise<ExampleRecord>;
  /** The profile of a file's first rows. */
  peek(path: string): Promise<Profile>;
  /** Rows of an experiment's table to look at; see RowAnswer. */
  rows(
    experiment: Experiment,
    directory: string,
    asked: { readonly question: RowQuestion; readonly columns: readonly string[] },
    signal?: AbortSignal,
  ): Promise<RowAnswer>;
  /** Ends the worker; a later request starts another. */
  stop(): void;
}

export interface DataClientOptions {
  /** One that answers from all rows, where a request is sure to come. */
  readonly atOnce?: boolean;
  /**
   * Glimpses and peeks have a worker of their own, which is kept: whoever opens a file does not wait for the reading of
   * another, and the reading, which then has the lower priority, does not end with it.
   */
  readonly glimpses?: boolean;
}

/**
 * A worker starts with the first request, or at once. Requests to a worker wait for each other; cancelling the one at
 * work ends it.
 */
export function startDataClient({ atOnce = false, glimpses = false }: DataClientOptions = {}): DataClient {
  const reader = new Lane({ priority: glimpses ? constants.priority.PRIORITY_BELOW_NORMAL : undefined });
  const glimpser = glimpses ? new Lane({ use: 'glimpses', patience: 1000 }) : reader;
  if (glimpses) glimpser.start();
  if (atOnce) reader.start();
  let hasGlimpsed = false;
  const ask = reader.ask.bind(reader);
  const askSoon = glimpser.ask.bind(glimpser);

  // The casts below name what the worker, built from the same sources, answers to each kind of request.
  return {
    profile: async (spec, options = {}, signal) =>
      (await ask({ kind: 'profile', spec: { ...spec }, target: options.target ?? null }, signal)) as Profile,
    facts: async (experiment, directory, { signal, cache = null } = {}) =>
      (await ask(
        { kind: 'facts', experiment: { ...experiment }, directory, sample: false, cache },
        signal,
      )) as DataFacts,
    glimpse: async (experiment, directory, { signal, cache = null } = {}) => {
      const glimpsing = askSoon(
        { kind: 'facts', experiment: { ...experiment }, directory, sample: true, cache },
        signal,
      );
      // Who glimpses asks about all rows next. Later on a start would only slow the glimpse down.
      if (!hasGlimpsed) reader.start();
      hasGlimpsed = true;
      return ((await glimpsing) as DataFacts | null) ?? undefined;
    },
    record: async (spec, columns, signal) =>
      (await ask({ kind: 'record', spec: { ...spec }, columns: [...columns] }, signal)) as ExampleRecord,
    peek: async (path) => (await askSoon({ kind: 'peek', path }, undefined)) as Profile,
    rows: async (experiment, directory, { question, columns }, signal) =>
      rowAnswerSchema.parse(
        await ask(
          { kind: 'rows', experiment: { ...experiment }, directory, question, columns: [...columns] },
          signal,
        ),
      ),
    stop: () => {
      reader.stop();
      glimpser.stop();
    },
  };
}

interface LaneOptions {
  readonly use?: WorkerUse;
  readonly priority?: number | undefined;
  /** Milliseconds that work is given when it is cancelled: to begin anew takes longer than most of it. */
  readonly patience?: number;
}

/** Requests that wait for each other, and the worker that answers them. */
class Lane {
  readonly #options: LaneOptions;
  #worker: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  start(): Worker {
    if (this.#worker?.alive !== true) this.#worker = new Worker(this.#options);
    return this.#worker;
  }

  ask(request: DataRequest, signal: AbortSignal | undefined): Promise<unknown> {
    const turn = this.#last.then(() => {
      if (signal?.aborted) throw new ModelwrightError('cancelled');
      return this.start().ask(request, signal);
    });
    this.#last = turn.catch(() => this.#worker?.idle);
    return turn;
  }

  stop(): void {
    this.#worker?.end();
  }
}

class Worker {
  alive = true;
  readonly #directory: string;
  readonly #process: ChildProcess;
  readonly #patience: number;
  #settle: ((outcome: DataReply | Error) => void) | undefined;
  /** Settled once it has answered what was cancelled, or is gone. */
  idle: Promise<void> = Promise.resolve();

  constructor({ use, priority, patience = 0 }: LaneOptions) {
    const { process, directory } = takeWorkerProcess(use);
    this.#process = process;
    this.#directory = directory;
    this.#patience = patience;
    if (priority !== undefined) lowerPriority(process, priority);
    this.#process.on('message', (message) => this.#settle?.(dataReplySchema.parse(message)));
    this.#process.once('error', (error) => this.#gone(error.message));
    this.#process.once('exit', (code, signal) => this.#gone(signal ?? `exit code ${code}`));
  }

  async ask(request: DataRequest, signal: AbortSignal | undefined): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<DataReply | Error>();
    const cancel = () => {
      resolve(new ModelwrightError('cancelled'));
      if (this.#patience === 0) this.end();
      else this.#awaitEnd();
    };
    signal?.addEventListener('abort', cancel, { once: true });
    // An idle worker keeps nobody waiting, one at work does.
    this.#process.channel?.ref();
    this.#settle = resolve;
    this.#process.send(request, (error) => {
      if (error) this.#gone(error.message);
    });
    try {
      const outcome = await promise;
      if (outcome instanceof Error) throw outcome;
      if (outcome.kind === 'failure') throw arrivedError(outcome.failure);
      return outcome.result;
    } finally {
      if (this.#settle === resolve) this.#settle = undefined;
      this.#process.channel?.unref();
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Of work that nobody waits for any more. */
  #awaitEnd(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.idle = promise;
    const timer = setTimeout(() => this.end(), this.#patience);
    timer.unref();
    this.#settle = () => {
      clearTimeout(timer);
      this.#settle = undefined;
      resolve();
    };
  }

  /** At once, whatever it is doing. */
  end(): void {
    this.alive = false;
    this.#settle?.(new ModelwrightError('cancelled'));
    this.#process.kill('SIGKILL');
    // This process may end before it hears of that.
    this.#clear();
  }

  #gone(reason: string): void {
    this.alive = false;
    this.#settle?.(new ModelwrightError('worker-crashed', { reason }));
    this.#clear();
  }

  /** What was at work a moment ago may still have been writing. */
  #clear(): void {
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  }
}

/** Where the system does not allow it, the reading is as quick as any other work. */
function lowerPriority({ pid }: ChildProcess, priority: number): void {
  try {
    if (pid !== undefined) setPriority(pid, priority);
  } catch {
    // Gone already, or not ours to say.
  }
}
