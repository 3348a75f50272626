/** Settles what is learned: the task, the classes in order, the positive one, and the target as numbers. */
import { ModelwrightError } from '../catalog/errors.ts';
import { defaultMetric, quantileOf } from '../catalog/metrics.ts';
import { type ClassTask, predictsValue, type SupervisedTask, trainedTasks } from '../catalog/tasks.ts';
import type { Experiment, Scalar } from '../config/experiment.ts';
import { parseExpression } from '../config/expression/parse.ts';
import { ownNames } from '../config/expression/past.ts';
import { nearest } from '../config/nearest.ts';
import { momentsOf } from '../statistics/moments.ts';
import { lostSpread } from './float32.ts';
import { featuresAsRoles, targetSources, unknownYet } from './roles.ts';
import type { Table, TableColumn } from './table.ts';

export type { SupervisedTask };
export type ClassLabel = string | number | boolean;

export interface ResolvedTask {
  readonly task: SupervisedTask;
  readonly target: string;
  /** Typed as the target, in class-index order: binary [negative, positive], multiclass sorted; of values none. */
  readonly classes: readonly ClassLabel[];
  /** Binary only: `classes[1]`. */
  readonly positive?: ClassLabel;
  /** Quantile only: the share of truths that should lie below the prediction. */
  readonly quantile?: number;
  /** The primary metric: as written, else by task and prevalence. */
  readonly metric: string;
  /** Binary: share of positives among the rows with a target; otherwise NaN. */
  readonly prevalence: number;
  readonly withoutTarget: number;
  /** Per table row: class index or value, NaN where missing. */
  readonly values: Float64Array;
  /** Rows of each class, in class order. */
  readonly counts: readonly number[];
}

/** Integer targets with more distinct values than this are quantities under `task: auto`. */
export const maxClasses = 20;

/**
 * What a run learns. Throws where the target is absent, empty, constant, or cannot be what `task` says, where
 * `features.include` names the target or a column that it is computed from, and below `data.quality.min_rows`.
 */
export async function resolveTask(experiment: Experiment, table: Table): Promise<ResolvedTask> {
  const [role] = featuresAsRoles(experiment);
  if (role !== undefined) throw new ModelwrightError('feature-as-role', role, { column: role.column });
  refuseLeak(experiment);
  const task = await inferTask(experiment, table);
  const rows = table.rowCount - task.withoutTarget;
  const minRows = experiment.data.quality.min_rows;
  if (rows < minRows) throw new ModelwrightError('too-few-rows', { rows, minRows });
  return task;
}

/**
 * Under `task: auto` two distinct values are binary; text, and integers of at most 20 distinct values, multiclass;
 * everything else regression. So are numbers with fractions, however few are distinct: 0.5, 1, 1.5 are measurements.
 */
export async function inferTask(experiment: Experiment, table: Table): Promise<ResolvedTask> {
  const column = targetColumn(experiment, table);
  const target = await readTarget(table, column);
  const rows = table.rowCount - target.missing;
  if (rows === 0)
    throw new ModelwrightError('target-empty', { target: column.name, rows: table.rowCount }, at(column));
  if (target.distinct.length === 1) {
    const value = target.distinct[0]?.label;
    throw new ModelwrightError('one-class', { target: column.name, value }, at(column));
  }
  const task = settleTask(experiment.task, column, target, rows);
  if (!predictsValue(task)) {
    refuseLongClasses(task, column, target);
    return classify(experiment, column.name, task, target);
  }
  if (experiment.positive !== undefined) {
    const values = 'numbers, and none of them is positive';
    throw new ModelwrightError('positive-not-found', {
      positive: experiment.positive,
      target: column.name,
      values,
    });
  }
  await refuseHuge(table, column.name, target.values);
  refuseTooFine(column.name, target.values);
  const metric = experiment.metric ?? defaultMetric(task) ?? '';
  return {
    task,
    target: column.name,
    classes: [],
    ...(task === 'quantile' && { quantile: quantileOf(metric) ?? 0.5 }),
    metric,
    prevalence: Number.NaN,
    withoutTarget: target.missing,
    values: target.values,
    counts: [],
  };
}

/** Neighbouring whole numbers beyond 2^53 are one float64, and so would be one class. */
function refuseLongClasses(task: SupervisedTask, column: TableColumn, { distinct }: TargetValues): void {
  const long = distinct.find(({ label }) => typeof label === 'number' && Math.abs(label) > 2 ** 53 - 1);
  if (long === undefined) return;
  const why = `it holds whole numbers around ${long.label}, of which neighbours would be one class; make text of it by \`data.read.types\` (VARCHAR)`;
  throw new ModelwrightError('task-mismatch', { task, target: column.name, why }, at(column));
}

/** The sum of a hundred million of them is a float32 still, and so is a prediction that goes far beyond them. */
const largestTarget = 1e30;

/** @throws ModelwrightError target-too-large */
async function refuseHuge(table: Table, target: string, values: Float64Array): Promise<void> {
  const position = values.findIndex((value) => Math.abs(value) > largestTarget);
  if (position < 0) return;
  const row = (await table.rowNumbers())[position] ?? position;
  const value = values[position] ?? Number.NaN;
  throw new ModelwrightError(
    'target-too-large',
    { target, value: value.toExponential(3), row, most: '1e30' },
    { column: target, row },
  );
}

/** @throws ModelwrightError target-too-fine */
function refuseTooFine(target: string, values: Float64Array): void {
  const { count, mean, squares } = momentsOf(values);
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const lost = lostSpread({ least, most, spread: Math.sqrt(squares / Math.max(1, count - 1)) });
  if (lost === undefined) return;
  throw new ModelwrightError(
    'target-too-fine',
    { target, least, most, ...lost, middle: Math.round(mean) },
    { column: target },
  );
}

/** A name in `features.include` that gives the target away, by what `data.derive` says. */
export function leakedByName(experiment: Experiment): string | undefined {
  const sources = targetSources(experiment);
  return experiment.features.include?.find((name) => name === experiment.target || sources.has(name));
}

function refuseLeak(experiment: Experiment): void {
  for (const feature of experiment.features.derive) {
    const { ast } = parseExpression(feature.expr);
    for (const { name } of ast === undefined ? [] : ownNames(ast)) {
      const why = unknownYet(experiment, name);
      if (why === undefined) continue;
      const reason = `it reads \`${name}\`, which ${why}: it is not known when predicting.`;
      throw new ModelwrightError('expression-failed', { expression: feature.expr, reason });
    }
  }
  const column = leakedByName(experiment);
  if (column === undefined) return;
  const why = column === experiment.target ? 'is the target itself' : 'is what the target is computed from';
  throw new ModelwrightError('target-leak', { column, target: experiment.target, why }, { column });
}

function at(column: TableColumn): { column: string } {
  return { column: column.name };
}

function targetColumn(experiment: Experiment, table: Table): TableColumn {
  const name = experiment.target;
  if (name === undefined) throw new ModelwrightError('target-not-set', { task: experiment.task });
  const found = table.columns.find((column) => column.name === name);
  if (found) return found;
  const names = table.columns.map((column) => column.name);
  const close = nearest(name, names);
  const columns = close === undefined ? names.slice(0, 12).join(', ') : close;
  throw new ModelwrightError('target-not-found', { target: name, columns });
}

interface TargetValues {
  /** Numbers as they are; text and booleans as an index into `distinct`. */
  readonly values: Float64Array;
  readonly coded: boolean;
  readonly missing: number;
  /** In class order: numbers ascending, text by code point, false before true. Numbers: at most `distinctLimit` + 1. */
  readonly distinct: readonly {
    readonly label: ClassLabel;
    readonly value: number;
    readonly count: number;
  }[];
  /** All present values are whole numbers (or text or booleans). */
  readonly discrete: boolean;
}

/** Beyond this many distinct numbers a target is a quantity whatever it is called. */
const distinctLimit = 1000;

async function readTarget(table: Table, column: TableColumn): Promise<TargetValues> {
  if (column.kind === 'datetime') {
    throw new ModelwrightError(
      'task-mismatch',
      { task: 'any', target: column.name, why: 'it holds dates' },
      at(column),
    );
  }
  const asText = column.kind === 'categorical' || column.kind === 'text' || column.kind === 'ordinal';
  return asText ? readLevels(table, column) : readNumbers(table, column);
}

async function readLevels(table: Table, column: TableColumn): Promise<TargetValues> {
  const { codes, levels } = await table.dictionary(column.name);
  const counts = new Float64Array(levels.length + 1);
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  const numeric = /INT|DOUBLE|FLOAT|REAL|DECIMAL/i.test(column.type);
  const present = levels
    .map((level, index) => ({
      label: numeric ? Number(level) : level,
      code: index + 1,
      count: counts[index + 1] ?? 0,
    }))
    .filter((level) => level.count > 0);
  if (numeric) present.sort((a, b) => Number(a.label) - Number(b.label));
  const indexOf = new Float64Array(levels.length + 1).fill(Number.NaN);
  present.forEach(({ code }, index) => {
    indexOf[code] = index;
  });
  return {
    values: Float64Array.from(codes, (code) => indexOf[code] ?? Number.NaN),
    coded: true,
    missing: counts[0] ?? 0,
    distinct: present.map(({ label, count }, value) => ({ label, value, count })),
    discrete: true,
  };
}

async function readNumbers(table: Table, column: TableColumn): Promise<TargetValues> {
  const values = await table.numbers(column.name);
  const small = new Float64Array(smallNumbers);
  const others = new Map<number, number>();
  let missing = 0;
  let whole = true;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (Number.isNaN(value)) missing++;
    else if (value >= 0 && value < smallNumbers && Number.isInteger(value))
      small[value] = (small[value] ?? 0) + 1;
    else {
      if (whole && !Number.isInteger(value)) whole = false;
      if (others.size <= distinctLimit || others.has(value)) others.set(value, (others.get(value) ?? 0) + 1);
    }
  }
  small.forEach((count, value) => {
    if (count > 0) others.set(value, count);
  });
  const distinct = [...others]
    .sort(([a], [b]) => a - b)
    .map(([value, count]) => ({ label: column.kind === 'boolean' ? value === 1 : value, value, count }));
  return { values, coded: false, missing, distinct, discrete: whole };
}

/** Counted in an array rather than a map, which for millions of rows is what a target costs. */
const smallNumbers = 256;

function settleTask(
  written: string,
  column: TableColumn,
  target: TargetValues,
  rows: number,
): SupervisedTask {
  const distinct = target.distinct.length;
  const refuse = (why: string): never => {
    throw new ModelwrightError('task-mismatch', { task: written, target: column.name, why }, at(column));
  };
  const many = distinct > distinctLimit ? `more than ${distinctLimit}` : String(distinct);
  const value = trainedTasks.filter(predictsValue).find((task) => task === written);
  if (value !== undefined) {
    if (target.coded && typeof target.distinct[0]?.label === 'string') return refuse('it holds text');
    if (value === 'count' && Number(target.distinct[0]?.label) < 0) return refuse('it holds values below 0');
    return value;
  }
  if (written === 'binary')
    return distinct === 2 ? 'binary' : refuse(`it has ${many} distinct values, not 2`);
  if (written !== 'multiclass' && written !== 'auto')
    return refuse(`this version trains ${trainedTasks.join(', ')}`);

  const unlearnable = target.coded ? distinct > rows / 2 : distinct > distinctLimit;
  if (written === 'multiclass') {
    return unlearnable ? refuse(`it has ${many} distinct values in ${rows} rows`) : 'multiclass';
  }
  if (distinct === 2) return 'binary';
  if (target.coded)
    return unlearnable ? refuse(`it has ${many} different texts in ${rows} rows`) : 'multiclass';
  return target.discrete && distinct <= maxClasses ? 'multiclass' : 'regression';
}

function classify(experiment: Experiment, name: string, task: ClassTask, target: TargetValues): ResolvedTask {
  const order = [...target.distinct];
  if (task === 'binary') {
    const positive = positiveOf(experiment.positive, name, target.distinct);
    if (positive === target.distinct[0]) order.reverse();
  }
  const indexOf = new Map(order.map(({ value }, index) => [value, index]));
  const counts = order.map(({ count }) => count);
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const prevalence = task === 'binary' ? (counts[1] ?? 0) / rows : Number.NaN;
  const classes = order.map(({ label }) => label);
  const positive = task === 'binary' ? classes[1] : undefined;
  return {
    task,
    target: name,
    classes,
    ...(positive === undefined ? {} : { positive }),
    metric:
      experiment.metric ?? (task === 'multiclass' ? 'macro_f1' : prevalence < 0.1 ? 'pr_auc' : 'roc_auc'),
    prevalence,
    withoutTarget: target.missing,
    values: order.every(({ value }, index) => value === index)
      ? target.values
      : toIndices(target.values, indexOf),
    counts,
  };
}

function toIndices(values: Float64Array, indexOf: ReadonlyMap<number, number>): Float64Array {
  const small = Float64Array.from({ length: smallNumbers }, (_, value) => indexOf.get(value) ?? Number.NaN);
  const indices = new Float64Array(values.length);
  for (let i = 0; i < indices.length; i++) {
    const value = values[i] ?? Number.NaN;
    indices[i] = small[value] ?? indexOf.get(value) ?? Number.NaN;
  }
  return indices;
}

/** The rarer of two classes; of equals, the later. */
function positiveOf(
  written: Scalar | undefined,
  name: string,
  distinct: TargetValues['distinct'],
): TargetValues['distinct'][number] | undefined {
  const [first, second] = distinct;
  if (written === undefined) return (first?.count ?? 0) < (second?.count ?? 0) ? first : second;
  const fold = (label: Scalar) =>
    typeof first?.label === 'boolean' ? String(label).toLowerCase() : String(label);
  const found = distinct.find(({ label }) => fold(label) === fold(written));
  if (found) return found;
  const values = distinct.map(({ label }) => String(label)).join(' and ');
  throw new ModelwrightError('positive-not-found', { positive: written, target: name, values });
}
