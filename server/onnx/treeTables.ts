/** Reads a model without unpacking its trees: millions of their numbers as objects would take ten times the file. */
import { fromBinary } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { type ModelProto, ModelProtoSchema } from './generated/onnx_pb.js';

/** Field numbers of onnx.proto on the way to an attribute, and one that no node has. */
const graphField = 7;
const nodeField = 1;
const attributeField = 5;
const asideField = 15;
/** Bytes; what is smaller is not worth it. */
const large = 4096;

/**
 * The node tables of tree ensembles stay the bytes that they are, as fields unknown to the node, which are written again
 * as they were. Throws for what is no ONNX model.
 */
export function parseAroundTrees(bytes: Uint8Array): ModelProto {
  const tags = treeTableTags(bytes);
  // For the time of this call alone: both tags are one byte, and nobody else looks at it meanwhile.
  mark(bytes, tags, asideField);
  try {
    const model = fromBinary(ModelProtoSchema, bytes);
    for (const { $unknown } of model.graph?.node ?? [])
      for (const field of $unknown ?? [])
        if (field.no === asideField) Object.assign(field, { no: attributeField });
    return model;
  } finally {
    mark(bytes, tags, attributeField);
  }
}

function mark(bytes: Uint8Array, tags: readonly number[], field: number): void {
  for (const at of tags) bytes[at] = (field << 3) | WireType.LengthDelimited;
}

/** Places of the tags of such attributes. */
function treeTableTags(bytes: Uint8Array): number[] {
  return messagesIn(bytes, { start: 0, end: bytes.length }, graphField)
    .flatMap((graph) => messagesIn(bytes, graph, nodeField))
    .filter(({ start, end }) => end - start > large)
    .flatMap((node) => messagesIn(bytes, node, attributeField))
    .filter(({ start, end }) => end - start > large && isTreeTable(bytes, start))
    .map(({ tag }) => tag);
}

/** An attribute begins with its name. */
function isTreeTable(bytes: Uint8Array, start: number): boolean {
  const reader = new BinaryReader(bytes.subarray(start, start + 64));
  const [field, type] = reader.tag();
  return field === 1 && type === WireType.LengthDelimited && /^(nodes|target)_/.test(reader.string());
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** The messages that stand in a field of the message at that place. */
function messagesIn(bytes: Uint8Array, { start, end }: Place, wanted: number): (Place & { tag: number })[] {
  const reader = new BinaryReader(bytes.subarray(start, end));
  const found: (Place & { tag: number })[] = [];
  while (reader.pos < reader.len) {
    const tag = start + reader.pos;
    const [field, type] = reader.tag();
    if (field === wanted && type === WireType.LengthDelimited) {
      const { length } = reader.bytes();
      found.push({ tag, start: start + reader.pos - length, end: start + reader.pos });
    } else reader.skip(type, field);
  }
  return found;
}
