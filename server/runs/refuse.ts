/** What would stop the work although it can be told before it: refused while nothing is written. */
import { ModelwrightError } from '../catalog/errors.ts';
import { findImpossible } from '../config/impossible/find.ts';
import type { Impossible, Known } from '../config/impossible/impossible.ts';
import { featureColumns } from '../data/roles.ts';
import { positionsOf, type Split, train, valid } from '../data/split/split.ts';
import { isComputable } from '../evaluation/metrics.ts';
import { fitRules } from '../features/fitRules.ts';
import { settleColumn } from '../features/settings.ts';
import { createTrainer } from '../models/families.ts';
import { checkWeights } from '../training/rowWeights.ts';
import { judgingRows } from '../training/scoreSetting.ts';
import { planSearch } from '../tuning/planSearch.ts';
import { expectFromRows } from './estimate/expected.ts';
import { checkMemoryBudget } from './memoryBudget.ts';
import type { RunRows } from './runRows.ts';

/**
 * Throws `no-features`, `column-name-unusable`, `model-unsupported`, `model-setting`, `expression-failed`, `setting-not-supported`,
 * `unknown-metric`, `column-not-found` (the weight), `bad-weight`, `weights-all-zero`, `weights-class-zero`,
 * `memory-budget-too-small`, and what `planSearch` and `judgingRows` throw.
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
  refuse(findImpossible(experiment, { ...task, features: columns, ...sidesOf(split) })[0]);
  trainer.check(task.task);
  if (trainer.conditions)
    fitRules(
      { table, columns, settings: experiment.features, trainRows: new Int32Array() },
      trainer.conditions,
    );
  for (const { name } of columns) {
    checkName(name);
    settleColumn(experiment.features, name, trainer.needs);
  }
  if (!isComputable(task.metric, task.task))
    throw new ModelwrightError('unknown-metric', { metric: task.metric, task: task.task });
  await checkWeights(table, experiment.data.weight, {
    task,
    trainRows: positionsOf(split.assignment, train),
  });
  const search = planSearch(experiment);
  if (search) judgingRows(split, search.settings.using);
  checkMemoryBudget(experiment, expectFromRows({ experiment, table, task, split }, 0).memoryBytes);
}

/** What lint tells of the file, should it not have been asked. */
function refuse(fault: Impossible | undefined): void {
  if (fault !== undefined) throw new ModelwrightError('model-setting', { ...fault });
}

function sidesOf({ folds, assignment }: Split): Pick<Known, 'heldRows' | 'folds' | 'validRows'> {
  const validRows = positionsOf(assignment, valid).length;
  const heldOut = new Set(folds.flatMap((fold) => [...fold.valid])).size;
  return { heldRows: folds.length === 0 ? validRows : heldOut, folds: folds.length, validRows };
}

/** A name that ONNX cannot hold as the name of an input. */
function checkName(name: string): void {
  if (name === '' || name.includes('\0') || !name.isWellFormed())
    throw new ModelwrightError('column-name-unusable', { column: JSON.stringify(name) }, { column: name });
}
