/** Settings that another setting, or the data, leaves without effect: what `dead-setting` tells beside the schema's own table. */
import { modelNamed } from '../../catalog/models.ts';
import { predictsValue, trainedTasks } from '../../catalog/tasks.ts';
import type { Experiment } from '../../config/experiment.ts';
import { holdsOutRows } from '../../config/impossible/judging.ts';
import { isMap } from '../../config/schema/nodes.ts';
import type { DataFacts } from '../../data/facts/facts.ts';
import type { LintContext } from '../rule.ts';

export interface DeadPair {
  readonly path: string;
  /** Completes "is ignored because …". */
  readonly because: string;
  dead(experiment: Experiment, value: unknown, facts: DataFacts | undefined): boolean;
}

const timeMethods: readonly string[] = ['time', 'group-time', 'auto'];

/** As far as the file tells; a date as the only date column counts as time. */
export function splitsByTime({ data, split }: Experiment): boolean {
  if (['time', 'group-time'].includes(split.method)) return true;
  return split.method === 'auto' && (data.time !== undefined || /^\d{4}-\d\d-\d\d/.test(String(split.test)));
}

function taskOf({ task }: Experiment, facts: DataFacts | undefined): string | undefined {
  return facts?.target?.task ?? (task === 'auto' ? undefined : task);
}

const schedules: Readonly<Record<string, readonly string[]>> = {
  gamma: ['step', 'exponential', 'plateau'],
  step: ['step'],
  patience: ['plateau'],
};
const optimizers: Readonly<Record<string, readonly string[]>> = {
  momentum: ['sgd', 'rmsprop'],
  betas: ['adam', 'adamw', 'rmsprop'],
};

const pairs: readonly DeadPair[] = [
  ...['split.cv', 'split.valid'].map((path) => ({
    path,
    because: 'the source brings its own validation file',
    dead: ({ data }: Experiment) => isMap(data.source) && 'valid' in data.source,
  })),
  {
    path: 'split.gap',
    because: 'only a split by time has a gap',
    dead: ({ split }) => !timeMethods.includes(split.method),
  },
  {
    path: 'split.cv.nested',
    because: 'nothing is tuned',
    dead: (experiment, value) => value === true && !isTuned(experiment),
  },
  {
    path: 'split.cv.kind',
    because: 'the split does not follow time: folds are drawn at random',
    dead: (experiment, value) =>
      ['expanding', 'rolling'].includes(String(value)) && !splitsByTime(experiment),
  },
  {
    path: 'split.cv.repeats',
    because: 'folds along time can be cut in one way only',
    dead: (experiment, value) =>
      Number(value) > 1 && splitsByTime(experiment) && experiment.split.cv?.kind !== 'kfold',
  },
  {
    path: 'split.by',
    because: 'a random split asks no column',
    dead: ({ split }) => split.method === 'random',
  },
  {
    path: 'split.method',
    because: 'a quantity has no classes to keep in proportion: rows are drawn at random',
    dead: (experiment, value, facts) => value === 'stratified' && hasNoStrata(experiment, facts),
  },
  {
    path: 'model.linear.l1_ratio',
    because: 'only the penalty elastic mixes L1 and L2',
    dead: ({ model }) => model.linear.penalty !== 'elastic',
  },
  {
    path: 'model.linear.strength',
    because: 'the penalty is none',
    dead: ({ model }) => model.linear.penalty === 'none',
  },
  {
    path: 'model.calibrate',
    because: 'there are no validation rows to calibrate on',
    dead: (experiment, value) =>
      ['platt', 'isotonic', 'temperature'].includes(String(value)) &&
      !holdsOutRows(experiment) &&
      ![experiment.model.type, ...experiment.baseline].includes('forest'),
  },
  {
    path: 'model.uncertainty.coverage',
    because: 'no intervals are made: `model.uncertainty.method` is none',
    dead: ({ model }) => (model.uncertainty?.method ?? 'none') === 'none',
  },
  ...Object.entries(schedules).map(([name, used]) => ({
    path: `train.schedule.${name}`,
    because: `of all schedules, ${used.join(', ')} ${used.length > 1 ? 'have' : 'has'} it`,
    dead: ({ train }: Experiment) => !used.includes(train.schedule.type),
  })),
  ...Object.entries(optimizers).map(([name, used]) => ({
    path: `train.optimizer.${name}`,
    because: `of all optimisers, ${used.join(', ')} have it`,
    dead: ({ train }: Experiment) => !used.includes(train.optimizer.type),
  })),
  {
    path: 'train.budget.time',
    because: 'the model takes no steps that it could end between, and nothing is tuned',
    dead: (experiment) =>
      ['linear', 'dummy', 'heuristic'].includes(experiment.model.type) && !isTuned(experiment),
  },
  {
    path: 'features.validate.unseen',
    because:
      '`features.categorical.unknown` is error, so the model itself refuses levels that it does not know',
    dead: ({ features }, value) => value !== 'reject' && features.categorical.unknown === 'error',
  },
  {
    path: 'train.imbalance.strategy',
    because: 'only two classes have a threshold',
    dead: (experiment, value, facts) => value === 'threshold' && taskOf(experiment, facts) === 'multiclass',
  },
  {
    path: 'train.checkpoint.every',
    because: 'the model is not trained step by step',
    // Forests save their trees, though none hangs on another.
    dead: ({ model, baseline }, value) =>
      value !== 'never' &&
      [model.type, ...baseline].every((name) => name !== 'forest' && modelNamed(name)?.iterative === false),
  },
  ...['keep', 'best'].map((name) => ({
    path: `train.checkpoint.${name}`,
    because: 'nothing is saved on the way (`every: never`)',
    dead: ({ train }: Experiment) => train.checkpoint.every === 'never',
  })),
  {
    path: 'train.checkpoint.best',
    because: 'no step is judged (`early_stop: false`)',
    dead: ({ train }, value) => value === true && train.early_stop === false,
  },
  ...['keep', 'threshold'].map((name) => ({
    path: `features.select.${name}`,
    because: 'nothing is selected: `features.select.method` is none',
    dead: ({ features }: Experiment) => (features.select?.method ?? 'none') === 'none',
  })),
  ...['parts', 'cyclic', 'elapsed_from', 'timezone'].map((name) => ({
    path: `features.datetime.${name}`,
    because: 'no date is among the features',
    dead: (_: Experiment, __: unknown, facts: DataFacts | undefined) =>
      facts !== undefined && !facts.features.some(({ kind }) => kind === 'datetime'),
  })),
];

export const deadPairs: ReadonlyMap<string, readonly DeadPair[]> = Map.groupBy(pairs, ({ path }) => path);

function isTuned({ tune }: Experiment): boolean {
  return isMap(tune) && Number(tune['trials'] ?? 0) > 0;
}

function hasNoStrata(experiment: Experiment, facts: DataFacts | undefined): boolean {
  const task = trainedTasks.find((each) => each === taskOf(experiment, facts));
  return task !== undefined && predictsValue(task) && experiment.split.by === undefined;
}

const shapes = ['outliers', 'transform'];
const ofCategories = ['encode', 'max_levels', 'rare', 'unknown'];
const ofDates = ['parts', 'cyclic', 'elapsed_from', 'timezone'];

/** Options that a column of a kind does not look at. */
const foreign: Readonly<Record<string, readonly string[]>> = {
  numeric: [...ofCategories, ...ofDates],
  boolean: ['bins', ...ofCategories, ...ofDates],
  cyclic: ['bins', ...shapes, ...ofCategories, ...ofDates],
  categorical: ['bins', ...shapes, ...ofDates],
  ordinal: ['bins', ...shapes, ...ofDates],
  datetime: ['bins', ...shapes, ...ofCategories],
};

/** Of `features.columns.<column>.<option>`: completes "is ignored because …"; undefined where it counts or is not known. */
export function whyColumnIgnored(
  steps: readonly (string | number)[],
  { facts, loaded }: LintContext,
): string | undefined {
  const [section, group, name, option, ...deeper] = steps.map(String);
  if (section !== 'features' || group !== 'columns' || facts === undefined) return undefined;
  if (option === undefined || deeper.length > 0) return undefined;
  const kind = facts.features.find((column) => column.name === name)?.kind;
  if (kind === undefined) return undefined;
  if (foreign[kind]?.includes(option) === true) return `\`${name}\` is ${kind}`;
  const { numeric, columns } = loaded.experiment?.features ?? {};
  const binned = [numeric?.bins, columns?.[name ?? '']?.bins].some(isMap);
  const replaced = kind === 'numeric' && binned && [...shapes, 'scale'].includes(option);
  return replaced ? `\`${name}\` is cut into bins, which take the place of it` : undefined;
}
