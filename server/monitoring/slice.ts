/** Some rows of a sample as a sample of their own, with what is counted over all rows counted over them. */
import type { ColumnSample, Sample } from './sample.ts';

/** `rows`: positions in the sample. `against`: what the slice will be compared with. */
export function sliceSample(sample: Sample, rows: Int32Array, against?: Sample): Sample {
  const columns = sample.columns.flatMap((column) => {
    const other = against?.columns.find(({ name }) => name === column.name);
    const cut = sliceColumn(column, rows, other);
    return cut === undefined ? [] : [cut];
  });
  return { rows: rows.length, sampled: rows.length, columns };
}

function sliceColumn(
  column: ColumnSample,
  rows: Int32Array,
  against: ColumnSample | undefined,
): ColumnSample | undefined {
  if (column.form === 'levels') {
    const codes = Int32Array.from(rows, (row) => column.codes[row] ?? 0);
    const counts = new Float64Array(column.levels.length + 1);
    for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
    return { ...column, codes, missing: counts[0] ?? 0, counts: counts.subarray(1) };
  }
  if (column.form !== 'numbers') return undefined;
  const values = Float64Array.from(rows, (row) => column.values[row] ?? Number.NaN);
  const range = against?.form === 'numbers' ? against : { low: -Infinity, high: Infinity };
  let [missing, outside, low, high] = [0, 0, Infinity, -Infinity];
  for (const value of values) {
    if (Number.isNaN(value)) {
      missing++;
      continue;
    }
    low = Math.min(low, value);
    high = Math.max(high, value);
    if (value < range.low || value > range.high) outside++;
  }
  return { ...column, values, missing, low, high, outside };
}
