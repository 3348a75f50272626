/** How a column has moved since the last run, in words: for hover, where the data are others than that run's. */
import { driftThresholds, type Thresholds } from '../catalog/driftThresholds.ts';
import type { DataFacts } from '../data/facts/facts.ts';
import type { ColumnProfile } from '../data/profile/columnProfile.ts';
import { percent } from '../lint/columns.ts';
import { type ColumnThen, lastOf, number4, type RunHistory } from '../lint/history.ts';
import { code } from './describeColumn.ts';

/** A sentence of Markdown; undefined without a run, for the data of that run, and where the column cannot be compared. */
export function driftSince(
  column: ColumnProfile,
  facts: DataFacts,
  history: RunHistory | undefined,
): string | undefined {
  const last = history && lastOf(history);
  if (last === undefined || facts.sampled !== undefined || last.document.lineage.data === facts.hash)
    return undefined;
  const run = last.document.run.id;
  const then = history?.columnsOf?.(run)?.get(column.name);
  if (then === undefined) return undefined;
  const missing = facts.rows === 0 ? 0 : column.missing / facts.rows;
  const said = [
    then.kind === 'numbers' ? ofNumbers(column, then) : ofLevels(column, then, facts.rows),
    sizeOf(Math.abs(missing - then.missing), driftThresholds.share) === undefined
      ? undefined
      : `${percent(then.missing)} missing became ${percent(missing)}`,
  ].filter((each) => each !== undefined);
  const since = `Since the test rows of run ${run}`;
  return said.length === 0 ? `${since} it has not moved.` : `${since}: ${said.join('; ')}.`;
}

const probabilities = ['0.05', '0.25', '0.5', '0.75', '0.95'] as const;

/** W1 over the deviation it had, by the trapezoids between the quantiles that a profile keeps. */
function ofNumbers({ quantiles }: ColumnProfile, then: ColumnThen & { kind: 'numbers' }): string | undefined {
  const now = probabilities.map((p) => Number(quantiles?.[p]));
  if (now.some(Number.isNaN) || !(then.deviation > 0)) return undefined;
  const apart = now.map((value, i) => Math.abs(value - (then.quantiles[i] ?? Number.NaN)));
  const distance = apart.slice(1).reduce((sum, each, i) => {
    const width = Number(probabilities[i + 1]) - Number(probabilities[i]);
    return sum + (width * (each + (apart[i] ?? 0))) / 2;
  }, 0);
  // The quantiles span nine tenths of the rows.
  const effect = distance / 0.9 / then.deviation;
  const size = sizeOf(effect, driftThresholds.distance);
  const [before, after] = [then.quantiles[2] ?? Number.NaN, now[2] ?? Number.NaN];
  return size === undefined
    ? undefined
    : `median ${number4(before)} became ${number4(after)}, ${number4(effect)} standard deviations apart (${size})`;
}

/** Total variation, where the profile counts all levels. */
function ofLevels(
  { top, distinct, missing }: ColumnProfile,
  then: ColumnThen & { kind: 'levels' },
  rows: number,
): string | undefined {
  if (distinct > top.length || rows <= missing) return undefined;
  const now = new Map(top.map(({ value, count }) => [String(value), count / (rows - missing)]));
  const levels = [...new Set([...now.keys(), ...then.shares.keys()])].map((level) => {
    const [before, after] = [then.shares.get(level) ?? 0, now.get(level) ?? 0];
    return { level, before, after, apart: Math.abs(after - before) };
  });
  const variation = levels.reduce((sum, { apart }) => sum + apart, 0) / 2;
  const size = sizeOf(variation, driftThresholds.variation);
  const [most] = levels.toSorted((a, b) => b.apart - a.apart);
  return size === undefined || most === undefined
    ? undefined
    : `${code(most.level)} went from ${percent(most.before)} to ${percent(most.after)} (${size})`;
}

function sizeOf(effect: number, [small, medium, large]: Thresholds): string | undefined {
  if (!(effect >= small)) return undefined;
  return effect >= large ? 'large' : effect >= medium ? 'medium' : 'small';
}
