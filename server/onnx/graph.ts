/** Builds one ONNX graph, node by node; the same calls in the same order give the same bytes. */
import { createHash } from 'node:crypto';
import { create, toBinary } from '@bufbuild/protobuf';
import { ModelwrightError } from '../catalog/errors.ts';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  type ValueInfoProto,
} from './generated/onnx_pb.js';
import { type ElementType, encodeLiteral, type TensorLiteral, valueInfo } from './literal.ts';

export type Attribute =
  | number
  | bigint
  | string
  | readonly number[]
  | readonly bigint[]
  | readonly string[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: TensorLiteral }
  | { readonly body: GraphProto };

/** A tensor [rows, columns] of a body. */
export interface BodyTensor {
  readonly type: ElementType;
  readonly columns: number;
}

export interface GraphBuilder {
  /** Declares a graph input of shape [n, columns]; returns its name. */
  input(name: string, type: ElementType, columns: number): string;
  /** Keeps inner names clear of those that nodes will be given. */
  reserve(names: readonly string[]): void;
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
  /**
   * A graph within the graph, as `Scan` takes it: nodes that `make` adds are its own, constants those of the whole file.
   * `make` is given the name of its input and returns that of its output, of the same type and columns.
   */
  body(tensor: BodyTensor, make: (input: string) => string): { readonly body: GraphProto };
  /** Declares a graph output; order of calls is the order of outputs. */
  output(name: string, type: ElementType, shape: readonly (number | string)[]): void;
}

/** What every file is written against: read by ONNX Runtime 1.17 and later. */
const irVersion = 10n;
const opsets = [
  { domain: '', version: 21n },
  { domain: 'ai.onnx.ml', version: 3n },
];

/** A builder that can be finished. Inputs are declared first, so that inner names keep clear of column names. */
export interface Graph extends GraphBuilder {
  /** The whole file, without what no output needs; without outputs, all of it. Metadata keys are sorted. */
  build(metadata: Readonly<Record<string, string>>): Uint8Array;
}

export function createGraph(): Graph {
  const inputs: ValueInfoProto[] = [];
  const outputs: ValueInfoProto[] = [];
  const nodes: NodeProto[] = [];
  /** Where nodes are put: among the graph's own or in a body. */
  let place = nodes;
  const initializers: TensorProto[] = [];
  const constants = new Map<string, string>();
  const taken = new Set<string>();
  const reserved = new Set<string>();
  let counter = 0;

  function claim(name: string): string {
    if (name === '' || name.includes('\0') || !name.isWellFormed()) {
      throw new ModelwrightError('column-name-unusable', { column: JSON.stringify(name) });
    }
    if (taken.has(name)) {
      throw new ModelwrightError('internal-error', {
        reason: `the tensor name ${JSON.stringify(name)} is taken`,
      });
    }
    taken.add(name);
    return name;
  }

  /** Skips names that a column happens to have. */
  function innerName(): string {
    let name: string;
    do name = `t${counter++}`;
    while (taken.has(name) || reserved.has(name));
    return claim(name);
  }

  return {
    input(name, type, columns) {
      inputs.push(valueInfo(claim(name), type, ['n', columns]));
      return name;
    },
    reserve(names) {
      for (const name of names) reserved.add(name);
    },
    constant(value) {
      const tensor = encodeLiteral(value);
      const key = createHash('sha256');
      key.update(JSON.stringify([value.type, value.shape]));
      // Each string ends with its length, so that ['ab'] and ['a', 'b'] differ.
      for (const text of tensor.stringData) key.update(text).update(`\0${text.length}`);
      const digest = key.update(tensor.rawData).digest('hex');
      const known = constants.get(digest);
      if (known !== undefined) return known;
      tensor.name = innerName();
      constants.set(digest, tensor.name);
      initializers.push(tensor);
      return tensor.name;
    },
    node(operator, from, attributes = {}, options = {}) {
      const output = Array.from({ length: options.outputs ?? 1 }, (_, index) =>
        index === 0 && options.name !== undefined ? claim(options.name) : innerName(),
      );
      place.push(
        create(NodeProtoSchema, {
          opType: operator,
          domain: options.domain ?? '',
          input: [...from],
          output,
          attribute: Object.entries(attributes).map(([name, value]) => encodeAttribute(name, value)),
        }),
      );
      return output;
    },
    body({ type, columns }, make) {
      const outside = place;
      const node: NodeProto[] = [];
      const input = innerName();
      place = node;
      const output = make(input);
      place = outside;
      const info = (name: string) => [valueInfo(name, type, ['rows', columns])];
      return {
        body: create(GraphProtoSchema, { name: 'body', node, input: info(input), output: info(output) }),
      };
    },
    output(name, type, shape) {
      outputs.push(valueInfo(name, type, shape));
    },
    build(metadata) {
      const needed = outputs.length === 0 ? undefined : neededBy(outputs, nodes);
      const isNeeded = (name: string) => needed === undefined || needed.has(name);
      const model = create(ModelProtoSchema, {
        irVersion,
        producerName: 'modelwright',
        opsetImport: opsets.map((opset) => create(OperatorSetIdProtoSchema, opset)),
        graph: create(GraphProtoSchema, {
          name: 'modelwright',
          node: nodes.filter(({ output }) => output.some(isNeeded)),
          initializer: initializers.filter(({ name }) => isNeeded(name)),
          input: inputs,
          output: outputs,
        }),
        metadataProps: Object.keys(metadata)
          .sort()
          .map((key) => create(StringStringEntryProtoSchema, { key, value: metadata[key] ?? '' })),
      });
      return toBinary(ModelProtoSchema, model);
    },
  };
}

/** Nodes stand in the order of computation. */
function neededBy(outputs: readonly ValueInfoProto[], nodes: readonly NodeProto[]): ReadonlySet<string> {
  const needed = new Set(outputs.map(({ name }) => name));
  for (const node of nodes.toReversed())
    if (node.output.some((name) => needed.has(name))) for (const name of readBy(node)) needed.add(name);
  return needed;
}

/** Tensors that a node is computed from, those that its body reads among them. */
export function readBy({ input, attribute }: NodeProto): string[] {
  const within = attribute.flatMap(({ g }) => g?.node.flatMap(readBy) ?? []);
  return [...input, ...within];
}

function encodeAttribute(name: string, value: Attribute): AttributeProto {
  const attribute = create(AttributeProtoSchema, { name });
  if (typeof value === 'number' || typeof value === 'bigint') {
    attribute.type = AttributeType.INT;
    attribute.i = BigInt(value);
  } else if (typeof value === 'string') {
    attribute.type = AttributeType.STRING;
    attribute.s = utf8.encode(value);
  } else if ('float' in value) {
    attribute.type = AttributeType.FLOAT;
    attribute.f = value.float;
  } else if ('floats' in value) {
    attribute.type = AttributeType.FLOATS;
    attribute.floats = [...value.floats];
  } else if ('body' in value) {
    attribute.type = AttributeType.GRAPH;
    attribute.g = value.body;
  } else if ('tensor' in value) {
    attribute.type = AttributeType.TENSOR;
    attribute.t = encodeLiteral(value.tensor);
  } else {
    encodeList(attribute, value);
  }
  return attribute;
}

function encodeList(attribute: AttributeProto, values: readonly (number | bigint | string)[]): void {
  if (typeof values[0] === 'string') {
    attribute.type = AttributeType.STRINGS;
    const encode = once((value: string | number | bigint) => utf8.encode(String(value)));
    attribute.strings = values.map(encode);
  } else {
    attribute.type = AttributeType.INTS;
    const encode = once((value: string | number | bigint) => BigInt(value));
    attribute.ints = values.map(encode);
  }
}

/** The same object for equal values: a forest has millions of nodes of two modes and few thousand numbers. */
function once<In, Out>(make: (value: In) => Out): (value: In) => Out {
  const made = new Map<In, Out>();
  return (value) => {
    const known = made.get(value);
    if (known !== undefined) return known;
    const fresh = make(value);
    made.set(value, fresh);
    return fresh;
  };
}

const utf8 = new TextEncoder();
