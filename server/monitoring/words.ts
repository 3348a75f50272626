/** Numbers in the sentences of a comparison: four significant digits. */
export function number4(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'missing' : String(value);
  return Math.abs(value) >= 1e7 || (value !== 0 && Math.abs(value) < 1e-4)
    ? value.toExponential(3)
    : String(Number(value.toPrecision(4)));
}
