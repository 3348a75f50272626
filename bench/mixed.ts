/** A table of numbers, categories and dates with gaps, and a class or a number that follows some of them: as a Parquet file. */
import { tmpdir } from 'node:os';
import { Database } from '../server/data/duckdb/database.ts';

export interface MixedTable {
  readonly rows: number;
  readonly numbers: number;
  readonly categories: number;
  /** Of each category; 20 unless said. */
  readonly levels?: number;
  readonly dates?: number;
  /** So many classes, or a number; 2 unless said. */
  readonly target?: number | 'value';
}

/** Columns n0 …, c0 …, d0 … and `y`. The same rows whenever it is called. */
export async function writeMixed(
  file: string,
  { rows, numbers, categories, levels = 20, dates = 0, target = 2 }: MixedTable,
): Promise<void> {
  const database = await Database.open({ tempDirectory: tmpdir() });
  const uniform = (salt: number) => `(hash(i, ${salt}) % 1000003) / 1000003.0`;
  const normal = (salt: number) =>
    `sqrt(-2 * ln(${uniform(salt)} + 1e-9)) * cos(6.283185307 * ${uniform(salt + 1000)})`;
  const level = (at: number) => `floor(${uniform(200 + at)} * ${levels})`;
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
    ...(categories > 0 ? [`${2 / levels} * ${level(0)} - 1`] : []),
    ...(dates > 0 ? [`0.3 * sin(${day(0)} / 58.0)`] : []),
  ].join(' + ');
  const outcome =
    target === 'value'
      ? `round(${score} + ${normal(900)}, 4)`
      : target === 2
        ? `CAST(${uniform(900)} < 1 / (1 + exp(-(${score}))) AS INTEGER)`
        : `'class ' || CAST(floor(${target} / (1.000001 + exp(-(${score} + ${normal(900)})))) AS INTEGER)`;
  await database.run(
    `COPY (SELECT ${columns.join(', ')}, ${outcome} AS y
     FROM range(${rows}) t(i)) TO '${file}' (FORMAT parquet)`,
  );
  database.close();
}
