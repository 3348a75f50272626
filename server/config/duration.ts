/** Durations as the language writes them: `30d`, `12h`, `5m`, `10s`, `100ms`. */

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
