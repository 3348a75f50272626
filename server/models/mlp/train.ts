/** The training loop of a network: epochs until the ceiling or early stopping, saved as they end, on one engine after another. */
import { ModelwrightError } from '../../catalog/errors.ts';
import { createRandom } from '../../statistics/random.ts';
import { type FitRequest, isOver, isSaved } from '../family.ts';
import { type Best, decodeState, encodeState, type FitState } from './checkpoint.ts';
import type { OutputScale } from './graph.ts';
import { type KernelMachine, openScoringMachine } from './kernelMachine.ts';
import { drawMix } from './mixup.ts';
import { initialState, type NetworkState } from './network.ts';
import { type NetworkEngine, type NetworkProblem, type NetworkTrainer, networkRows } from './problem.ts';
import { type Course, epochRates, plateauPatience } from './schedule.ts';
import type { MlpSettings } from './settings.ts';

export interface TrainNetwork {
  readonly request: FitRequest<MlpSettings>;
  readonly problem: NetworkProblem;
  /** Rows that are trained on: those with a weight. */
  readonly kept: Uint32Array;
  /** Biases of the output before the first step. */
  readonly prior: readonly number[];
  /** What the network's outputs stand for, in the target's own units. */
  readonly output: OutputScale;
  /** The ceiling that the schedule is laid over; fewer epochs may be run. */
  readonly course: Course;
  /** The best first; the next takes over where one fails. */
  readonly engines: readonly NetworkEngine[];
}

export interface TrainedNetwork {
  readonly state: Pick<NetworkState, 'parameters' | 'statistics'>;
  readonly epochs: number;
  /** The engine that did the last epoch. */
  readonly engine: string;
  /** What went wrong on the way, in words. */
  readonly warnings: readonly string[];
}

/** @throws ModelwrightError diverged, cancelled, engine-failed when no engine is left */
export async function trainNetwork(work: TrainNetwork): Promise<TrainedNetwork> {
  const { request, problem, engines } = work;
  const fingerprint = fingerprintOf(work);
  const saved = request.checkpoint?.load();
  let state = (saved && decodeState(saved, fingerprint)) ?? firstState(work);
  const scoring = await openScoring(work);
  const warnings: string[] = [];
  try {
    for (const [index, engine] of engines.entries()) {
      const next = engines[index + 1];
      let trainer: NetworkTrainer | undefined;
      try {
        trainer = await engine.start(problem, state.network);
        while (!isDone(work, state)) {
          state = await runEpoch(work, state, { trainer, scoring });
          save(work, state, fingerprint);
        }
        const best = request.earlyStop?.restoreBest ? state.best : undefined;
        const kept = best ?? state.network;
        return { state: kept, epochs: best?.done ?? state.done, engine: engine.id, warnings };
      } catch (error) {
        if (isCancelled(error)) saveNow(work, state, fingerprint);
        if (!(error instanceof ModelwrightError && error.code === 'engine-failed') || !next) throw error;
        warnings.push(`${error.message} ${next.id} took over after epoch ${state.done}.`);
      } finally {
        await trainer?.close();
      }
    }
  } finally {
    scoring?.close();
  }
  throw new ModelwrightError('internal-error', { reason: 'a network was to be trained by no engine' });
}

function firstState({ problem, prior }: TrainNetwork): FitState {
  return {
    network: initialState(problem.shape, problem.seed, prior),
    done: 0,
    plateau: { falls: 0, best: null, since: 0 },
  };
}

function isDone({ request }: TrainNetwork, { done, best }: FitState): boolean {
  const { earlyStop, parameters } = request;
  if (done >= parameters.epochs || (!!earlyStop && !!best && done - best.done >= earlyStop.patience))
    return true;
  return isOver(request, done, parameters.epochs);
}

/** Raw outputs of the validation rows come from our own kernels, so that they are the same for every engine. */
async function openScoring({ request, problem }: TrainNetwork): Promise<KernelMachine | undefined> {
  const { valid, earlyStop, threads } = request;
  return valid && earlyStop && valid.matrix.rows > 0
    ? openScoringMachine(problem.shape, networkRows(valid.matrix), threads)
    : undefined;
}

async function runEpoch(
  work: TrainNetwork,
  state: FitState,
  { trainer, scoring }: { trainer: NetworkTrainer; scoring: KernelMachine | undefined },
): Promise<FitState> {
  const { request, problem, course, kept, output } = work;
  const order = kept.slice();
  createRandom(request.seed, 'mlp', 'order', state.done).shuffle(order);
  const { beta1, beta2 } = problem.optimizer;
  const rates = epochRates(course, {
    steps: state.network.steps,
    falls: state.plateau.falls,
    beta1,
    beta2,
  });
  const strength = request.parameters.regularize.mixup ?? 0;
  const { batch } = problem;
  const mix = strength > 0 && drawMix(order, { strength, batch, seed: request.seed, epoch: state.done });
  const epoch = { order, ...rates, ...(mix && { mix }) };
  const { loss, state: network } = await trainer.runEpoch(epoch, request.signal);
  const done = state.done + 1;
  if (!Number.isFinite(loss)) throw new ModelwrightError('diverged', { epoch: done, rate: course.lr });
  let score: number | undefined;
  if (scoring) {
    scoring.write(network);
    score = request.earlyStop?.score(
      Float64Array.from(scoring.predict(), (raw) => raw * output.scale + output.shift),
    );
  }
  request.onProgress?.({ done, total: request.parameters.epochs, ...(score !== undefined && { score }) });
  const best = betterOf(request, state.best, { score, done, network });
  const plateau = follow(state.plateau, score ?? -loss, course);
  return { network, done, plateau, ...(best && { best }) };
}

function betterOf(
  { earlyStop }: FitRequest<MlpSettings>,
  best: Best | undefined,
  { score, done, network }: { score: number | undefined; done: number; network: NetworkState },
): Best | undefined {
  if (score === undefined || Number.isNaN(score) || !earlyStop) return best;
  if (best && score <= best.score + earlyStop.minDelta) return best;
  return { score, done, parameters: network.parameters, statistics: network.statistics };
}

function follow(plateau: FitState['plateau'], score: number, { schedule }: Course): FitState['plateau'] {
  if (plateau.best === null || score > plateau.best) return { ...plateau, best: score, since: 0 };
  const since = plateau.since + 1;
  return since > plateauPatience(schedule)
    ? { ...plateau, falls: plateau.falls + 1, since: 0 }
    : { ...plateau, since };
}

function save({ request }: TrainNetwork, state: FitState, fingerprint: string): void {
  const { checkpoint } = request;
  const every = checkpoint?.every === 'epoch' ? 1 : checkpoint?.every;
  if (!checkpoint || !every || state.done % every !== 0) return;
  checkpoint.save(encodeState(state, fingerprint), (state.best?.done ?? 0) > state.done - every);
}

/** Of an epoch that was not finished nothing is kept. */
function saveNow({ request: { checkpoint } }: TrainNetwork, state: FitState, fingerprint: string): void {
  if (isSaved(checkpoint) && state.done > 0) checkpoint.save(encodeState(state, fingerprint));
}

function isCancelled(error: unknown): boolean {
  return error instanceof ModelwrightError && error.code === 'cancelled';
}

function fingerprintOf({ request, problem, kept }: TrainNetwork): string {
  const { device: _, ...parameters } = request.parameters;
  return JSON.stringify([
    parameters,
    request.seed,
    request.train.matrix.rows,
    kept.length,
    problem.shape,
    problem.loss,
    problem.quantile,
    problem.focal,
    request.train.matrix.columns,
    request.valid?.matrix.rows ?? 0,
  ]);
}
