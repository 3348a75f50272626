/** Enters a model file behind its strings: inner codes and epochs become inputs, so that bulk rows never cross as text. */
import { create, toBinary } from '@bufbuild/protobuf';
import { ModelwrightError } from '../catalog/errors.ts';
import { type GraphProto, GraphProtoSchema, ModelProtoSchema, type NodeProto } from './generated/onnx_pb.js';
import { readBy } from './graph.ts';
import type { ElementType } from './literal.ts';
import { valueInfo } from './literal.ts';
import { parseModel } from './model.ts';

/** What to feed a cut model for one raw column. */
export type CutInput =
  | { readonly column: string; readonly feed: 'float' | 'string'; readonly tensor: string }
  /** int64 [n, 1]: epoch seconds, missing -2^63. */
  | { readonly column: string; readonly feed: 'epoch'; readonly tensor: string }
  /** int64 [n, 1]: `codes.get(text)`, and `unseen` for any other text; `''` is missing. */
  | { readonly column: string; readonly feed: 'code'; readonly tensor: string; readonly levels: LevelCodes };

export interface LevelCodes {
  readonly codes: ReadonlyMap<string, number>;
  readonly unseen: number;
  /** The model refuses unseen levels (`features.categorical.unknown: error`). */
  readonly refusesUnseen: boolean;
}

export interface CutModel {
  readonly bytes: Uint8Array;
  /** Only those that the outputs still depend on. */
  readonly inputs: readonly CutInput[];
}

/** The name of a column's cut point: `age#code`, with more `#` where a column has that very name. */
export function cutName(column: string, kind: 'code' | 'epoch', columns: ReadonlySet<string>): string {
  let name = `${column}#${kind}`;
  while (columns.has(name)) name += '#';
  return name;
}

/**
 * The same graph from its cut points on: the bytes downstream are unchanged, nodes that `outputs` do not need are gone.
 * `outputs` are names of any tensors in it, with their types; `derived` of columns that it computes from others, where it
 * is entered too.
 */
export function cutModel(
  bytes: Uint8Array,
  outputs: readonly { readonly name: string; readonly type: ElementType }[],
  derived: readonly string[] = [],
): CutModel {
  const { model, graph } = parseModel(bytes);
  const producers = producersOf(graph);
  const raw = graph.input.map((input) => input.name);
  const columns = new Set([...raw, ...derived]);
  const entries = [
    ...graph.input.map((input) => ({ input, entry: readEntry(input.name, columns, producers) })),
    ...derived.map((name) => ({
      input: valueInfo(name, 'float', ['n', 1]),
      entry: readEntry(name, columns, producers) ?? floatEntry(name),
    })),
  ];

  const promoted = new Set(entries.map(({ entry }) => entry?.tensor).filter((name) => name !== undefined));
  const needed = tensorsNeeded(
    outputs.map(({ name }) => name),
    producers,
    promoted,
  );
  const kept = entries
    .map(({ input, entry }) => {
      if (entry?.feed === 'float') return { entry, info: input };
      if (entry !== undefined) return { entry, info: valueInfo(entry.tensor, 'int64', ['n', 1]) };
      const text = input.type?.value.case === 'tensorType' && input.type.value.value.elemType === 8;
      const raw: CutInput = { column: input.name, feed: text ? 'string' : 'float', tensor: input.name };
      return { entry: raw, info: input };
    })
    .filter(({ entry }) => needed.has(entry.tensor));

  model.graph = create(GraphProtoSchema, {
    name: graph.name,
    input: kept.map(({ info }) => info),
    output: outputs.map(({ name, type }) => valueInfo(name, type)),
    node: graph.node.filter((node) => node.output.some((name) => needed.has(name) && !promoted.has(name))),
    initializer: graph.initializer.filter(({ name }) => needed.has(name)),
  });
  return { bytes: toBinary(ModelProtoSchema, model), inputs: kept.map(({ entry }) => entry) };
}

/** The same graph from its raw inputs to other tensors in it; nodes and inputs that those do not need are gone. */
export function withOutputs(
  bytes: Uint8Array,
  outputs: readonly { readonly name: string; readonly type: ElementType }[],
): Uint8Array {
  const { model, graph } = parseModel(bytes);
  const names = outputs.map(({ name }) => name);
  const needed = tensorsNeeded(names, producersOf(graph), new Set());
  model.graph = create(GraphProtoSchema, {
    name: graph.name,
    input: graph.input.filter(({ name }) => needed.has(name)),
    output: outputs.map(({ name, type }) => valueInfo(name, type)),
    node: graph.node.filter((node) => node.output.some((name) => needed.has(name))),
    initializer: graph.initializer.filter(({ name }) => needed.has(name)),
  });
  return toBinary(ModelProtoSchema, model);
}

/** Of a number that is computed: what stands behind takes it as it is. */
function floatEntry(column: string): CutInput {
  return { column, feed: 'float', tensor: column };
}

/** The class index behind a label output: int64 [n], looked up in texts, so that bulk labels need not be strings. */
export function readLabels(
  bytes: Uint8Array,
  label: string,
): { readonly index: string; readonly texts: readonly string[] } {
  const { graph } = parseModel(bytes);
  const node = producersOf(graph).get(label);
  const [table, index] = node?.opType === 'Gather' ? node.input : [];
  const texts = graph.initializer.find(({ name }) => name === table)?.stringData;
  if (index === undefined || texts === undefined || texts.length === 0) {
    throw new ModelwrightError('model-foreign', { key: 'label' });
  }
  return { index, texts: texts.map((text) => utf8.decode(text)) };
}

/** The node that makes each tensor. */
function producersOf(graph: GraphProto): ReadonlyMap<string, NodeProto> {
  return new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
}

function readEntry(
  column: string,
  columns: ReadonlySet<string>,
  producers: ReadonlyMap<string, NodeProto>,
): CutInput | undefined {
  const epoch = cutName(column, 'epoch', columns);
  if (producers.has(epoch)) return { column, feed: 'epoch', tensor: epoch };
  const code = cutName(column, 'code', columns);
  const encoder = producers.get(code);
  if (encoder?.opType !== 'LabelEncoder') return undefined;
  return { column, feed: 'code', tensor: code, levels: readLevels(encoder) };
}

function readLevels(encoder: NodeProto): LevelCodes {
  const attribute = (name: string) => encoder.attribute.find((candidate) => candidate.name === name);
  const values = attribute('values_int64s')?.ints ?? [];
  const keys = attribute('keys_strings')?.strings ?? [];
  const unseen = Number(attribute('default_int64')?.i ?? -1n);
  const codes = new Map(keys.map((key, index) => [utf8.decode(key), Number(values[index] ?? -1n)]));
  return { codes, unseen, refusesUnseen: unseen === refusedCode };
}

/** The code of an unseen level in a model that refuses them: out of every table's range, so that a look-up fails. */
export const refusedCode = 2 ** 31 - 1;

/** Everything that `outputs` are computed from, not looking behind promoted tensors. */
function tensorsNeeded(
  outputs: readonly string[],
  producers: ReadonlyMap<string, NodeProto>,
  promoted: ReadonlySet<string>,
): ReadonlySet<string> {
  const needed = new Set<string>();
  const open = [...outputs];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (needed.has(name)) continue;
    needed.add(name);
    const producer = promoted.has(name) ? undefined : producers.get(name);
    if (producer) open.push(...readBy(producer));
  }
  return needed;
}

// A byte order mark at the start of a level is part of it.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
