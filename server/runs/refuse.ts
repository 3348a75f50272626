/** What would stop the work although it can be told before it: refused while nothing is written. */
import { ModelwrightError } from '../catalog/errors.ts';
import type { Experiment } from '../config/experiment.ts';
import { featureColumns } from '../data/roles.ts';
import { isComputable } from '../evaluation/metrics.ts';
import { fitRules } from '../features/fitRules.ts';
import { settleColumn } from '../features/settings.ts';
import { createTrainer } from '../models/families.ts';
import { checkUncertainty } from '../training/conformal.ts';
import { readWeights } from '../training/rowWeights.ts';
import { judgingRows } from '../training/scoreSetting.ts';
import { planSearch } from '../tuning/planSearch.ts';
import { expectFromRows } from './expected.ts';
import { checkMemoryBudget } from './memoryBudget.ts';
import type { RunRows } from './runRows.ts';

/**
 * Throws `no-features`, `column-name-unusable`, `model-unsupported`, `model-setting`, `setting-not-supported`,
 * `unknown-metric`, `column-not-found` (the weight), `bad-weight`, `memory-budget-too-small`, and what `planSearch` and `judgingRows` throw.
 */
export async function refuseImpossible({
  experiment,
  table,
  task,
  split,
}: Omit<RunRows, 'signal'>): Promise<void> {
  const columns = featureColumns(experiment, table.columns);
  if (columns.length === 0) throw new ModelwrightError('no-features', { target: task.target });
  const trainer = createTrainer(experiment.model.type, experiment);
  trainer.check(task.task);
  checkUncertainty(experiment.model.uncertainty, task.task);
  if (experiment.model.uncertainty?.method === 'quantile' && !trainer.plain) trainer.check('quantile');
  if (trainer.conditions)
    fitRules(
      { table, columns, settings: experiment.features, trainRows: new Int32Array() },
      trainer.conditions,
    );
  if (experiment.train.imbalance.strategy === 'focal' && !trainer.focal) {
    throw new ModelwrightError('model-setting', {
      path: 'train.imbalance',
      value: 'focal',
      reason: 'of all models, gbdt (with its own engine) and mlp have a focal loss',
      instead: 'weights',
    });
  }
  for (const { name } of columns) {
    checkName(name);
    settleColumn(experiment.features, name, trainer.needs);
  }
  if (!trainer.embeds) refuseEmbeddings(experiment.features);
  if (!isComputable(task.metric, task.task))
    throw new ModelwrightError('unknown-metric', { metric: task.metric, task: task.task });
  await readWeights(table, experiment.data.weight);
  const search = planSearch(experiment);
  if (search) judgingRows(split, search.settings.using);
  checkMemoryBudget(experiment, expectFromRows({ experiment, table, task, split }, 0).memoryBytes);
}

function refuseEmbeddings({ categorical, columns }: Experiment['features']): void {
  const paths = [
    ['features.categorical.encode', categorical.encode],
    ...Object.entries(columns).map(([name, { encode }]) => [`features.columns.${name}.encode`, encode]),
  ];
  const path = paths.find(([, encode]) => encode === 'embedding')?.[0];
  if (path === undefined) return;
  throw new ModelwrightError('model-setting', {
    path,
    value: 'embedding',
    reason: 'of all models, only mlp learns an embedding of each category',
    instead: 'auto',
  });
}

/** A name that ONNX cannot hold as the name of an input. */
function checkName(name: string): void {
  if (name === '' || name.includes('\0') || !name.isWellFormed())
    throw new ModelwrightError('column-name-unusable', { column: JSON.stringify(name) }, { column: name });
}
