/** Writes intervals or sets of classes into the model file, as outputs behind the others. */
import type { Graph } from '../onnx/graph.ts';
import { apply, cast, double } from '../onnx/operators.ts';
import type { Uncertainty } from './conformal.ts';

export interface AppendedScores {
  readonly uncertainty: Uncertainty;
  /** Double, of the models beside the main one: values [n, 1], or probabilities as `appendCalibration` gives them. */
  readonly companions: readonly string[];
  /** An output's name that no input has. */
  name(wanted: string): string;
}

/** `value` is the prediction, double [n, 1]. Outputs `lower` and `upper`, float [n, 1], not below `leastValue`. */
export function appendInterval(
  graph: Graph,
  value: string,
  { uncertainty, companions, name, leastValue }: AppendedScores & { leastValue?: number },
): void {
  const ends = appendEnds(graph, value, { uncertainty, companions });
  const least = leastValue === undefined ? undefined : double(graph, [leastValue]);
  for (const [wanted, end] of [
    ['lower', apply(graph, 'Min', ends)],
    ['upper', apply(graph, 'Max', ends)],
  ] as const) {
    const output = name(wanted);
    const bound = least === undefined ? end : apply(graph, 'Max', [end, least]);
    apply(graph, 'Cast', [bound], { to: 1 }, { name: output });
    graph.output(output, 'float', ['n', 1]);
  }
}

function appendEnds(
  graph: Graph,
  value: string,
  { uncertainty, companions }: Pick<AppendedScores, 'uncertainty' | 'companions'>,
): [string, string] {
  if (uncertainty.method === 'quantile') {
    const margin = double(graph, [uncertainty.margin]);
    return [
      apply(graph, 'Sub', [apply(graph, 'Min', companions), margin]),
      apply(graph, 'Add', [apply(graph, 'Max', companions), margin]),
    ];
  }
  const width =
    uncertainty.method === 'conformal'
      ? double(graph, [uncertainty.width ?? 0])
      : appendWidth(graph, companions, uncertainty);
  return [apply(graph, 'Sub', [value, width]), apply(graph, 'Add', [value, width])];
}

/** `factor` · √(variance of the members + `noise`²). */
function appendWidth(
  graph: Graph,
  members: readonly string[],
  { factor = 0, noise = 0 }: { readonly factor?: number; readonly noise?: number },
): string {
  const mean = appendMean(graph, members);
  const squares = members.map((member) => {
    const apart = apply(graph, 'Sub', [member, mean]);
    return apply(graph, 'Mul', [apart, apart]);
  });
  const variance = apply(graph, 'Add', [appendMean(graph, squares), double(graph, [noise * noise])]);
  return apply(graph, 'Mul', [apply(graph, 'Sqrt', [variance]), double(graph, [factor])]);
}

function appendMean(graph: Graph, tensors: readonly string[]): string {
  const sum = tensors.reduce((left, right) => (left === '' ? right : apply(graph, 'Add', [left, right])), '');
  return apply(graph, 'Div', [sum, double(graph, [tensors.length])]);
}

/**
 * `set`: int64 [n, classes], 1 for each class that may be the true one. `probabilities` is the file's float output; an
 * ensemble's set is that of the members' mean.
 */
export function appendSet(
  graph: Graph,
  probabilities: string,
  { uncertainty, companions, classes, name }: AppendedScores & { classes: number },
): void {
  if (uncertainty.method === 'quantile') return;
  const judged =
    uncertainty.method === 'ensemble' ? appendMeanOfClasses(graph, companions, classes) : probabilities;
  const { least = 0 } = uncertainty;
  const bound = graph.constant({ type: 'float', shape: [1, 1], data: Float32Array.of(least) });
  const reached = apply(graph, 'GreaterOrEqual', [judged, bound]);
  const output = name('set');
  apply(graph, 'Cast', [reached], { to: 7 }, { name: output });
  graph.output(output, 'int64', ['n', classes]);
}

/** Float [n, classes], of members that say the probability of each class, or of the positive one of two. */
function appendMeanOfClasses(graph: Graph, members: readonly string[], classes: number): string {
  const mean = appendMean(graph, members);
  if (classes > 2) return cast(graph, mean, 'float');
  const both = apply(graph, 'Concat', [apply(graph, 'Sub', [double(graph, [1]), mean]), mean], { axis: 1 });
  return cast(graph, both, 'float');
}
