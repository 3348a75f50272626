/** A run that stands in the store: what its stages need to write to it. */
import type { RunHead } from '../protocol/run.ts';
import type { Checkpoints } from '../tracking/checkpoints.ts';
import type { Lease } from '../tracking/runs.ts';

/** A recorded run: the right to write to it, where its checkpoints are, and what it is called. */
export interface Recording {
  readonly lease: Lease;
  readonly checkpoints: Checkpoints;
  readonly head: RunHead;
}
