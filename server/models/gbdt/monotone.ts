/** Which feature columns a fit must keep monotone. */
import { ModelwrightError } from '../../catalog/errors.ts';
import type { GbdtSettings } from '../../config/experiment.ts';
import type { FeatureColumn } from '../../features/matrix.ts';
import type { FitRequest, SupervisedTask } from '../family.ts';
import type { Objective } from './objective.ts';

/**
 * 1 or -1 for each column of the matrix that carries a monotone raw column (the number itself, or the rank of an ordinal
 * one), else 0.
 * @throws ModelwrightError model-setting for a column without such a feature, several classes, or a loss whose leaf
 * values are quantiles
 */
export function monotoneSigns(
  { train, task, parameters }: FitRequest<GbdtSettings>,
  objective: Objective,
): Int8Array {
  const { columns } = train.matrix;
  const signs = new Int8Array(columns.length);
  const wanted = Object.entries(parameters.monotone);
  checkMonotone(parameters, task, objective);
  for (const [name, way] of wanted) {
    const at = columns.findIndex((column) => carries(column, name));
    if (at < 0)
      throw refused(parameters, `\`${name}\` is no numeric feature of the model`, 'the name of one');
    signs[at] = way === 'up' ? 1 : -1;
  }
  return signs;
}

/** @throws ModelwrightError model-setting for several classes, or a loss whose leaf values are quantiles */
export function checkMonotone(
  parameters: GbdtSettings,
  task: SupervisedTask,
  { loss, renewAt }: Pick<Objective, 'loss' | 'renewAt'>,
): void {
  if (Object.keys(parameters.monotone).length === 0) return;
  if (task === 'multiclass')
    throw refused(parameters, 'the classes of one row cannot all rise', 'a binary task');
  if (renewAt !== undefined) {
    throw refused(
      parameters,
      `leaf values under the loss \`${loss}\` keep to no bounds`,
      '{}, or another metric',
    );
  }
}

function carries({ name, sources, kind }: FeatureColumn, column: string): boolean {
  return kind === 'numeric' && sources[0] === column && (name === column || name === `${column} rank`);
}

function refused({ monotone }: GbdtSettings, reason: string, instead: string): ModelwrightError {
  return new ModelwrightError('model-setting', {
    path: 'model.gbdt.monotone',
    value: JSON.stringify(monotone),
    reason,
    instead,
  });
}
