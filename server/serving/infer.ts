/** The Open Inference Protocol, version 2: tensors by name in, the outputs of the model file out. */
import { ModelwrightError } from '../catalog/errors.ts';
import type { InputColumn } from './cells.ts';
import type { Answer, Model } from './model.ts';
import { columnRows, isRecord, malformed, type RowSource } from './rows.ts';
import { decodeTensor, encodeBytes, encodeFloats, encodeIntegers } from './tensorBytes.ts';

export interface InferRequest {
  readonly source: RowSource;
  readonly id: string | undefined;
  /** Names of the outputs that are asked for, and whether each comes as bytes. */
  readonly outputs: ReadonlyMap<string, boolean>;
}

/** JSON, and the bytes that follow it where an output was asked for so. */
export interface InferResponse {
  readonly json: string;
  readonly bytes: Buffer | undefined;
}

const help =
  'Send {"inputs": [{"name": …, "datatype": "FP32" or "BYTES", "shape": [rows, 1], "data": […]}, …]}.';

/**
 * `bytes`: what followed the JSON (binary extension); tensors take their part of it in order.
 * @throws ModelwrightError request-malformed, request-column-unknown
 */
export function readInfer(model: Model, body: unknown, bytes: Buffer): InferRequest {
  if (!isRecord(body) || !Array.isArray(body['inputs'])) throw malformed('it has no list `inputs`', help);
  const tensors = new Map<string, ArrayLike<unknown>>();
  let offset = 0;
  for (const input of body['inputs']) {
    const { name, values, length } = readTensor(input, bytes.subarray(offset));
    refuseUnknown(model.columns, name);
    tensors.set(name, values);
    offset += length;
  }
  if (offset !== bytes.length)
    throw malformed(`${bytes.length - offset} bytes follow the last tensor`, 'Give each `binary_data_size`.');
  const { id } = body;
  return {
    source: columnRows(model.columns, tensors),
    id: typeof id === 'string' ? id : undefined,
    outputs: readOutputs(model, body),
  };
}

export function renderInfer(model: Model, answer: Answer, { id, outputs }: InferRequest): InferResponse {
  const parts: Buffer[] = [];
  const rendered = [...outputs].map(([name, binary]) => {
    const { datatype, shape, data } = outputTensor(model, answer, name);
    const head = { name, datatype, shape };
    if (!binary) return { ...head, data: Array.from<unknown>(data) };
    const part =
      data instanceof Float32Array
        ? encodeFloats(data)
        : data instanceof Uint8Array
          ? encodeIntegers(data)
          : encodeBytes(data);
    parts.push(part);
    return { ...head, parameters: { binary_data_size: part.length } };
  });
  const { name, version } = model;
  const json = JSON.stringify({
    model_name: name,
    model_version: version,
    ...(id !== undefined && { id }),
    outputs: rendered,
  });
  return { json, bytes: parts.length === 0 ? undefined : Buffer.concat(parts) };
}

/** The document of `GET /v2/models/NAME`. */
export function describeModel({ name, version, columns, shape }: Model): object {
  return {
    name,
    versions: [version],
    platform: 'onnxruntime_onnx',
    inputs: columns.map((column) => ({
      name: column.name,
      datatype: column.input === 'float' ? 'FP32' : 'BYTES',
      shape: [-1, 1],
    })),
    outputs: [
      ...(shape.label === undefined ? [] : [{ name: shape.label.output, datatype: 'BYTES', shape: [-1] }]),
      { name: shape.score, datatype: 'FP32', shape: [-1, shape.width] },
      ...[shape.lower, shape.upper]
        .filter((end) => end !== undefined)
        .map((end) => ({ name: end, datatype: 'FP32', shape: [-1, 1] })),
      ...(shape.set === undefined ? [] : [{ name: shape.set, datatype: 'INT64', shape: [-1, shape.width] }]),
    ],
  };
}

function outputTensor({ shape }: Model, answer: Answer, name: string) {
  const { count, values, labels, lower, upper, set } = answer;
  if (name === shape.score) return { datatype: 'FP32', shape: [count, shape.width], data: values };
  if (lower && name === shape.lower) return { datatype: 'FP32', shape: [count, 1], data: lower };
  if (upper && name === shape.upper) return { datatype: 'FP32', shape: [count, 1], data: upper };
  if (set && name === shape.set) return { datatype: 'INT64', shape: [count, shape.width], data: set };
  const texts = Array.from(labels ?? [], (index) => shape.label?.texts[index] ?? '');
  return { datatype: 'BYTES', shape: [count], data: texts };
}

/** All outputs where none is named. `binary_data_output` asks for bytes, `binary_data` of one output has the last word. */
function readOutputs({ shape }: Model, body: Readonly<Record<string, unknown>>): Map<string, boolean> {
  const known = [shape.label?.output, shape.score, shape.lower, shape.upper, shape.set].filter(
    (name) => name !== undefined,
  );
  const all = parameter(body, 'binary_data_output') === true;
  const asked = body['outputs'];
  if (asked === undefined || (Array.isArray(asked) && asked.length === 0))
    return new Map(known.map((name) => [name, all]));
  if (!Array.isArray(asked)) throw malformed('`outputs` is no list', 'Leave it out to get all outputs.');
  return new Map(
    asked.map((output) => {
      const name: unknown = isRecord(output) ? output['name'] : undefined;
      if (typeof name !== 'string' || !known.includes(name))
        throw malformed(`there is no output ${JSON.stringify(name)}`, `The outputs are ${known.join(', ')}.`);
      const binary = parameter(output, 'binary_data');
      return [name, binary === undefined ? all : binary === true];
    }),
  );
}

function readTensor(input: unknown, bytes: Buffer) {
  if (!isRecord(input) || typeof input['name'] !== 'string')
    throw malformed('an input is no object with a `name`', help);
  const { name, datatype, shape, data } = input;
  const fault = (what: string) => malformed(`input \`${name}\` ${what}`, help);
  const sizes: readonly unknown[] = Array.isArray(shape) ? shape : [];
  const [count, width = 1] = sizes;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0 || width !== 1 || sizes.length > 2)
    throw fault('has no `shape` [rows, 1] or [rows]');
  const size = parameter(input, 'binary_data_size');
  if (size === undefined) {
    if (!Array.isArray(data)) throw fault('has no list `data`');
    const flat = data.flat(1);
    if (flat.length !== count) throw fault(`has ${flat.length} values for a shape of ${count} rows`);
    return { name, values: flat, length: 0 };
  }
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > bytes.length)
    throw fault('has a `binary_data_size` beyond the end of the request');
  const values = decodeTensor(String(datatype), bytes.subarray(0, size));
  if (values === undefined) throw fault(`has bytes that are no ${JSON.stringify(datatype)}`);
  if (values.length !== count) throw fault(`has ${values.length} values for a shape of ${count} rows`);
  return { name, values, length: size };
}

function refuseUnknown(columns: readonly InputColumn[], name: string): void {
  if (columns.some((column) => column.name === name)) return;
  const known = columns.map((column) => column.name).join(', ');
  throw new ModelwrightError('request-column-unknown', { column: name, known }, { column: name });
}

function parameter(holder: Readonly<Record<string, unknown>>, name: string): unknown {
  const { parameters } = holder;
  return isRecord(parameters) ? parameters[name] : undefined;
}
