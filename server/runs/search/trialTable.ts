/** What a search has tried so far, for the run panel: the best first, while the run still goes on too. */
import { metricNamed } from '../../catalog/metrics.ts';
import type { TrialTable } from '../../protocol/workbench.ts';
import type { Store } from '../../store/store.ts';
import { readTrials } from '../../tracking/trials.ts';
import { bestTrial, lastResult, type Trial } from '../../tuning/trial.ts';

/** More are counted, not listed. */
const listed = 100;

/** Null where nothing was tuned, or no trial has ended yet. */
export function trialTable(store: Store, run: string): TrialTable | null {
  const records = readTrials(store, run);
  const trials = records.map(
    ({ index, params, results }): Trial => ({ index, params: { ...params }, results }),
  );
  const [first] = records;
  if (first === undefined) return null;
  const best = bestTrial(trials);
  const metric = records.find((record) => record.metric !== null)?.metric ?? '';
  const sign = metricNamed(metric)?.direction === 'lower' ? -1 : 1;
  const rows = trials
    .map((trial) => ({ trial, result: lastResult(trial) }))
    .sort((a, b) => rank(b) - rank(a) || a.trial.index - b.trial.index)
    .slice(0, listed)
    .map(({ trial, result }) => {
      const score = result?.score ?? Number.NaN;
      return {
        number: trial.index + 1,
        settings: Object.values(trial.params).map(shown),
        value: Number.isNaN(score) ? null : sign * score,
        share: result?.budget ?? 0,
        state:
          trial === best ? 'best' : result?.pruned ? 'pruned' : Number.isNaN(score) ? 'failed' : 'finished',
      } as const;
    });
  return { metric, paths: Object.keys(first.params), rows, total: trials.length };
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : String(value);
}

/** Those that got furthest by their score, then those that were stopped, then those that failed. */
function rank({ result }: { result: ReturnType<typeof lastResult> }): number {
  if (result === undefined || Number.isNaN(result.score)) return Number.NEGATIVE_INFINITY;
  const squeezed = Math.atan(result.score) / Math.PI;
  return squeezed + (result.pruned ? 0 : 10 * (1 + result.budget));
}
