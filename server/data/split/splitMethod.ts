/** Settles how an experiment's rows are divided: method, columns, shares, gap and folds, as language.md says. */

import { ModelwrightError } from '../../catalog/errors.ts';
import { predictsValue } from '../../catalog/tasks.ts';
import { secondsIn } from '../../config/duration.ts';
import type { Experiment } from '../../config/experiment.ts';
import { timeColumn } from '../roles.ts';
import type { TableColumn } from '../table.ts';
import type { SupervisedTask } from '../task.ts';
import type { CrossValidation } from './splitFolds.ts';

export interface SplitMethod {
  readonly method: string;
  /** Column that the split follows in time. */
  readonly time?: string;
  /** Column whose rows of equal value stay on one side. */
  readonly group?: string;
  /** Column whose values decide the side by their hash. */
  readonly key?: string;
  /** Column whose levels are kept in proportion, where it is not the target. */
  readonly stratum?: string;
  /** The target's classes are kept in proportion. */
  readonly stratify: boolean;
  readonly test: number | { readonly from: number };
}

/**
 * `auto` follows time if there is `data.time` (or a date in `split.test`), keeps groups whole if there is `data.group`
 * (both: group-time), else keeps classes in proportion. `hash` goes by `split.by`, the group or the id. Sides given by files stay; what is taken out of the training
 * file follows the same method.
 */
export function settleMethod(
  experiment: Experiment,
  columns: readonly TableColumn[],
  { task, files }: { readonly task: SupervisedTask; readonly files: boolean },
): SplitMethod {
  const { split, data, target } = experiment;
  const test = typeof split.test === 'number' ? split.test : files ? 0 : { from: instantOf(split.test) };
  const byDate = typeof test !== 'number';
  const written = split.method === 'predefined' ? 'auto' : split.method;
  if (split.method === 'predefined' && !files) throw new ModelwrightError('split-needs-files');

  const auto = written === 'auto' || byDate;
  const inTime = auto ? byDate || data.time !== undefined : written === 'time' || written === 'group-time';
  const inGroups = auto ? data.group !== undefined : written.includes('group');
  const by = split.by;
  const dates = columns.filter((column) => column.kind === 'datetime' && column.name !== target);
  const declared = timeColumn(experiment, columns);
  const time = inTime ? ((written === 'time' ? by : undefined) ?? declared) : undefined;
  const group = inGroups ? ((written.endsWith('group') ? by : undefined) ?? data.group ?? by) : undefined;
  const byHash = written === 'hash' && !byDate;
  const key = byHash ? (by ?? data.group ?? data.id) : undefined;
  const asked = byDate ? { setting: 'test', value: split.test } : { setting: 'method', value: written };
  if (inTime && time === undefined) {
    const why = dates.length > 1 ? `there are ${dates.length}` : 'there is none';
    throw new ModelwrightError('split-needs-column', { ...asked, kind: 'time', why });
  }
  if ((inGroups && group === undefined) || (byHash && key === undefined)) {
    throw new ModelwrightError('split-needs-column', { ...asked, kind: 'group', why: 'none is declared' });
  }
  for (const name of [time, group, key]) {
    if (name !== undefined && !columns.some((column) => column.name === name)) {
      const kind = name === time ? 'time' : 'group';
      const why = `there is no column \`${name}\``;
      throw new ModelwrightError('split-needs-column', { ...asked, kind, why }, { column: name });
    }
  }
  // A quantity has no classes: what is left of the method says what is done.
  const nameOf = (method: string) =>
    method.startsWith('stratified') && predictsValue(task) && !(method === 'stratified' && by !== undefined)
      ? autoName({ inTime, inGroups, stratify: false })
      : method;
  const stratify = !inTime && !predictsValue(task) && (auto || written.startsWith('stratified'));
  return {
    method: files ? 'predefined' : auto ? autoName({ inTime, inGroups, stratify }) : nameOf(written),
    ...(time === undefined ? {} : { time }),
    ...(group === undefined ? {} : { group }),
    ...(key === undefined ? {} : { key }),
    ...(written === 'stratified' && by !== undefined ? { stratum: by } : {}),
    stratify,
    test,
  };
}

function autoName({
  inTime,
  inGroups,
  stratify,
}: {
  inTime: boolean;
  inGroups: boolean;
  stratify: boolean;
}): string {
  if (inTime) return inGroups ? 'group-time' : 'time';
  if (inGroups) return 'group';
  return stratify ? 'stratified' : 'random';
}

/** Below this many rows with a target, five folds are the default. */
export const smallTable = 5000;

/**
 * As written; else five folds for small tables without `split.valid` or a validation file, fewer where the rarest class
 * or the groups do not suffice. `atLeast`: the count of what a fold cannot do without (smallest class, groups).
 */
export function settleFolds(
  { split }: Experiment,
  {
    rows,
    inTime,
    validGiven,
    atLeast,
  }: { rows: number; inTime: boolean; validGiven: boolean; atLeast: number },
): CrossValidation | undefined {
  const auto = inTime ? 'expanding' : 'kfold';
  if (split.cv) {
    const { folds, repeats, kind } = split.cv;
    if (folds < 2) return undefined;
    return { folds, repeats: Math.max(1, repeats), kind: kind === 'auto' ? auto : kind };
  }
  if (rows >= smallTable || split.valid !== undefined || validGiven) return undefined;
  const folds = Math.min(5, atLeast);
  return folds < 2 ? undefined : { folds, repeats: 1, kind: auto };
}

/** Between training and test: as written, else the horizon of the label; never less than the horizon when purging. */
export function settleGap(
  experiment: Experiment,
  time: TableColumn,
): { unit: 'time' | 'rows'; length: number } | undefined {
  const { gap } = experiment.split;
  if (typeof gap === 'number') return gap > 0 ? { unit: 'rows', length: gap } : undefined;
  const horizon = horizonOf(experiment);
  const purge = experiment.split['purge'] ?? horizon > 0;
  const asked = gap === undefined ? horizon : secondsOf(gap);
  const length = purge === true ? Math.max(asked, horizon) : asked;
  if (length > 0 && time.kind !== 'datetime') {
    const why = `\`${time.name}\` holds no dates`;
    throw new ModelwrightError('split-needs-column', {
      setting: 'gap',
      value: gap ?? `${length}s`,
      kind: 'time',
      why,
    });
  }
  return length > 0 ? { unit: 'time', length } : undefined;
}

function horizonOf(experiment: Experiment): number {
  const horizon = experiment.problem?.horizon;
  return horizon === undefined ? 0 : secondsOf(horizon);
}

/** `30d`, `12h`, `100ms` in seconds. */
export function secondsOf(duration: string): number {
  const seconds = secondsIn(duration);
  if (seconds === undefined)
    throw new ModelwrightError('split-unsupported', { setting: 'gap', value: duration });
  return seconds;
}

/** An ISO date, UTC unless it says otherwise, as epoch seconds. */
export function instantOf(date: string): number {
  const zoned = /T.*(Z|[+-]\d\d:?\d\d)$/.test(date) || !date.includes('T') ? date : `${date}Z`;
  const milliseconds = Date.parse(zoned);
  if (Number.isNaN(milliseconds))
    throw new ModelwrightError('split-unsupported', { setting: 'test', value: date });
  return milliseconds / 1000;
}
