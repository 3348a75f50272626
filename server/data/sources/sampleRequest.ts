/** What is asked of one file for a first look at it, and what is answered. */
import type { Stretch } from '../table.ts';

/** Some rows of one file. */
export interface FileSample {
  /** The file itself, or one with a part of its rows. */
  readonly path: string;
  /** Of the file itself, where it is Parquet. */
  readonly stretches?: readonly Stretch[];
  /** Of the file itself, where it is SQLite. */
  readonly query?: string;
  readonly seen: number;
  readonly total: number;
  readonly estimated: boolean;
}

/** How much of one file is asked for, and where a copy may be put. */
export interface SampleRequest {
  readonly rows: number;
  /** The head of a sorted file is one morning: rows come from so many places, evenly spread. */
  readonly stretches: number;
  readonly to: string;
}

export const wantedRows = 5_000;
/** So many rows of a wide table would take longer than a moment. */
const mostCells = 80_000;

/** At most the rows that were asked for, fewer of a wide table. */
export function rowsOfWidth(rows: number, columns: number): number {
  return Math.max(1, Math.min(rows, Math.floor((rows / wantedRows) * (mostCells / Math.max(1, columns)))));
}

/** So many whole numbers from 0 to `last`, evenly spread. */
export function evenly(count: number, last: number): number[] {
  return Array.from({ length: count }, (_, at) => Math.round((at * last) / Math.max(1, count - 1)));
}
