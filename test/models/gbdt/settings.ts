/** Settings of gradient boosting for its tests: the language's defaults without sampling, and fewer trees. */
import type { GbdtSettings } from '../../../server/config/experiment.ts';

export const settings: GbdtSettings = {
  trees: 20,
  learning_rate: 0.3,
  max_depth: 6,
  max_leaves: 31,
  min_leaf: 20,
  subsample: 1,
  colsample: 1,
  l1: 0,
  l2: 1,
  bins: 255,
  monotone: {},
  engine: 'builtin',
};
