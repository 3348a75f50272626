/** Which outputs of a model file hold its scores and labels, whatever they are called. */

import { ModelwrightError } from '../catalog/errors.ts';
import { predictsValue } from '../catalog/tasks.ts';
import { readLabels } from '../onnx/cut.ts';
import type { ModelLineage } from '../onnx/lineage.ts';

export interface OutputLayout {
  /** The output that holds scores, [n, width], and which of its columns are given. */
  readonly score: string;
  readonly width: number;
  readonly columns: readonly number[];
  readonly labels?: { readonly output: string; readonly index: string; readonly texts: readonly string[] };
}

/**
 * Outputs by position: `label`, `probabilities`, or `prediction` alone (a column may have one of those names).
 * @throws ModelwrightError model-foreign
 */
export function readLayout(
  bytes: Uint8Array,
  outputs: readonly { readonly name: string }[],
  { task, classes, positive }: ModelLineage,
): OutputLayout {
  const [first, second] = outputs;
  if (first === undefined) throw new ModelwrightError('model-foreign', { key: 'prediction' });
  if (predictsValue(task)) return { score: first.name, width: 1, columns: [0] };
  if (second === undefined) throw new ModelwrightError('model-foreign', { key: 'probabilities' });
  const labels = { output: first.name, ...readLabels(bytes, first.name) };
  const all = classes.map((_, index) => index);
  const columns = task === 'binary' ? [Math.max(labels.texts.indexOf(positive ?? ''), 0)] : all;
  return { score: second.name, width: classes.length, columns, labels };
}
