/** The data worker seen from the server: a child process, so that neither a crash of DuckDB nor long work takes the server along. */
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { type ErrorCode, ModelwrightError } from '../catalog/errors.ts';
import type { Experiment } from '../config/experiment.ts';
import {
  type DataReply,
  type DataRequest,
  dataReplySchema,
  type RowAnswer,
  type RowQuestion,
  rowAnswerSchema,
} from '../protocol/dataMessages.ts';
import type { Profile } from './columnProfile.ts';
import type { ExampleRecord } from './exampleRecord.ts';
import type { DataFacts } from './facts.ts';
import type { TableSpec } from './table.ts';
import { takeWorkerProcess } from './workerProcess.ts';

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

/**
 * The worker starts with the first request, or `atOnce` where one is sure to come. Requests wait for each other;
 * cancelling the one at work ends the worker.
 */
export function startDataClient({ atOnce = false } = {}): DataClient {
  let worker = atOnce ? new Worker() : undefined;
  let last: Promise<unknown> = Promise.resolve();

  const ask = (request: DataRequest, signal: AbortSignal | undefined): Promise<unknown> => {
    const turn = last.then(async () => {
      if (signal?.aborted) throw new ModelwrightError('cancelled');
      worker = worker?.alive === true ? worker : new Worker();
      return worker.ask(request, signal);
    });
    last = turn.catch(() => undefined);
    return turn;
  };

  // The casts below name what the worker, built from the same sources, answers to each kind of request.
  return {
    profile: async (spec, options = {}, signal) =>
      (await ask({ kind: 'profile', spec: { ...spec }, target: options.target ?? null }, signal)) as Profile,
    facts: async (experiment, directory, { signal, cache = null } = {}) =>
      (await ask(
        { kind: 'facts', experiment: { ...experiment }, directory, sample: false, cache },
        signal,
      )) as DataFacts,
    glimpse: async (experiment, directory, { signal, cache = null } = {}) =>
      ((await ask(
        { kind: 'facts', experiment: { ...experiment }, directory, sample: true, cache },
        signal,
      )) as DataFacts | null) ?? undefined,
    record: async (spec, columns, signal) =>
      (await ask({ kind: 'record', spec: { ...spec }, columns: [...columns] }, signal)) as ExampleRecord,
    peek: async (path) => (await ask({ kind: 'peek', path }, undefined)) as Profile,
    rows: async (experiment, directory, { question, columns }, signal) =>
      rowAnswerSchema.parse(
        await ask(
          { kind: 'rows', experiment: { ...experiment }, directory, question, columns: [...columns] },
          signal,
        ),
      ),
    stop: () => worker?.end(),
  };
}

class Worker {
  alive = true;
  readonly #directory: string;
  readonly #process: ChildProcess;
  #settle: ((outcome: DataReply | Error) => void) | undefined;

  constructor() {
    const { process, directory } = takeWorkerProcess();
    this.#process = process;
    this.#directory = directory;
    this.#process.on('message', (message) => this.#settle?.(dataReplySchema.parse(message)));
    this.#process.once('error', (error) => this.#gone(error.message));
    this.#process.once('exit', (code, signal) => this.#gone(signal ?? `exit code ${code}`));
  }

  async ask(request: DataRequest, signal: AbortSignal | undefined): Promise<unknown> {
    const cancel = () => {
      this.#settle?.(new ModelwrightError('cancelled'));
      this.end();
    };
    signal?.addEventListener('abort', cancel, { once: true });
    // An idle worker keeps nobody waiting, one at work does.
    this.#process.channel?.ref();
    try {
      const outcome = await new Promise<DataReply | Error>((resolve) => {
        this.#settle = resolve;
        this.#process.send(request, (error) => {
          if (error) this.#gone(error.message);
        });
      });
      if (outcome instanceof Error) throw outcome;
      if (outcome.kind === 'failure') throw revive(outcome.failure);
      return outcome.result;
    } finally {
      this.#settle = undefined;
      this.#process.channel?.unref();
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** At once, whatever it is doing. */
  end(): void {
    this.alive = false;
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

/** The worker's error as if it had been thrown here. */
function revive(failure: Extract<DataReply, { kind: 'failure' }>['failure']): ModelwrightError {
  const { code, message, help, exit: _exit, ...place } = failure;
  // The worker knows no other codes than the catalogue's.
  return Object.assign(new ModelwrightError(code as ErrorCode, {}, place), { message, help });
}
