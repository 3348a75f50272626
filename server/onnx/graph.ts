/** Builds one ONNX graph, node by node; the same calls in the same order give the same bytes. */

export type ElementType = 'float' | 'double' | 'int64' | 'string' | 'bool';

export interface TensorLiteral {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | BigInt64Array | readonly string[] | Uint8Array;
}

export type Attribute =
  | number
  | bigint
  | string
  | readonly number[]
  | readonly bigint[]
  | readonly string[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: TensorLiteral };

export interface GraphBuilder {
  /** Declares a graph input of shape [n, columns]; returns its name. */
  input(name: string, type: ElementType, columns: number): string;
  /** Adds an initializer; equal contents are stored once. Returns its name. */
  constant(value: TensorLiteral): string;
  /**
   * Adds a node and returns the names of its outputs. Plain numbers in `attributes` are ints; floats are `{float}`.
   * `name` fixes the name of the first output: a cut point such as `age#code`.
   */
  node(
    operator: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, Attribute>>,
    options?: { domain?: 'ai.onnx.ml'; outputs?: number; name?: string },
  ): string[];
  /** Declares a graph output; order of calls is the order of outputs. */
  output(name: string, type: ElementType, shape: readonly (number | string)[]): void;
}
