/** What a family, a task or a split do not allow in training: losses, links, monotone columns, searches. */
import { linksOf } from '../../catalog/links.ts';
import { absoluteMetrics } from '../../catalog/metrics.ts';
import { modelNamed } from '../../catalog/models.ts';
import { isMap } from '../schema/nodes.ts';
import { monotoneKind } from './features.ts';
import type { Case, Impossible } from './impossible.ts';

export function* trainingFaults(asked: Case): Iterable<Impossible> {
  yield* focalLoss(asked);
  yield* linkOfAnotherTask(asked);
  yield* monotoneColumns(asked);
  yield* searches(asked);
  yield* oneFold(asked);
}

function* focalLoss({ experiment, family }: Case): Iterable<Impossible> {
  if (experiment.train.imbalance.strategy !== 'focal') return;
  const { focal } = modelNamed(family) ?? {};
  const ownEngine = family !== 'gbdt' || experiment.model.gbdt.engine === 'builtin';
  if (focal === true && ownEngine) return;
  yield {
    rule: 'conflicting-settings',
    path: 'train.imbalance.strategy',
    value: 'focal',
    reason: 'of all models, gbdt (with its own engine) and mlp have a focal loss',
    instead: 'weights',
    literal: true,
  };
}

function* linkOfAnotherTask({ experiment, task, families }: Case): Iterable<Impossible> {
  const { link } = experiment.model.linear;
  const own = linksOf(task);
  if (link === 'auto' || own === undefined || link === own || !families.includes('linear')) return;
  yield {
    rule: 'conflicting-settings',
    path: 'model.linear.link',
    value: link,
    reason: `a ${task} task needs \`${own}\``,
    instead: 'auto',
    literal: true,
  };
}

function* monotoneColumns({ experiment, known, task, family, families }: Case): Iterable<Impossible> {
  const { monotone } = experiment.model.gbdt;
  const names = Object.keys(monotone);
  if (names.length === 0 || !families.includes('gbdt')) return;
  const rule = 'conflicting-settings';
  const whole = { rule, path: 'model.gbdt.monotone', value: JSON.stringify(monotone) } as const;
  const metric = known.metric ?? experiment.metric;
  if (task === 'multiclass') {
    yield { ...whole, reason: 'the classes of one row cannot all rise', instead: '{}', literal: true };
    return;
  }
  const intervals = experiment.model.uncertainty?.method === 'quantile' && family === 'gbdt';
  const absolute = task === 'regression' && metric !== undefined && absoluteMetrics.includes(metric);
  if (task === 'quantile' || intervals || absolute) {
    const loss = absolute && !intervals ? `the absolute error, which ${metric} asks for,` : 'quantiles';
    yield { ...whole, reason: `leaf values under ${loss} keep to no bounds`, instead: '{}', literal: true };
    return;
  }
  for (const name of names) {
    if (known.features === undefined || monotoneKind(experiment, known.features, name)) continue;
    const found = known.features.some((column) => column.name === name);
    const reason = `\`${name}\` is no ${found ? 'numeric ' : ''}feature of the model`;
    const path = `${whole.path}.${name}`;
    yield { rule, path, value: monotone[name] ?? '', reason, instead: 'the name of one', column: name };
  }
}

/** Searches that stop trials early, by their first steps. */
const halving: readonly unknown[] = ['asha', 'hyperband', 'bohb'];

function* searches({ experiment, known, family }: Case): Iterable<Impossible> {
  const { tune } = experiment;
  if (!isMap(tune) || !(Number(tune['trials'] ?? 0) > 0)) return;
  const { search, using } = tune;
  if (halving.includes(search) && modelNamed(family)?.steps === undefined) {
    yield {
      rule: 'conflicting-settings',
      path: 'tune.search',
      value: String(search),
      reason: `it judges trainings by their first steps, and ${family} does not train step by step`,
      instead: 'bayesian',
      literal: true,
    };
  }
  const sides = { path: 'tune.using', value: String(using), literal: true };
  if (using === 'train' || using === 'test') {
    const reason =
      using === 'train'
        ? 'trials that are compared on the rows they learnt from all look good'
        : 'the test set would be fitted';
    yield { rule: 'unknown-value', ...sides, reason, instead: 'valid' };
  } else if (using === 'cv' && hasNoFolds(experiment, known)) {
    yield { rule: 'conflicting-settings', ...sides, reason: 'there are no folds', instead: 'valid' };
  } else if (using === 'valid' && hasNoValidRows(experiment, known)) {
    yield { rule: 'conflicting-settings', ...sides, reason: 'there are no validation rows', instead: 'cv' };
  }
}

function* oneFold({ experiment }: Case): Iterable<Impossible> {
  if (experiment.split.cv?.folds !== 1) return;
  yield {
    rule: 'out-of-range',
    path: 'split.cv.folds',
    value: '1',
    reason: 'one fold leaves no rows to train on; 0 means none, and 2 is the least',
    instead: '5',
    literal: true,
  };
}

/** Folds are also there without being asked for, in small tables where `split.valid` is not written. */
function hasNoFolds({ split: { cv, valid } }: Case['experiment'], { folds }: Case['known']): boolean {
  if (folds !== undefined) return folds === 0;
  return cv === undefined ? valid !== undefined : cv.folds < 2;
}

function hasNoValidRows({ split, data }: Case['experiment'], { validRows }: Case['known']): boolean {
  if (validRows !== undefined) return validRows === 0;
  if (isMap(data.source) && data.source['valid'] !== undefined) return false;
  return split.valid === 0 || (split.valid === undefined && (split.cv?.folds ?? 0) >= 2);
}
