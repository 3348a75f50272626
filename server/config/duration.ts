/** Durations and sizes as the language writes them: `30d`, `12h`, `5m`, `10s`, `100ms`; `512MB`. */

const milliseconds: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** What the schema holds a duration to. */
export const durationPattern = /^\d+(\.\d+)?\s?(ms|s|m|h|d)$/;

/** Seconds; undefined for what is no duration. */
export function secondsIn(duration: unknown): number | undefined {
  if (typeof duration !== 'string') return undefined;
  const length = milliseconds[durationPattern.exec(duration)?.[2] ?? ''];
  return length === undefined ? undefined : (Number.parseFloat(duration) * length) / 1_000;
}

const bytes: Readonly<Record<string, number>> = { KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** What the schema holds a size to. */
export const sizePattern = /^\d+(\.\d+)?\s?(KB|MB|GB|TB)$/;

/** Bytes, in powers of a thousand; undefined for what is no size. */
export function bytesIn(size: unknown): number | undefined {
  if (typeof size !== 'string') return undefined;
  const unit = bytes[sizePattern.exec(size)?.[2] ?? ''];
  return unit === undefined ? undefined : Number.parseFloat(size) * unit;
}
