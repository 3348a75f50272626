/** What evaluation is given: scored rows, where they stand in the table, and the model file as a way to score again. */
import type { Experiment } from '../config/experiment.ts';
import type { Table } from '../data/table.ts';
import type { RunDocument } from '../protocol/run.ts';
import type { Rescore } from './importance.ts';
import type { ScoredRows } from './scoredRows.ts';

/** Scored rows and where each stands in the table. */
export interface PlacedRows {
  readonly rows: ScoredRows;
  readonly positions: Int32Array;
}

export interface EvaluationRequest {
  readonly experiment: Experiment;
  readonly table: Table;
  /** The primary metric. */
  readonly metric: string;
  readonly test: PlacedRows;
  /** Validation rows, or training rows scored out of fold. */
  readonly valid?: PlacedRows;
  readonly train?: PlacedRows;
  /** The test rows in the same order, scored by each baseline. */
  readonly baselines: Readonly<Record<string, ScoredRows>>;
  /** Raw columns of the main model. */
  readonly columns: readonly string[];
  /** The main model's file on rows of the table, for permutation importance. */
  readonly rescore: Rescore;
  readonly lint: RunDocument['lint'];
}
