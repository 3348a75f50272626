/** Tensors and types between our literals and ONNX's protobuf: the smallest pieces of a model file. */
import { create } from '@bufbuild/protobuf';
import { ModelwrightError } from '../catalog/errors.ts';
import {
  TensorProto_DataType as DataType,
  type TensorProto,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './generated/onnx_pb.js';

export type ElementType = 'float' | 'double' | 'int64' | 'string' | 'bool';

export interface TensorLiteral {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | BigInt64Array | readonly string[] | Uint8Array;
}

const dataTypes: Readonly<Record<ElementType, DataType>> = {
  float: DataType.FLOAT,
  double: DataType.DOUBLE,
  int64: DataType.INT64,
  string: DataType.STRING,
  bool: DataType.BOOL,
};

/** ONNX's number of an element type, as `Cast` takes it in its attribute `to`. */
export function elementTypeNumber(type: ElementType): number {
  return dataTypes[type];
}

/** The element type of a number in a file; undefined for one that we never write. */
export function elementTypeOf(dataType: number): ElementType | undefined {
  return elementTypes.get(dataType);
}

/** @throws ModelwrightError internal-error when data and shape disagree. */
export function encodeLiteral(value: TensorLiteral): TensorProto {
  const size = value.shape.reduce((product, dimension) => product * dimension, 1);
  if (value.data.length !== size) {
    throw new ModelwrightError('internal-error', {
      reason: `a tensor of shape [${value.shape}] has ${value.data.length} values`,
    });
  }
  const tensor = create(TensorProtoSchema, {
    dims: value.shape.map(BigInt),
    dataType: dataTypes[value.type],
  });
  // Raw data is little-endian; so are all processors that ONNX Runtime ships binaries for.
  if (ArrayBuffer.isView(value.data)) {
    tensor.rawData = new Uint8Array(value.data.buffer, value.data.byteOffset, value.data.byteLength).slice();
  } else {
    tensor.stringData = value.data.map((text) => utf8.encode(text));
  }
  return tensor;
}

/** A graph input or output; a text dimension is symbolic, an absent shape is left to inference. */
export function valueInfo(
  name: string,
  type: ElementType,
  shape?: readonly (number | string)[],
): ValueInfoProto {
  const tensor = create(TypeProto_TensorSchema, { elemType: dataTypes[type] });
  if (shape !== undefined) {
    tensor.shape = create(TensorShapeProtoSchema, {
      dim: shape.map((dimension) =>
        create(TensorShapeProto_DimensionSchema, {
          value:
            typeof dimension === 'string'
              ? { case: 'dimParam', value: dimension }
              : { case: 'dimValue', value: BigInt(dimension) },
        }),
      ),
    });
  }
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensor } }),
  });
}

const utf8 = new TextEncoder();
const elementTypes = new Map(
  // The keys of a record of ElementType are element types.
  Object.entries(dataTypes).map(([type, number]) => [number as number, type as ElementType] as const),
);
