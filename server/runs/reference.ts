/**
 * The rows that a model's later inputs are compared with: a sample of its test rows, kept by the run itself. A run is the
 * only moment at which those rows are surely there; when a model is registered or served, the file may have moved on.
 */
import { piiShares } from '../data/profile/pii.ts';
import type { ScoredRows } from '../evaluation/scoredRows.ts';
import { type ColumnSample, readSample, type Sample, sampleSizes } from '../monitoring/sample.ts';
import { createRandom, drawRows } from '../statistics/random.ts';
import type { RunRows } from './runRows.ts';

/** What the model answers, among its inputs; a `_` is added where one of them has the name. */
export function answerName(inputs: Iterable<string>): string {
  const taken = new Set(inputs);
  let name = 'prediction';
  while (taken.has(name)) name += '_';
  return name;
}

/** `positions` of test rows and their scores, in the same order. */
export async function referenceOf(
  { table, experiment }: Pick<RunRows, 'table' | 'experiment'>,
  test: { readonly positions: Int32Array; readonly rows: ScoredRows },
  inputs: readonly string[],
): Promise<Sample> {
  const { seed } = experiment.train;
  const kept = new Set(inputs.filter((name) => !isPersonal(experiment.data.columns, name)));
  const random = createRandom(seed, 'drift reference');
  const chosen = drawRows(random, test.positions.length, sampleSizes.reference);
  const rows = Int32Array.from(chosen, (index) => test.positions[index] ?? 0);
  const overall = await readSample(table, {
    most: sampleSizes.reference,
    seed,
    side: 'reference',
    columns: kept,
    rows: test.positions,
    chosen: rows,
  });
  const columns = overall.columns.filter((column) => !holdsPersons(column));
  return { ...overall, columns: [...columns, answersOf(test.rows, chosen, answerName(inputs))] };
}

function isPersonal(columns: Readonly<Record<string, { readonly pii?: unknown }>>, name: string): boolean {
  const pii = Object.hasOwn(columns, name) ? columns[name]?.pii : undefined;
  return pii !== undefined && pii !== false && pii !== 'none';
}

/** Addresses and numbers of persons that nobody has declared. */
function holdsPersons(column: ColumnSample): boolean {
  if (column.form !== 'levels') return false;
  return Object.values(piiShares(column.levels.slice(0, 1_000))).some((share) => share > 0.5);
}

/** Binary: the score; other classes: the label; a value as it is. */
function answersOf(
  { task, classes, scores, prediction }: ScoredRows,
  chosen: Int32Array,
  name: string,
): ColumnSample {
  const head = { name, missing: 0, role: 'prediction' } as const;
  if (classes.length > 0 && task !== 'binary') {
    const counts = new Float64Array(classes.length);
    for (const index of prediction) counts[index] = (counts[index] ?? 0) + 1;
    const codes = Int32Array.from(chosen, (row) => (prediction[row] ?? 0) + 1);
    return { ...head, kind: 'categorical', form: 'levels', levels: classes, codes, counts };
  }
  const all = task === 'binary' ? (scores[0] ?? prediction) : prediction;
  const values = Float64Array.from(chosen, (row) => all[row] ?? Number.NaN);
  let [low, high] = [Infinity, -Infinity];
  for (const value of all) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { ...head, kind: 'numeric', form: 'numbers', values, low, high, outside: 0 };
}
