/** Chooses the engine for a network: the one that takes its steps fastest, by what was measured on this machine. */
import { engines, type NetworkEngineId } from '../catalog/engines.ts';

/** Seconds a step of a small and of a large network, and how many operations those steps have. */
export interface EngineSpeed {
  readonly small: number;
  readonly large: number;
}

export const probeOperations = { small: 31e6, large: 2e9 };

export interface Choice {
  /** The best first. */
  readonly order: readonly NetworkEngineId[];
  readonly reason: string;
}

/**
 * Seconds a step, through the two that were measured: the small one's below it, in proportion above the large one, and
 * between them a power of the operations.
 */
export function secondsOfStep({ small, large }: EngineSpeed, operations: number): number {
  if (operations <= probeOperations.small) return small;
  if (operations >= probeOperations.large) return large * (operations / probeOperations.large);
  const part =
    Math.log(operations / probeOperations.small) / Math.log(probeOperations.large / probeOperations.small);
  return small * (large / small) ** part;
}

/**
 * `candidates` are those that work, in the order of the catalog; one that was not measured comes behind those that were.
 * Plain JavaScript is tens of times slower than all others, so it comes last and is not measured.
 */
export function chooseEngine(
  candidates: readonly NetworkEngineId[],
  speeds: ReadonlyMap<NetworkEngineId, EngineSpeed>,
  operations: number,
): Choice {
  const cost = (id: NetworkEngineId) => {
    const speed = speeds.get(id);
    if (id === 'cpu') return Number.POSITIVE_INFINITY;
    return speed ? secondsOfStep(speed, operations) : Number.MAX_VALUE;
  };
  const order = [...candidates].sort((a, b) => (cost(a) === cost(b) ? 0 : cost(a) - cost(b)));
  const [best, second] = order;
  if (best === undefined) return { order, reason: 'No engine can train a network here.' };
  const title = engines[best].title;
  if (second === undefined || second === 'cpu' || !speeds.has(best))
    return { order, reason: `${title} is the only fast engine that works here.` };
  const step = (id: NetworkEngineId) => `${Number((cost(id) * 1000).toPrecision(2))} ms`;
  const other = speeds.has(second) ? `, ${engines[second].title} ${step(second)}` : '';
  return { order, reason: `${title} is the fastest as measured here: ${step(best)} a step${other}.` };
}
