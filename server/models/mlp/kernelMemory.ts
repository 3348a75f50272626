/** The memory of a network's kernels, laid out for one problem; TypeScript reads and writes it through `views`. */
import { readFileSync } from 'node:fs';
import { ModelwrightError } from '../../catalog/errors.ts';
import { HEADER, REALS } from '../gbdt/kernels/layout.ts';
import * as layout from './kernels/layout.ts';
import { inputWidth, type NetworkShape } from './network.ts';

export interface MemoryNeeds {
  readonly shape: NetworkShape;
  readonly rows: number;
  /** Rows of a batch. */
  readonly batch: number;
  /** Steps of an epoch; 0 where nothing is trained. */
  readonly steps: number;
  readonly weighted: boolean;
  readonly mixes?: boolean;
}

/** Addresses in bytes; widths are those of the kernels, rounded up to eight. */
export interface KernelMemory {
  readonly memory: WebAssembly.Memory;
  readonly slots: Uint32Array;
  readonly reals: Float64Array;
  readonly numeric: number;
  readonly embeddings: readonly { readonly table: number; readonly column: number }[];
  readonly layers: readonly KernelLayer[];
  floats(slot: number, length: number): Float32Array;
  words(slot: number, length: number): Uint32Array;
}

export interface KernelLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: number;
  readonly bias: number;
  /** With batch normalisation. */
  readonly scale: number;
  readonly shift: number;
  readonly runningMean: number;
  readonly runningVariance: number;
}

const page = 65_536;
const gibibyte = 2 ** 30;
export const eights = (count: number) => Math.ceil(count / 8) * 8;

let cached: WebAssembly.Module | undefined;

/** The compiled kernels: dist/mlp.wasm, beside the bundle or seen from the sources. */
export function compiledKernels(): WebAssembly.Module {
  const source = import.meta.url.endsWith('.ts');
  cached ??= new WebAssembly.Module(
    readFileSync(new URL(source ? '../../../dist/mlp.wasm' : './mlp.wasm', import.meta.url)),
  );
  return cached;
}

/** Throws `out-of-memory` above 4 GiB, which is all that WebAssembly can address. */
export function layOutMemory(needs: MemoryNeeds): KernelMemory {
  const { shape, rows, batch, steps } = needs;
  let extent: number = layout.HEAP;
  const take = (bytes: number) => {
    const at = extent;
    extent += Math.ceil((bytes + 32) / 64) * 64;
    return at;
  };
  const numeric = eights(shape.numeric);
  const room = Math.ceil(batch / 4) * 4;
  const width = eights(numeric + inputWidth(shape) - shape.numeric);
  const widths = [width, ...shape.hidden.map(eights), eights(shape.outputs)];
  const isTrained = steps > 0;

  const slots = new Uint32Array(96);
  const parameters = layOutParameters(shape, numeric, widths);
  const parameterBytes = parameters.count * 4;
  const base = take(parameterBytes);
  slots[layout.PARAMETERS] = base;
  slots[layout.PARAMETER_COUNT] = parameters.count;
  slots[layout.DECAYED_COUNT] = parameters.decayed;
  slots[layout.GRADIENT] = isTrained ? take(parameterBytes) : 0;
  slots[layout.FIRST_MOMENT] = isTrained ? take(parameterBytes) : 0;
  slots[layout.SECOND_MOMENT] = isTrained ? take(parameterBytes) : 0;
  slots[layout.X] = take(rows * numeric * 4);
  slots[layout.CODES] = take(rows * shape.embeddings.length * 4);
  slots[layout.TARGET] = take(isTrained ? rows * 4 : 0);
  slots[layout.WEIGHT] = needs.weighted ? take(rows * 4) : 0;
  slots[layout.ORDER] = take(isTrained ? rows * 4 : 0);
  slots[layout.PARTNERS] = needs.mixes ? take(rows * 4) : 0;
  slots[layout.SHARES] = needs.mixes ? take(steps * 4) : 0;
  slots[layout.RATES] = take(steps * 4);
  slots[layout.FIRST_CORRECTION] = take(steps * 4);
  slots[layout.SECOND_CORRECTION] = take(steps * 4);
  slots[layout.INPUT] = take(room * width * 4);
  slots[layout.INPUT_GRADIENT] = take(room * width * 4);
  slots[layout.LOSSES] = take(room * 8);
  slots[layout.CHUNK_SUMS] = take(Math.ceil(parameters.count / layout.CHUNK) * 8);
  slots[layout.RAW] = take(isTrained ? 0 : rows * shape.outputs * 4);
  slots[layout.LAYER_TABLE] = take(widths.length * layout.LAYER_BYTES);
  slots[layout.EMBEDDING_TABLE] = take(shape.embeddings.length * layout.EMBEDDING_BYTES);
  slots[layout.BATCH] = batch;
  slots[layout.BATCH_ROOM] = room;
  slots[layout.LAYERS] = widths.length - 1;
  slots[layout.NUMERIC] = numeric;
  slots[layout.EMBEDDINGS] = shape.embeddings.length;
  slots[layout.OUTPUTS] = shape.outputs;
  slots[layout.ACTIVATION] = [layout.RELU, layout.GELU, layout.SILU, layout.TANH][
    ['relu', 'gelu', 'silu', 'tanh'].indexOf(shape.activation)
  ] as number; // The list above has every activation.
  slots[layout.BATCH_NORM] = shape.batchNorm ? 1 : 0;

  const records = parameters.layers.map((layer, index) => {
    const { inputs, outputs } = layer;
    const panel = () => take(room * outputs * 4);
    const vector = () => take(shape.batchNorm ? outputs * 4 : 0);
    const record = new Uint32Array(layout.LAYER_BYTES / 4);
    const put = (field: number, value: number) => {
      record[field / 4] = value;
    };
    put(layout.L_IN, inputs);
    put(layout.L_OUT, outputs);
    put(layout.L_UNITS, shape.hidden[index] ?? shape.outputs);
    put(layout.L_WEIGHTS, base + layer.weights * 4);
    put(layout.L_BIAS, base + layer.bias * 4);
    put(layout.L_TRANSPOSED, take(isTrained ? inputs * outputs * 4 : 0));
    put(layout.L_BEFORE, panel());
    put(layout.L_AFTER, panel());
    put(layout.L_DELTA, panel());
    put(layout.L_SCALE, base + layer.scale * 4);
    put(layout.L_SHIFT, base + layer.shift * 4);
    put(layout.L_MEAN, vector());
    put(layout.L_INVERSE, vector());
    put(layout.L_RUNNING_MEAN, vector());
    put(layout.L_RUNNING_VARIANCE, vector());
    put(layout.L_NORMAL, shape.batchNorm ? panel() : 0);
    return record;
  });

  const memory = reserve(extent, needs);
  new Uint32Array(memory.buffer, HEADER, 96).set(slots);
  records.forEach((record, index) => {
    const at = (slots[layout.LAYER_TABLE] ?? 0) + index * layout.LAYER_BYTES;
    new Uint32Array(memory.buffer, at, record.length).set(record);
  });
  parameters.embeddings.forEach(({ table, column }, index) => {
    const at = (slots[layout.EMBEDDING_TABLE] ?? 0) + index * layout.EMBEDDING_BYTES;
    const { levels = 0, width: each = 0 } = shape.embeddings[index] ?? {};
    new Uint32Array(memory.buffer, at, 4).set([levels, each, base + table * 4, column]);
  });
  const view = new Uint32Array(memory.buffer, HEADER, 96);
  const field = (index: number, name: number) => (records[index]?.[name / 4] ?? 0) / 4;
  return {
    memory,
    slots: view,
    reals: new Float64Array(memory.buffer, REALS, 16),
    numeric,
    embeddings: parameters.embeddings,
    layers: parameters.layers.map((layer, index) => ({
      ...layer,
      runningMean: field(index, layout.L_RUNNING_MEAN),
      runningVariance: field(index, layout.L_RUNNING_VARIANCE),
    })),
    floats: (slot, length) => new Float32Array(memory.buffer, view[slot], length),
    words: (slot, length) => new Uint32Array(memory.buffer, view[slot], length),
  };
}

/** Places in floats from PARAMETERS on, in the order of network.ts, each part in whole panels. */
function layOutParameters(shape: NetworkShape, numeric: number, widths: readonly number[]) {
  let at = 0;
  const take = (length: number) => {
    const place = at;
    at += eights(length);
    return place;
  };
  let column = numeric;
  const embeddings = shape.embeddings.map(({ levels, width }) => {
    const record = { table: take(levels * width), column };
    column += width;
    return record;
  });
  const weights = widths.slice(1).map((outputs, index) => take((widths[index] ?? 0) * outputs));
  const decayed = at;
  const biases = widths.slice(1).map(take);
  const norms = widths.slice(1, -1).map((width) => (shape.batchNorm ? [take(width), take(width)] : [0, 0]));
  const layers = weights.map((weight, index) => ({
    inputs: widths[index] ?? 0,
    outputs: widths[index + 1] ?? 0,
    weights: weight,
    bias: biases[index] ?? 0,
    scale: norms[index]?.[0] ?? 0,
    shift: norms[index]?.[1] ?? 0,
  }));
  return { embeddings, layers, decayed, count: at };
}

function reserve(extent: number, { shape, rows }: MemoryNeeds): WebAssembly.Memory {
  const pages = Math.ceil(extent / page);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch {
    const reason = `a dense network needs ${(extent / gibibyte).toFixed(1)} GiB for ${rows} rows of ${inputWidth(shape)} inputs, and can use 4 GiB at most`;
    throw new ModelwrightError('out-of-memory', { reason });
  }
}
