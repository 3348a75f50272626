/** Samples of twenty columns of noise, one of them changed at will: what the simulations of drift.md 4.2 compare. */
import type { ColumnSample, NumberSample, Sample } from '../../server/monitoring/sample.ts';
import type { Random } from '../../server/statistics/random.ts';

export function numbers(name: string, values: Float64Array, against?: NumberSample): NumberSample {
  const present = values.filter((value) => !Number.isNaN(value)).sort();
  const [low, high] = [present[0] ?? Infinity, present.at(-1) ?? -Infinity];
  const outside =
    against === undefined ? 0 : present.filter((value) => value < against.low || value > against.high).length;
  return {
    name,
    kind: 'numeric',
    missing: values.length - present.length,
    form: 'numbers',
    values,
    low,
    high,
    outside,
  };
}

export function levels(name: string, texts: readonly string[]): ColumnSample {
  const known = [...new Set(texts.filter((text) => text !== ''))].sort();
  const codes = Int32Array.from(texts, (text) => known.indexOf(text) + 1);
  const counts = known.map((_, index) => codes.filter((code) => code === index + 1).length);
  const missing = codes.filter((code) => code === 0).length;
  return { name, kind: 'categorical', missing, form: 'levels', levels: known, codes, counts };
}

export function sampleOf(columns: readonly ColumnSample[], rows: number, units?: Int32Array): Sample {
  return { rows, sampled: rows, columns, ...(units === undefined ? {} : { units }) };
}

export type Shift = (value: number, random: Random) => number;

/** Twenty standard normal columns; `shift` changes the values of `c3` on the current side. */
export function normalSides(random: Random, rows: { reference: number; current: number }, shift?: Shift) {
  const draw = (count: number) => Float64Array.from({ length: count }, () => random.normal());
  const names = Array.from({ length: 20 }, (_, index) => `c${index}`);
  const reference = names.map((name) => numbers(name, draw(rows.reference)));
  const current = names.map((name, index) => {
    const values = draw(rows.current);
    const shifted =
      name === 'c3' && shift !== undefined ? values.map((value) => shift(value, random)) : values;
    return numbers(name, shifted, reference[index]);
  });
  return { reference: sampleOf(reference, rows.reference), current: sampleOf(current, rows.current) };
}
