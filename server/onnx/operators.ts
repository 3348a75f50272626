/** Short names for the nodes that feature graphs are made of; all of them exact at any batch size. */
import type { Attribute, GraphBuilder } from './graph.ts';
import type { ElementType } from './literal.ts';
import { elementTypeNumber } from './literal.ts';

/** Adds a node and returns its first output. */
export function apply(
  graph: GraphBuilder,
  operator: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
  options: { domain?: 'ai.onnx.ml'; name?: string } = {},
): string {
  const [output = ''] = graph.node(operator, inputs, attributes, options);
  return output;
}

/** A vector constant; a scalar when `values` is one number. */
export function int64(graph: GraphBuilder, values: number | bigint | readonly (number | bigint)[]): string {
  const list = typeof values === 'object' ? values : [values];
  const data = BigInt64Array.from(list, (value) => BigInt(value));
  return graph.constant({ type: 'int64', shape: typeof values === 'object' ? [list.length] : [], data });
}

/** A vector constant; a scalar when `values` is one number. */
export function float(graph: GraphBuilder, values: number | readonly number[]): string {
  const list = typeof values === 'number' ? [values] : values;
  return graph.constant({
    type: 'float',
    shape: typeof values === 'number' ? [] : [list.length],
    data: Float32Array.from(list),
  });
}

/** A vector constant; a scalar when `values` is one number. */
export function double(graph: GraphBuilder, values: number | readonly number[]): string {
  const list = typeof values === 'number' ? [values] : values;
  return graph.constant({
    type: 'double',
    shape: typeof values === 'number' ? [] : [list.length],
    data: Float64Array.from(list),
  });
}

export function cast(graph: GraphBuilder, tensor: string, type: ElementType): string {
  return apply(graph, 'Cast', [tensor], { to: elementTypeNumber(type) });
}

/** Tensors [n, a], [n, b] … side by side; one alone stays as it is. */
export function concat(graph: GraphBuilder, tensors: readonly string[]): string {
  const [first = ''] = tensors;
  return tensors.length === 1 ? first : apply(graph, 'Concat', tensors, { axis: 1 });
}

/** The named columns of a tensor [n, `width`], in order; all of them in order is the tensor itself. */
export function pick(graph: GraphBuilder, tensor: string, columns: readonly number[], width: number): string {
  if (columns.length === width && columns.every((column, index) => column === index)) return tensor;
  return apply(graph, 'Gather', [tensor, int64(graph, columns)], { axis: 1 });
}

/** Where `condition` holds `yes`, else `no`. */
export function where(graph: GraphBuilder, condition: string, yes: string, no: string): string {
  return apply(graph, 'Where', [condition, yes, no]);
}

/** `table[index]` for an int64 tensor; -1 is the last entry. */
export function lookUp(graph: GraphBuilder, table: string, index: string): string {
  return apply(graph, 'Gather', [table, index], { axis: 0 });
}

/** int64 arithmetic; a number stands for a scalar constant. Division truncates towards zero. */
export function integers(graph: GraphBuilder) {
  const binary = (operator: string) => (a: string, b: string | number) =>
    apply(graph, operator, [a, typeof b === 'number' ? int64(graph, b) : b]);
  return {
    add: binary('Add'),
    subtract: binary('Sub'),
    multiply: binary('Mul'),
    divide: binary('Div'),
    modulo: binary('Mod'),
    equal: binary('Equal'),
    less: binary('Less'),
    atLeast: binary('GreaterOrEqual'),
  };
}
