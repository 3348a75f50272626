/** How often a configuration alarms where nothing has drifted: its own reference, window by window, against the rest. */
import type { MonitorDocument } from '../protocol/monitor.ts';
import { wilson } from '../statistics/intervals.ts';
import { compareSamples } from './compare.ts';
import type { MonitorSettings } from './monitorSettings.ts';
import type { Sample } from './sample.ts';
import { sliceSample } from './slice.ts';
import { alarmed } from './windows.ts';

/** More windows than this tell little more. */
const mostWindows = 40;
/** Of the reference that a window may take: the rest is what it is compared with. */
const largestShare = 0.25;

/**
 * Windows of `rows` rows slide over the reference by half their length, in the order of its rows, so that seasons and
 * repeated customers show as they would in use.
 */
export async function replay(
  reference: Sample,
  { drift, persist }: MonitorSettings,
  rows: number,
  signal: AbortSignal,
): Promise<NonNullable<MonitorDocument['replay']>> {
  const length = Math.max(1, Math.min(rows, Math.floor(largestShare * reference.sampled)));
  const step = Math.max(1, Math.floor(length / 2), Math.ceil((reference.sampled - length) / mostWindows));
  const drifted: boolean[] = [];
  for (let start = 0; start + length <= reference.sampled; start += step) {
    const all = Int32Array.from({ length: reference.sampled }, (_, row) => row);
    const rest = sliceSample(
      reference,
      all.filter((row) => row < start || row >= start + length),
    );
    const window = sliceSample(reference, all.subarray(start, start + length), rest);
    const settings = { ...drift, seed: drift.seed + drifted.length };
    drifted.push((await compareSamples(rest, window, settings, { signal })).drifted);
  }
  const alarms = drifted.filter((_, index) => alarmed(drifted.slice(0, index + 1), persist)).length;
  const { low, high } = wilson(alarms, drifted.length, 0.95);
  return { windows: drifted.length, rows: length, alarms, rate: alarms / drifted.length, low, high };
}
