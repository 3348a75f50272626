/** What a planted fault is, and how its parts are drawn. */
import { part } from '../plants.ts';
import type { Cell, Columns, Drawing } from '../tables.ts';
import type { Ground } from './grounds.ts';

export interface Case {
  readonly columns: Columns;
  readonly yaml?: string;
  /** Files beside `data.csv`: tables, or texts as they are. */
  readonly files?: Readonly<Record<string, Columns | string>>;
}

export interface Fault {
  readonly rule: string;
  readonly column?: string;
  /** Fewer rows cannot show it. */
  readonly least?: number;
  /** More rows than these are another matter. */
  readonly most?: number;
  /** Other rules that this fault rightly sets off as well. */
  readonly also?: readonly string[];
  /** Only where cells are text. */
  readonly csvOnly?: boolean;
  readonly plant: (ground: Ground, bad: boolean) => Case;
}

export const two = 'data: data.csv\ntarget: y\n';
export const twoFiles = 'data: {source: {train: data.csv, test: test.csv}}\ntarget: y\n';
export const timed = 'data: {source: data.csv, time: day}\ntarget: y\n';
const { floor } = Math;

export const between = (d: Drawing, low: number, high: number): number =>
  low + (high - low) * d.random.uniform();
export const y = ({ columns }: Ground, row: number): number => Number(columns['y']?.[row]);
export const put = ({ columns, d }: Ground, name: string, draw: (row: number) => Cell): Columns => ({
  ...columns,
  [name]: d.column(draw),
});
export const pick = (d: Drawing, ...words: readonly string[]): string =>
  words[d.random.int(words.length)] ?? '';
export const noise = (d: Drawing, scale: number): number => Number((scale * d.random.normal()).toFixed(3));
export const days = (d: Drawing): string[] =>
  d.column((row) =>
    new Date(Date.UTC(2023, 0, 1) + floor((700 * row) / d.rows) * 86_400_000).toISOString().slice(0, 10),
  );
export const split = (columns: Columns, share: number): [Columns, Columns] => {
  const rows = Object.values(columns)[0]?.length ?? 0;
  return [part(columns, 0, floor(rows * share)), part(columns, floor(rows * share))];
};
export const inFiles = (columns: Columns, change: (test: Columns) => Columns): Case => {
  const [train, test] = split(columns, 0.7);
  return { columns: train, yaml: twoFiles, files: { 'test.csv': change(test) } };
};
