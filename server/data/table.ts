/** The rows of an experiment after reading: what every later stage asks for, column by column. DuckDB is behind it. */
import type { ColumnKind } from '../catalog/columns.ts';
import type { DerivedFeature } from '../config/derivedFeature.ts';

export type { ColumnKind };

/** A column may be called `constructor`: only what was declared counts. */
export function declaredKind(
  kinds: Readonly<Record<string, ColumnKind>>,
  name: string,
): ColumnKind | undefined {
  return Object.hasOwn(kinds, name) ? kinds[name] : undefined;
}

/**
 * What makes a column that the source does not hold: `data.derive`, `features.derive` of the row itself or of a window of
 * rows before it, `data.join`.
 */
export type Derivation = 'data' | 'row' | 'window' | 'join';

/** How the column enters the ONNX file: float [n,1], string [n,1], or an ISO date string [n,1]. See cli.md. */
export type RawInput = 'float' | 'string' | 'date';

export interface TableColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly input: RawInput;
  /** DuckDB's type as read, such as `BIGINT` or `TIMESTAMP`. */
  readonly type: string;
  /** How it was computed; false: it stands in the source. */
  readonly derived: Derivation | false;
}

/** What to read, all paths absolute. The part of an experiment that decides which rows and columns there are. */
export interface TableSpec {
  /** Files or globs in order; `{train, valid, test}` when the split is predefined by files. */
  readonly source:
    | readonly string[]
    | { readonly train: readonly string[]; readonly valid?: string; readonly test?: string };
  readonly format: string;
  readonly read: {
    readonly delimiter?: string;
    readonly header?: boolean;
    readonly encoding?: string;
    readonly decimal?: string;
    readonly null_values?: readonly string[];
    readonly query?: string;
  };
  readonly derive: readonly { readonly name: string; readonly expr: string }[];
  /** `features.derive`, after all other columns; absent: none. */
  readonly features?: readonly DerivedFeature[];
  /**
   * Rows for a finished model: features of one row whose columns are absent are left out, and those that the rows bring
   * themselves are made anew, as the model file does.
   */
  readonly optionalFeatures?: boolean;
  readonly filter?: string;
  /** Leave out derived columns whose source columns are absent: rows to predict have no target to derive. */
  readonly optionalDerive?: boolean;
  /** `features.types`, `data.columns.*.type` and `data.read.types`: override the inferred kind. */
  readonly kinds: Readonly<Record<string, ColumnKind>>;
  /** Rows later than this instant are ignored (needs `time`). */
  readonly asOf?: string;
  readonly time?: string;
  /** A column or an expression over a row; `time` where absent. */
  readonly predictionTime?: string;
  /** `data.join`. */
  readonly joins?: readonly JoinSpec[];
  /**
   * The rows that a model was trained on, where these are others: the past of those before the first of these. What the
   * table holds already of joined and windowed columns is taken as it stands.
   */
  readonly before?: { readonly source: TableSpec['source']; readonly format: string };
  /** Some rows for a first look, and no hash: of a Parquet file those that its path names here; other files hold no more. */
  readonly some?: Readonly<Record<string, readonly Stretch[]>>;
  /** The experiment's folder: paths in the hash of several files are relative to it. */
  readonly directory?: string;
}

/** Row numbers within a file: the first, and after the last. */
export interface Stretch {
  readonly from: number;
  readonly end: number;
}

/** A table whose rows are brought beside those of the source, path absolute. */
export interface JoinSpec {
  readonly source: string;
  readonly name: string;
  readonly keys: readonly string[];
  readonly as_of?: string;
  readonly how: 'left' | 'inner';
  readonly tolerance?: string;
}

/** What a join brought, as it was recorded. */
export interface JoinedSource {
  readonly name: string;
  readonly source: string;
  /** `sha256:…` of its files. */
  readonly hash: string;
  readonly rows: number;
  /** Rows of the data that have a match. */
  readonly matched: number;
  /** The column with the instants of its rows; null where it tells no time. */
  readonly asOf: string | null;
  /** The latest of the instants that were used, ISO 8601 in UTC. */
  readonly newest: string | null;
}

/** What a windowed feature looked at. */
export interface UsedHistory {
  readonly name: string;
  /** What says when a prediction is made. */
  readonly at: string;
  /** The latest instant that was looked at, ISO 8601 in UTC. */
  readonly newest: string | null;
}

/** A column as a dictionary: `codes[i]` is 0 where missing, else 1 + the index into `levels`. */
export interface Dictionary {
  /** Sorted by code point; the text exactly as the ONNX file is fed (cli.md, `string`). */
  readonly levels: readonly string[];
  readonly codes: Int32Array;
}

/** Missing dates in `epochs`, as in the ONNX cut point `<column>#epoch`. */
export const missingEpoch = -(2n ** 63n);

/**
 * Rows after `derive`, `as_of` and `filter`, in source order; rows without a target are still there.
 * Every array has `rowCount` entries in the same order. Methods throw ModelwrightError for an unknown column.
 */
export interface Table {
  readonly columns: readonly TableColumn[];
  readonly rowCount: number;
  /** `sha256:…` of the source's bytes (lint.md reading 10). */
  readonly hash: string;
  /** What `data.join` brought, in its order. */
  readonly joined: readonly JoinedSource[];
  /** What windowed features looked at, in their order. */
  readonly used: readonly UsedHistory[];
  column(name: string): TableColumn;
  /** Zero-based row numbers in the source, before any filter, over its files in sorted order. */
  rowNumbers(): Promise<Float64Array>;
  /** Of some rows only. */
  rowNumbersOf(rows: readonly number[]): Promise<number[]>;
  /** Which file of a predefined split a row came from: 1 train, 2 valid, 3 test; undefined without one. */
  predefined(): Promise<Uint8Array | undefined>;
  /** Missing, infinite and unparsable are NaN; booleans 1 and 0; dates epoch seconds (UTC). */
  numbers(name: string): Promise<Float64Array>;
  /** Whole epoch seconds, UTC, fractions cut; missing, malformed or outside 1600 to 2399: `missingEpoch`. */
  epochs(name: string): Promise<BigInt64Array>;
  dictionary(name: string): Promise<Dictionary>;
  /** What a user would feed to the raw ONNX input for these rows (positions in the table, not source rows). */
  rawStrings(name: string, rows: Int32Array): Promise<string[]>;
  /** An expression over the columns for every row: 1 true, 0 false, 2 null. */
  test(expression: string): Promise<Uint8Array>;
  /** Equal for two rows exactly when all the named columns are equal (missing equals missing). */
  rowHashes(names: readonly string[]): Promise<BigUint64Array>;
  close(): Promise<void>;
}
