/** Proves on every run that the trainer, the model file in bulk and the model file through raw inputs agree. */
import { type Dictionary, missingEpoch, type RawInput, type Table } from '../data/table.ts';
import type { Scorer } from './scorer.ts';
import { sharedDictionary, sharedEpochs, sharedNumbers } from './sharedColumns.ts';

export interface ParityRequest {
  readonly scorer: Scorer;
  readonly table: Table;
  /** The trainer's own calibrated scores, laid out as `Scores.scores`. */
  trainerScores(rows: Int32Array): Promise<Float64Array>;
  /** Rows that may be looked at, in order. */
  readonly rows: Int32Array;
}

export interface Parity {
  /** Largest difference between any two of the three; beyond 1 in size, of regression values, relative. */
  readonly maxAbsDifference: number;
  readonly rows: number;
}

/** Evenly spaced rows, and besides, of each column, rows with missing values and rows of the rarest levels. */
const spacedRows = 2_000;
const oddRowsPerColumn = 50;

export async function checkParity({ scorer, table, trainerScores, rows }: ParityRequest): Promise<Parity> {
  const sample = await chooseRows(scorer, table, rows);
  const bulk = (await scorer.score(table, sample)).scores;
  const raw = (await scorer.scoreRaw(table, sample)).scores;
  const trainer = await trainerScores(sample);
  let largest = 0;
  for (let i = 0; i < bulk.length; i++) {
    const scores = [bulk[i] ?? Number.NaN, raw[i] ?? Number.NaN, trainer[i] ?? Number.NaN];
    // The trainer's float64 may be beyond what is infinite in the file.
    const [own = Number.NaN, ...others] = scores.map(Math.fround);
    if (!Number.isFinite(own) && others.every((other) => Object.is(other, own))) continue;
    const size = Math.max(1, ...scores.map(Math.abs));
    const difference = (Math.max(...scores) - Math.min(...scores)) / size;
    // A NaN beside a number is no agreement at all.
    largest = Math.max(largest, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  }
  return { maxAbsDifference: largest, rows: sample.length };
}

async function chooseRows(scorer: Scorer, table: Table, rows: Int32Array): Promise<Int32Array> {
  const chosen = new Set<number>();
  const step = Math.max(1, rows.length / spacedRows);
  for (let position = 0; position < rows.length; position += step)
    chosen.add(rows[Math.floor(position)] ?? 0);
  for (const { name, input } of scorer.lineage.features) {
    const isMissing = await missingTest(table, name, input);
    let found = 0;
    for (const row of rows) {
      if (!isMissing(row)) continue;
      chosen.add(row);
      if (++found >= oddRowsPerColumn) break;
    }
    if (input === 'string')
      for (const row of rowsOfRareLevels(await sharedDictionary(table, name), rows)) chosen.add(row);
  }
  return Int32Array.from(chosen).sort();
}

/** Missing dates include malformed ones. */
async function missingTest(table: Table, column: string, input: RawInput): Promise<(row: number) => boolean> {
  switch (input) {
    case 'float': {
      const values = await sharedNumbers(table, column);
      return (row) => !Number.isFinite(values[row]);
    }
    case 'string': {
      const { codes } = await sharedDictionary(table, column);
      return (row) => codes[row] === 0;
    }
    case 'date': {
      const epochs = await sharedEpochs(table, column);
      return (row) => epochs[row] === missingEpoch;
    }
  }
}

/** The first row of each of the rarest levels: those least likely to have been seen in training. */
function rowsOfRareLevels({ levels, codes }: Dictionary, rows: Int32Array): number[] {
  const counts = new Int32Array(levels.length + 1);
  const first = new Int32Array(levels.length + 1);
  for (const row of rows) {
    const code = codes[row] ?? 0;
    if (counts[code] === 0) first[code] = row;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return [...counts.keys()]
    .filter((code) => (counts[code] ?? 0) > 0)
    .sort((a, b) => (counts[a] ?? 0) - (counts[b] ?? 0) || a - b)
    .slice(0, oddRowsPerColumn)
    .map((code) => first[code] ?? 0);
}
