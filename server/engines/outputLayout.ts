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
  /** The ends of intervals, [n, 1] each, where the file gives them. */
  readonly bounds?: { readonly lower: string; readonly upper: string };
  /** Sets of classes, int64 [n, classes], where the file gives them. */
  readonly set?: string;
  readonly labels?: { readonly output: string; readonly index: string; readonly texts: readonly string[] };
}

/**
 * Outputs by position: `label`, `probabilities`, and perhaps `set`, or `prediction` and perhaps `lower`, `upper`
 * (a column may have one of those names).
 * @throws ModelwrightError model-foreign
 */
export function readLayout(
  bytes: Uint8Array,
  outputs: readonly { readonly name: string }[],
  { task, classes, positive }: ModelLineage,
): OutputLayout {
  const [first, second, third] = outputs;
  if (first === undefined) throw new ModelwrightError('model-foreign', { key: 'prediction' });
  if (predictsValue(task)) {
    const bounds = second && third && { lower: second.name, upper: third.name };
    return { score: first.name, width: 1, columns: [0], ...(bounds && { bounds }) };
  }
  if (second === undefined) throw new ModelwrightError('model-foreign', { key: 'probabilities' });
  const labels = { output: first.name, ...readLabels(bytes, first.name) };
  const all = classes.map((_, index) => index);
  const columns = task === 'binary' ? [Math.max(labels.texts.indexOf(positive ?? ''), 0)] : all;
  const set = third && { set: third.name };
  return { score: second.name, width: classes.length, columns, labels, ...set };
}
