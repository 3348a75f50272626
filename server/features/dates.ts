/** Chooses the calendar features of a date column from what varies in its training rows. */
import { type DatePart, dateParts } from '../catalog/columns.ts';
import { ModelwrightError } from '../catalog/errors.ts';
import type { DatetimeFeatureSettings } from '../config/experiment.ts';
import { missingEpoch } from '../data/table.ts';
import { cycles } from './dateParts.ts';
import { offsetAt, type TimeZone } from './timeZone.ts';

export interface DateForm {
  readonly part: DatePart;
  readonly form: 'number' | 'sin' | 'cos';
}

/**
 * Under `auto`, of year, day of the year, day of the month, weekday and time of day those that vary; never none. Where
 * the rows to predict come `later` in time, only cycles that training has seen whole, days of the month and of the week
 * several times over, and the month instead of the day of the year: what happened on one day of one year is not a
 * season, and a model that learnt it goes astray in the next.
 * `cyclic` adds sine and cosine of each part that comes round; under `auto` only where `asPairs`, since trees split a
 * circle as well as a line.
 * @throws ModelwrightError setting-not-supported for an unknown part
 */
export function chooseDateForms(
  epochs: BigInt64Array,
  trainRows: Int32Array,
  settings: DatetimeFeatureSettings,
  { asPairs, later, zone }: { readonly asPairs: boolean; readonly later: boolean; readonly zone?: TimeZone },
): DateForm[] {
  const isAuto = settings.parts === 'auto';
  const parts =
    settings.parts === 'auto'
      ? varyingParts(epochs, trainRows, { later, zone })
      : settings.parts.map(readPart);
  const withPairs = settings.cyclic && (asPairs || !isAuto);
  return parts.flatMap((part): DateForm[] => [
    { part, form: 'number' },
    ...(withPairs && part in cycles
      ? [
          { part, form: 'sin' as const },
          { part, form: 'cos' as const },
        ]
      : []),
  ]);
}

function readPart(name: string): DatePart {
  const part = dateParts.find((candidate) => candidate === name);
  if (part !== undefined) return part;
  throw new ModelwrightError('setting-not-supported', {
    path: 'features.datetime.parts',
    value: name,
    choices: dateParts.join(', '),
  });
}

function varyingParts(
  epochs: BigInt64Array,
  trainRows: Int32Array,
  { later, zone }: { readonly later: boolean; readonly zone: TimeZone | undefined },
): DatePart[] {
  const days = new Set<number>();
  const minutes = new Set<number>();
  // Low and high words: a BigInt for every row of millions would take seconds.
  const words = new Int32Array(epochs.buffer, epochs.byteOffset, 2 * epochs.length);
  const missingHigh = Number(missingEpoch >> 32n);
  for (const row of trainRows) {
    const high = words[2 * row + 1] ?? 0;
    if (high === missingHigh) continue;
    const utc = high * 2 ** 32 + ((words[2 * row] ?? 0) >>> 0);
    const seconds = zone === undefined ? utc : utc + offsetAt(zone, utc);
    const day = Math.floor(seconds / 86_400);
    days.add(day);
    minutes.add(Math.floor((seconds - day * 86_400) / 60));
  }
  const dates = [...days].map((day) => new Date(day * 86_400_000));
  const varies = (part: (date: Date) => number) => new Set(dates.map(part)).size > 1;
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const day of days) [first, last] = [Math.min(first, day), Math.max(last, day)];
  const seen = (cycleDays: number) => !later || last - first + 1 >= cycleDays;
  const parts: DatePart[] = [];
  if (seen(2 * 365) && varies((date) => date.getUTCFullYear())) parts.push('year');
  if (later && seen(365)) parts.push('month');
  if (!later && varies((date) => date.getUTCMonth() * 31 + date.getUTCDate())) parts.push('dayofyear');
  if (seen(365) && varies((date) => date.getUTCDate())) parts.push('day');
  if (seen(28) && varies((date) => date.getUTCDay())) parts.push('weekday');
  if (minutes.size > 1)
    parts.push([...minutes].every((minute) => minute % 60 === 0) ? 'hour' : 'minuteofday');
  return parts.length > 0 ? parts : ['weekday'];
}
