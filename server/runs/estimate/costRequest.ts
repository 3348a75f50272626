/** The sizes that an estimate is made from. */
import type { Experiment } from '../../config/experiment.ts';

export interface CostRequest {
  readonly experiment: Experiment;
  readonly rows: number;
  /** Features. */
  readonly columns: number;
  readonly train: number;
  readonly test: number;
  readonly classes: number;
}
