/** A table of numbers, categories and dates with gaps, and a class that follows some of them: as a Parquet file. */
import { tmpdir } from 'node:os';
import { Database } from '../server/data/database.ts';

export interface MixedTable {
  readonly rows: number;
  readonly numbers: number;
  /** Of 20 levels each. */
  readonly categories: number;
  readonly dates?: number;
}

/** Columns n0 …, c0 …, d0 … and `y`, which is 0 or 1. The same rows whenever it is called. */
export async function writeMixed(
  file: string,
  { rows, numbers, categories, dates = 0 }: MixedTable,
): Promise<void> {
  const database = await Database.open({ tempDirectory: tmpdir() });
  const uniform = (salt: number) => `(hash(i, ${salt}) % 1000003) / 1000003.0`;
  const normal = (salt: number) =>
    `sqrt(-2 * ln(${uniform(salt)} + 1e-9)) * cos(6.283185307 * ${uniform(salt + 1000)})`;
  const level = (at: number) => `floor(${uniform(200 + at)} * 20)`;
  const day = (at: number) => `CAST(floor(${uniform(300 + at)} * 1000) AS INTEGER)`;
  const every = <T>(count: number, make: (at: number) => T) =>
    Array.from({ length: count }, (_, at) => make(at));
  const columns = [
    ...every(numbers, (at) => {
      const value = at % 3 === 1 ? `round(exp(${normal(at)}) * 1000, 2)` : `round(${normal(at)}, 4)`;
      return `${at % 5 === 2 ? `CASE WHEN ${uniform(500 + at)} > 0.05 THEN ${value} END` : value} AS n${at}`;
    }),
    ...every(categories, (at) => {
      const value = `'level ' || CAST(${level(at)} AS INTEGER)`;
      return `${at % 2 === 1 ? `CASE WHEN ${uniform(700 + at)} > 0.02 THEN ${value} END` : value} AS c${at}`;
    }),
    ...every(dates, (at) => `DATE '2022-01-01' + ${day(at)} AS d${at}`),
  ];
  const score = [
    `${normal(0)} - 0.5 * abs(${normal(3)}) + 0.3 * ${normal(1)}`,
    ...(categories > 0 ? [`0.1 * ${level(0)} - 1`] : []),
    ...(dates > 0 ? [`0.3 * sin(${day(0)} / 58.0)`] : []),
  ].join(' + ');
  await database.run(
    `COPY (SELECT ${columns.join(', ')}, CAST(${uniform(900)} < 1 / (1 + exp(-(${score}))) AS INTEGER) AS y
     FROM range(${rows}) t(i)) TO '${file}' (FORMAT parquet)`,
  );
  database.close();
}
