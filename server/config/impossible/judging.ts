/** What a task and a family do not allow to be done with scores: calibration, thresholds, intervals, rules by hand. */
import { metricNamed, metrics } from '../../catalog/metrics.ts';
import { modelNamed } from '../../catalog/models.ts';
import { predictsValue, trainedTasks } from '../../catalog/tasks.ts';
import { outcomeWorths } from '../outcomeWorths.ts';
import { isMap } from '../schema/nodes.ts';
import type { Case, Impossible } from './impossible.ts';

export function* judgingFaults(asked: Case): Iterable<Impossible> {
  yield* isotonicOfSeveral(asked);
  yield* thresholdOfNothing(asked);
  yield* intervals(asked);
  yield* quantilesOfMeans(asked);
  yield* rulesByHand(asked);
}

function* isotonicOfSeveral({ experiment, task, families }: Case): Iterable<Impossible> {
  const calibrated = families.some((name) => modelNamed(name)?.plain !== true);
  if (experiment.model.calibrate !== 'isotonic' || task !== 'multiclass' || !calibrated) return;
  yield {
    rule: 'conflicting-settings',
    path: 'model.calibrate',
    value: 'isotonic',
    reason: 'isotonic calibration is for two classes',
    instead: 'temperature',
    literal: true,
  };
}

/** Metrics that a decision threshold of two classes moves. */
export function thresholdMetrics(): string[] {
  return metrics
    .filter(({ thresholdFree, tasks, supported }) => !thresholdFree && supported && tasks.includes('binary'))
    .map(({ name }) => name);
}

function* thresholdOfNothing({ experiment, known, task, families }: Case): Iterable<Impossible> {
  const threshold: unknown = experiment.model.threshold;
  // Other tasks have no threshold at all, which `dead-setting` tells.
  if (!isMap(threshold) || (task !== undefined && task !== 'binary')) return;
  const path = 'maximize' in threshold ? 'model.threshold.maximize' : 'model.threshold.by';
  const value = threshold['maximize'] ?? threshold['by'];
  // A file is also looked at while it is being written.
  if (typeof value !== 'string') return;
  const f1 = { path, value, instead: 'f1', literal: path.endsWith('maximize') };
  if (value === 'value') {
    if (outcomeWorths(experiment) !== undefined) return;
    const reason = '`problem.value` does not say what each outcome is worth';
    yield { rule: 'conflicting-settings', ...f1, reason };
  } else if (!thresholdMetrics().includes(value)) {
    const known = metricNamed(value.replace(/@\d+$/, '@k')) !== undefined;
    const reason = known ? 'no threshold changes it' : 'there is no such metric';
    yield { rule: 'unknown-value', ...f1, reason };
  }
  const blind = (name: string) => modelNamed(name)?.plain !== true && !scoresOutOfBag(experiment, name);
  const held = holdsOutRows(experiment) ? known.heldRows : 0;
  if (held !== 0 || !families.some(blind)) return;
  const reason = 'there are no validation rows to choose it on';
  yield {
    rule: 'conflicting-settings',
    path: 'model.threshold',
    value,
    reason,
    instead: '0.5',
    literal: true,
  };
}

function* intervals({ experiment, known, task, family }: Case): Iterable<Impossible> {
  const { method = 'none', coverage = usualCoverage } = experiment.model.uncertainty ?? {};
  if (method === 'none' || modelNamed(family)?.plain === true) return;
  const path = 'model.uncertainty.method';
  const refuse = (reason: string, instead: string): Impossible => {
    return { rule: 'conflicting-settings', path, value: method, reason, instead, literal: true };
  };
  if (task === 'quantile') yield refuse('a quantile is a bound already', 'none');
  else if (method === 'quantile' && (task === 'binary' || task === 'multiclass'))
    yield refuse('classes have no quantiles', 'conformal');
  else if (method === 'quantile' && !predictsQuantiles(family))
    yield refuse(`${family} predicts means, not quantiles`, 'conformal');
  // A forest scores its training rows by the trees that did not see them.
  if (method === 'conformal' && scoresOutOfBag(experiment, family)) return;
  const held = holdsOutRows(experiment) ? known.heldRows : 0;
  const least = rowsForCoverage(coverage);
  if (held === undefined || held >= least) return;
  const rows = held === 0 ? 'there are none' : `there are ${held}`;
  yield {
    ...refuse(`it needs ${least} rows that the model was not trained on; ${rows}`, 'none'),
    instead: held === 0 ? 'none, or set split.valid or split.cv' : 'none, or a smaller coverage',
    literal: false,
  };
}

function scoresOutOfBag({ model, train }: Case['experiment'], family: string): boolean {
  return family === 'forest' && model.forest.oob && train.imbalance.strategy !== 'smote';
}

/** Share of outcomes inside, where none is written. */
export const usualCoverage = 0.9;

/** The fewest rows of which the ⌈(n + 1) · coverage⌉-th is one. 0.9 / (1 - 0.9) is a hair above 9. */
export function rowsForCoverage(coverage: number): number {
  return Math.ceil(coverage / (1 - coverage) - 1e-9);
}

/** Whether there will be rows, other than test rows, that a model is not trained on. */
export function holdsOutRows({ split, data }: Case['experiment']): boolean {
  const given = isMap(data.source) && data.source['valid'] !== undefined;
  return given || split.valid !== 0 || (split.cv?.folds ?? 0) >= 2;
}

function predictsQuantiles(family: string): boolean {
  return modelNamed(family)?.tasks.includes('quantile') ?? true;
}

/** A family that cannot be fitted for the task at all. */
function* quantilesOfMeans({ experiment, task, families }: Case): Iterable<Impossible> {
  const known = trainedTasks.find((each) => each === task);
  if (known === undefined) return;
  for (const family of new Set(families)) {
    const entry = modelNamed(family);
    if (entry === undefined || !entry.supported || entry.tasks.includes(known)) continue;
    const at = experiment.baseline.indexOf(family);
    const isMain = experiment.model.type === family;
    yield {
      rule: 'conflicting-settings',
      path: isMain ? 'model.type' : `baseline.${at}`,
      value: family,
      reason:
        known === 'quantile'
          ? `${family} predicts means, not quantiles`
          : `${family} has no task ${known}; it has ${entry.tasks.join(', ')}`,
      instead: isMain ? 'gbdt' : 'linear',
      literal: true,
    };
  }
}

function* rulesByHand({ experiment, known, task, families }: Case): Iterable<Impossible> {
  if (!families.includes('heuristic')) return;
  const settled = trainedTasks.find((each) => each === task);
  if (settled === undefined) return;
  for (const [i, { then: value }] of (experiment.model.heuristic ?? []).entries()) {
    const at = { rule: 'unknown-value', path: `model.heuristic.${i}.then`, value: String(value) } as const;
    if (predictsValue(settled)) {
      if (typeof value === 'number') continue;
      yield { ...at, reason: `task ${settled} predicts a number`, instead: 'a number' };
      continue;
    }
    if (settled === 'binary' && typeof value === 'number' && value >= 0 && value <= 1) continue;
    if (known.classes === undefined || known.classes.some((name) => String(name) === String(value))) continue;
    const list = known.classes.slice(0, 12).join(', ');
    const share = settled === 'binary' ? ', and no probability from 0 to 1' : '';
    yield { ...at, reason: `it is no class of the target (${list})${share}`, instead: 'one of them' };
  }
}
