/** JSON as cli.md wants it: NaN and infinities are strings. */

export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, replace, indent);
}

/** For JSON.stringify: numbers that JSON cannot hold travel as strings. */
function replace(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  }
  if (typeof value === 'bigint') return Number(value);
  return value;
}
