/** What a profile tells of each column: shown by `profile` and hovers, judged by the data rules. */

import type { ColumnKind } from '../table.ts';
import type { Shape } from './columnShape.ts';

export interface Profile {
  readonly rows: number;
  /** `sha256:…` of the source. */
  readonly hash: string;
  readonly columns: readonly ColumnProfile[];
}

/** Plain values only: it crosses from the data worker to the server unchanged. Dates are ISO text in UTC. */
export interface ColumnProfile {
  readonly name: string;
  readonly kind: ColumnKind;
  /** DuckDB's type as read. */
  readonly type: string;
  readonly derived: boolean;
  readonly missing: number;
  /** Cells that are there but cannot be read as the column's kind: text among declared numbers, malformed dates. They are not in `missing`. */
  readonly unread: number;
  /** Of values that are not missing. */
  readonly distinct: number;
  readonly min: number | string | null;
  readonly max: number | string | null;
  readonly mean: number | null;
  /** Of a sample (n - 1). */
  readonly std: number | null;
  /** By probability: 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99; linear between neighbours. Numbers and dates only. */
  readonly quantiles: Readonly<Record<string, number | string>> | null;
  /** The ten most frequent values; of equally frequent ones the smaller first. */
  readonly top: readonly { readonly value: number | string | boolean; readonly count: number }[];
  /** Strength of the link with the target, 0 to 1; only where a target was named. */
  readonly link?: number | null;
  /** Numbers and dates only; see `Histogram`. */
  readonly histogram?: Histogram;
  /** Values never fall (`up`) or never rise (`down`) from row to row, and are not all equal. */
  readonly monotone: 'up' | 'down' | null;
  /** Numbers and dates only. */
  readonly numbers: NumberFacts | null;
  /** Text only. */
  readonly texts: TextFacts | null;
  /** CSV and TSV only: cells of the source by null spelling, before any filter; '' is the empty cell. */
  readonly nullSpellings: Readonly<Record<string, number>> | null;
}

/** Rows in bins of equal width. The first and the last bin hold what lies beyond too: the ends are the 1 % and 99 % quantiles. */
export interface Histogram {
  readonly counts: readonly number[];
}

export interface NumberFacts extends Shape {
  readonly zeros: number;
  readonly negatives: number;
  /** Infinite values of the source; they count as missing. */
  readonly infinite: number;
  /** All values are whole. */
  readonly whole: boolean;
  /** The two ends, each with its count and the next distinct value inwards; null for a constant. */
  readonly lowest: Extreme | null;
  readonly highest: Extreme | null;
  /** Known codes for a missing value that occur: -1, -9, -99, -999, -9999, 99, 999, 9999, …, smallest first. */
  readonly codes: readonly { readonly value: number; readonly count: number }[];
}

export interface Extreme {
  readonly value: number;
  readonly count: number;
  readonly next: number;
}

export interface TextFacts {
  /** In characters. */
  readonly meanLength: number;
  readonly maxLength: number;
  /** Shares of the values that are not missing. */
  readonly numeric: number;
  readonly dates: number;
  /** Share of a sample of at most 5,000 rows that holds personal data, by kind; kinds that occur. */
  readonly pii: Readonly<Partial<Record<PiiKind, number>>>;
  /** Share of that sample that is a number with a currency, a percent sign or signs between its thousands. */
  readonly adorned: number;
}

export type PiiKind = 'email' | 'phone' | 'iban' | 'card' | 'ssn' | 'ip';

/** What profileNumbers and profileTexts find out. */
export type Described = Omit<ColumnProfile, 'name' | 'kind' | 'type' | 'derived' | 'nullSpellings' | 'link'>;
