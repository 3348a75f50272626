/** Trains on TensorFlow.js in a process of its own, watched: one that fails or falls silent is ended. */
import { type ChildProcess, fork } from 'node:child_process';
import { engines, type NetworkEngineId } from '../../catalog/engines.ts';
import { ModelwrightError } from '../../catalog/errors.ts';
import { packagePaths } from '../../engines/installed.ts';
import type { NetworkEngine, NetworkProblem } from './problem.ts';
import type { EngineOrder, EngineReport } from './tensorMessages.ts';

export interface TensorEngineOptions {
  /** Seconds without a step, after which the engine counts as hung. A first step may compile shaders; a start has a minute. */
  readonly silence?: number;
  /** The process to start, in place of tensorWorker.ts. */
  readonly entry?: URL;
}

export function tensorEngine(id: NetworkEngineId, options: TensorEngineOptions = {}): NetworkEngine {
  return {
    id,
    async start(problem, state) {
      const process = startProcess(id, options);
      try {
        await process.ask({ kind: 'start', engine: id, problem: withOwnColumns(problem), state });
      } catch (error) {
        process.end();
        throw error;
      }
      return {
        async runEpoch(epoch, signal) {
          const report = await process.ask({ kind: 'epoch', epoch }, signal);
          if (report.kind !== 'epoch') throw failed(id, `it answered ${report.kind} to an epoch`);
          return report;
        },
        async close() {
          process.end();
        },
      };
    },
  };
}

/** Loads the engine and says on what device it runs. @throws ModelwrightError engine-failed */
export async function describeEngine(
  id: NetworkEngineId,
  options: TensorEngineOptions = {},
): Promise<string> {
  const process = startProcess(id, { silence: 60, ...options });
  try {
    const report = await process.ask({ kind: 'start', engine: id });
    return report.kind === 'ready' ? report.device : '';
  } finally {
    process.end();
  }
}

function failed(id: NetworkEngineId, reason: string): ModelwrightError {
  return new ModelwrightError('engine-failed', { engine: engines[id].title, reason });
}

function startProcess(id: NetworkEngineId, { silence = 120, entry = defaultEntry() }: TensorEngineOptions) {
  const child: ChildProcess = fork(entry, {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, NODE_PATH: packagePaths() },
    execArgv: [],
  });
  /** One question at a time; `alive` winds the watchdog. */
  function ask(order: EngineOrder, signal?: AbortSignal): Promise<EngineReport> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout;
      const settle = (act: () => void) => {
        clearTimeout(timer);
        child.removeAllListeners();
        signal?.removeEventListener('abort', cancel);
        act();
      };
      const patience = order.kind === 'start' ? Math.max(60, silence) : silence;
      const wind = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          child.kill('SIGKILL');
          settle(() => reject(failed(id, `it took no step for ${patience} seconds`)));
        }, patience * 1000);
      };
      const cancel = () => settle(() => reject(new ModelwrightError('cancelled')));
      child.on('message', (report: EngineReport) => {
        if (report.kind === 'alive') wind();
        else if (report.kind === 'failed') settle(() => reject(failed(id, report.reason)));
        else settle(() => resolve(report));
      });
      child.on('exit', (code, cause) =>
        settle(() => reject(failed(id, `its process ended with ${cause ?? code}`))),
      );
      child.on('error', (fault) => settle(() => reject(failed(id, fault.message))));
      if (signal?.aborted) return cancel();
      signal?.addEventListener('abort', cancel);
      wind();
      child.send(order, (fault) => {
        if (fault) settle(() => reject(failed(id, fault.message)));
      });
    });
  }
  return {
    ask,
    end() {
      child.removeAllListeners();
      child.kill('SIGKILL');
    },
  };
}

/** A column that is a part of a larger buffer would travel with all of it. */
function withOwnColumns(problem: NetworkProblem): NetworkProblem {
  const { rows } = problem;
  return {
    ...problem,
    rows: {
      ...rows,
      numeric: rows.numeric.map((values) => values.slice()),
      codes: rows.codes.map((values) => values.slice()),
    },
  };
}

function defaultEntry(): URL {
  const here = import.meta.url;
  return new URL(here.endsWith('.ts') ? './tensorWorker.ts' : './tensorWorker.js', here);
}
