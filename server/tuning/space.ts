/** What a search varies: parameters with their ranges or choices, each mapped to and from the unit interval. */
import { ModelwrightError } from '../catalog/errors.ts';
import { type NumericParameter, parameters } from '../catalog/models.ts';
import { parseSearchRange } from '../config/searchRange.ts';

/** Settings by path, in the order of the space. */
export type Params = Readonly<Record<string, unknown>>;

export interface RangeDimension {
  readonly kind: 'range';
  /** Of the setting, such as `model.gbdt.max_leaves`. */
  readonly path: string;
  readonly low: number;
  readonly high: number;
  /** Uniform in the logarithm. */
  readonly log: boolean;
  /** Values lie on `low + k * step`; 1 for whole numbers, 0 for any. */
  readonly step: number;
}

export interface ChoiceDimension {
  readonly kind: 'choice';
  readonly path: string;
  readonly choices: readonly unknown[];
}

export type Dimension = RangeDimension | ChoiceDimension;
export type Space = readonly Dimension[];

/**
 * The written space, or the family's own where none is written.
 * @throws ModelwrightError tune-no-space, tune-bad-space
 */
export function readSpace(written: Readonly<Record<string, unknown>> | undefined, family: string): Space {
  const entries = Object.entries(written ?? builtIn(family));
  if (entries.length === 0) throw new ModelwrightError('tune-no-space', { family });
  return entries.map(([path, values]) => readDimension(path, values));
}

/** The value at `u` in [0, 1). */
export function fromUnit(dimension: Dimension, u: number): unknown {
  if (dimension.kind === 'choice') {
    const { choices } = dimension;
    return choices[Math.min(choices.length - 1, Math.floor(u * choices.length))];
  }
  const { low, high, log, step } = dimension;
  if (step === 0) return log ? clamp(low * (high / low) ** u, low, high) : low + u * (high - low);
  // Half a step beyond both ends, so that the ends are as likely as the values between.
  const [from, to] = [low - step / 2, high + step / 2];
  const at = log ? Math.max(from, low / 2) * (to / Math.max(from, low / 2)) ** u : from + u * (to - from);
  return clamp(low + Math.round((at - low) / step) * step, low, high);
}

/** Where a value lies in [0, 1]; undefined where it is outside the space. */
export function toUnit(dimension: Dimension, value: unknown): number | undefined {
  if (dimension.kind === 'choice') {
    const index = dimension.choices.findIndex((choice) => JSON.stringify(choice) === JSON.stringify(value));
    return index < 0 ? undefined : (index + 0.5) / dimension.choices.length;
  }
  const { low, high, log } = dimension;
  if (typeof value !== 'number' || value < low || value > high) return undefined;
  return log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/** Ranges that the catalogue gives the parameters of a family. */
function builtIn(family: string): Record<string, string> {
  const own: Readonly<Record<string, Readonly<Record<string, NumericParameter>>>> = parameters;
  const found = Object.hasOwn(own, family) ? (own[family] ?? {}) : {};
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, { search }]) =>
      search === undefined ? [] : [[`model.${family}.${name}`, search]],
    ),
  );
}

function readDimension(path: string, values: unknown): Dimension {
  if (Array.isArray(values) && values.length > 0) return { kind: 'choice', path, choices: values };
  const range = typeof values === 'string' ? parseSearchRange(values) : undefined;
  const [low, high] = [Number(range?.low), Number(range?.high)];
  const whole = [range?.low, range?.high].every((end) => end !== undefined && /^[-+]?\d+$/.test(end));
  const step = range?.scale === 'step' ? Number(range.step) : whole ? 1 : 0;
  const log = range?.scale === 'log';
  if (!(low < high) || !(step >= 0) || (log && low <= 0))
    throw new ModelwrightError('tune-bad-space', {
      path,
      why: `${JSON.stringify(values)} is neither a list of values nor a range from low to high`,
    });
  return { kind: 'range', path, low, high, log, step };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
