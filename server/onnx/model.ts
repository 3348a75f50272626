/** Opens the bytes of an ONNX file: its lineage metadata, inputs and outputs, and the parsed graph behind them. */
import { ModelwrightError } from '../catalog/errors.ts';
import type { GraphProto, ModelProto, ValueInfoProto } from './generated/onnx_pb.js';
import type { ElementType } from './literal.ts';
import { elementTypeOf } from './literal.ts';
import { parseAroundTrees } from './treeTables.ts';

export interface ModelValue {
  readonly name: string;
  /** Undefined for element types that this product never writes. */
  readonly type: ElementType | undefined;
  /** Text for symbolic dimensions, such as `n`. */
  readonly shape: readonly (number | string)[];
}

export interface ModelFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly inputs: readonly ModelValue[];
  readonly outputs: readonly ModelValue[];
}

/** @throws ModelwrightError model-unreadable */
export function readModel(bytes: Uint8Array): ModelFile {
  const { model, graph } = parseModel(bytes);
  return {
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
    inputs: graph.input.map(readValue),
    outputs: graph.output.map(readValue),
  };
}

/** @throws ModelwrightError model-unreadable */
export function parseModel(bytes: Uint8Array): { model: ModelProto; graph: GraphProto } {
  let model: ModelProto;
  try {
    model = parseAroundTrees(bytes);
  } catch {
    throw new ModelwrightError('model-unreadable', { reason: 'its bytes are no ONNX model' });
  }
  if (model.graph === undefined)
    throw new ModelwrightError('model-unreadable', { reason: 'it holds no graph' });
  return { model, graph: model.graph };
}

function readValue(value: ValueInfoProto): ModelValue {
  const tensor = value.type?.value.case === 'tensorType' ? value.type.value.value : undefined;
  return {
    name: value.name,
    type: elementTypeOf(tensor?.elemType ?? 0),
    shape: (tensor?.shape?.dim ?? []).map(({ value }) =>
      value.case === 'dimValue' ? Number(value.value) : (value.value ?? ''),
    ),
  };
}
