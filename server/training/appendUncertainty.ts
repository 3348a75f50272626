/** Writes intervals or sets of classes into the model file, as outputs behind the others. */
import type { Graph } from '../onnx/graph.ts';
import { elementTypeNumber } from '../onnx/literal.ts';
import type { Uncertainty } from './conformal.ts';

/** `name` gives an output a name that no input has. Values: `lower` and `upper`, float [n, 1]; counts end at 0. */
export function appendInterval(
  graph: Graph,
  value: string,
  { width = 0, name, leastValue }: Uncertainty & { name(wanted: string): string; leastValue?: number },
): void {
  const double = (number: number) =>
    graph.constant({ type: 'double', shape: [1, 1], data: Float64Array.of(number) });
  const [below = ''] = graph.node('Sub', [value, double(width)]);
  const [above = ''] = graph.node('Add', [value, double(width)]);
  const [lower = ''] = leastValue === undefined ? [below] : graph.node('Max', [below, double(leastValue)]);
  for (const [wanted, bound] of [
    ['lower', lower],
    ['upper', above],
  ] as const) {
    const output = name(wanted);
    graph.node('Cast', [bound], { to: elementTypeNumber('float') }, { name: output });
    graph.output(output, 'float', ['n', 1]);
  }
}

/** `set`: int64 [n, classes], 1 for each class that may be the true one. `probabilities` is the file's float output. */
export function appendSet(
  graph: Graph,
  probabilities: string,
  { least = 0, classes, name }: Uncertainty & { classes: number; name(wanted: string): string },
): void {
  const bound = graph.constant({ type: 'float', shape: [1, 1], data: Float32Array.of(least) });
  const [reached = ''] = graph.node('GreaterOrEqual', [probabilities, bound]);
  const output = name('set');
  graph.node('Cast', [reached], { to: elementTypeNumber('int64') }, { name: output });
  graph.output(output, 'int64', ['n', classes]);
}
