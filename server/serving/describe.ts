/** A deployment with what it says of itself: what the terminal and the editor list. */
import type { Store } from '../store/store.ts';
import type { Deployment } from './deployments.ts';
import { type Figures, readFigures } from './figures.ts';

interface Totals {
  readonly requests: number;
  /** Answered with 4xx or 5xx. */
  readonly errors: number;
  /** Requests a second over the last ten seconds; 0 once the deployment has ended. */
  readonly rate: number;
  /** Milliseconds; null before the first request. */
  readonly p50: number | null;
  readonly p95: number | null;
}

/** Of all its models together, and of each. Of several models the slowest one's latency stands for all. */
export interface DescribedDeployment extends Omit<Deployment, 'models'>, Totals {
  readonly models: readonly (Deployment['models'][number] & Figures & Totals)[];
}

export function describeDeployment(store: Store, deployment: Deployment): DescribedDeployment {
  const figures = readFigures(store, deployment.id);
  const runs = deployment.status === 'running';
  const models = deployment.models.map((model, index) => {
    const own = figures[index] ?? nothingYet;
    return { ...model, ...own, rate: runs ? own.rate : 0, errors: own.rejected + own.failed };
  });
  const sum = (pick: (of: Totals) => number) => models.reduce((total, each) => total + pick(each), 0);
  const largest = (pick: (of: Totals) => number | null) => {
    const values = models.map(pick).filter((value) => value !== null);
    return values.length === 0 ? null : Math.max(...values);
  };
  return {
    ...deployment,
    requests: sum(({ requests }) => requests),
    errors: sum(({ errors }) => errors),
    rate: sum(({ rate }) => rate),
    p50: largest(({ p50 }) => p50),
    p95: largest(({ p95 }) => p95),
    models,
  };
}

const nothingYet: Figures = {
  requests: 0,
  rejected: 0,
  failed: 0,
  rows: 0,
  outside: 0,
  rate: 0,
  p50: null,
  p95: null,
  p99: null,
};
