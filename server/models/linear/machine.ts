/** The rows of a linear fit in the memory of our WebAssembly kernels: its loss, gradient and curvature at a point. */
import { readFileSync } from 'node:fs';
import type { SupervisedTask } from '../../catalog/tasks.ts';
import { HEADER, JOB_QUIT, REALS, THREADS } from '../gbdt/kernels/layout.ts';
import { startWorkers } from '../gbdt/pool.ts';
import type { Design } from './design.ts';
import * as layout from './kernels/layout.ts';

/** What the loss is; the pinball loss of a quantile is rounded over `smoothing`, which may be set between calls. */
export interface LinearLoss {
  readonly task: SupervisedTask;
  /** Raw outputs a row. */
  readonly outputs: number;
  readonly target: Float64Array;
  readonly weight: Float64Array | undefined;
  readonly quantile?: number;
}

/** `full`: a matrix an output; `diagonal`: of those only that; `joint`: a matrix for each pair of outputs k >= l. */
export type CurvatureKind = 'full' | 'diagonal' | 'joint';

export interface LinearMachine {
  smoothing: number;
  /** Looks at every so many-th block of rows only, each for so many; 1: at all. */
  every: number;
  /** Returns Σ loss at `point` (the coefficients of output 0, then 1, …) and adds its gradient. Blocks. */
  evaluate(point: Float64Array, gradient: Float64Array): number;
  /** XᵀDX at `point`, lower triangles [width, width] or diagonals [width] one after another. Blocks. */
  curvature(point: Float64Array): Float64Array;
  close(): void;
}

export interface MachineRequest {
  readonly design: Design;
  readonly loss: LinearLoss;
  readonly kind: CurvatureKind;
  readonly threads: number;
  /** Rows beyond this are brought into memory window by window at every look; 1.5 GiB where nothing is said. */
  readonly mostRowBytes?: number;
}

const mebibyte = 2 ** 20;
const mostSumBytes = 64 * mebibyte;
const mostChunks = 64;
const leastChunk = 8 * layout.BLOCK;
/** A thread takes 20 ms to start: as long as a look at so many values takes. */
const valuesPerThread = 2e6;

/** Must be closed. Every sum is formed chunk by chunk, so that its bits are the same on any number of threads. */
export async function openLinearMachine(request: MachineRequest): Promise<LinearMachine> {
  const { design, loss } = request;
  const plan = planMemory(request);
  const pages = Math.ceil(plan.extent / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const slots = new Uint32Array(memory.buffer, HEADER, 96);
  slots.set(plan.slots);
  slots[THREADS] = 1;
  const reals = new Float64Array(memory.buffer, REALS, 8);
  reals[layout.QUANTILE] = loss.quantile ?? 0;
  const doubles = (slot: number, length: number) => new Float64Array(memory.buffer, slots[slot], length);
  doubles(layout.CENTER, design.numeric.length).set(design.center);
  new Uint32Array(memory.buffer, slots[layout.STARTS], design.categories.length).set(
    design.categories.map(({ start }) => start),
  );
  const module = compiledKernels();
  const values = design.rows * (design.numeric.length + design.categories.length);
  const threads = Math.max(1, Math.min(request.threads, Math.floor(values / valuesPerThread)));
  const started = startWorkers({ module, memory, threads });
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  // By its declaration in kernels/index.ts.
  const run = instance.exports['run'] as (job: number) => void;
  let loaded = -1;
  const load = (start: number) => {
    if (loaded !== start) loadRows(memory, request, { start, room: plan.room });
    loaded = start;
  };
  load(0);
  await started;
  slots[THREADS] = threads;

  /** Calls `take` with the sums of each chunk, in order. */
  const overChunks = (job: number, point: Float64Array, take: (sums: Float64Array) => void) => {
    doubles(layout.POINT, point.length).set(point);
    for (let start = 0; start < design.rows; start += plan.room) {
      load(start);
      run(job);
      const chunks = Math.ceil(Math.min(plan.room, design.rows - start) / plan.chunkRows);
      const sums = doubles(layout.PARTIALS, chunks * plan.size);
      for (let at = 0; at < sums.length; at += plan.size) take(sums.subarray(at, at + plan.size));
    }
  };
  const machine: LinearMachine = {
    get smoothing() {
      return reals[layout.SMOOTHING] ?? 1;
    },
    set smoothing(width) {
      reals[layout.SMOOTHING] = width;
    },
    get every() {
      return slots[layout.EVERY] ?? 1;
    },
    set every(step) {
      slots[layout.EVERY] = step;
    },
    evaluate(point, gradient) {
      const { every } = machine;
      let value = 0;
      overChunks(layout.JOB_EVALUATE, point, (sums) => {
        value += every * (sums[0] ?? 0);
        for (let j = 0; j < gradient.length; j++)
          gradient[j] = (gradient[j] ?? 0) + every * (sums[j + 1] ?? 0);
      });
      return value;
    },
    curvature(point) {
      const { every } = machine;
      const total = new Float64Array(plan.curvatureSize);
      overChunks(layout.JOB_CURVATURE, point, (sums) => {
        for (let j = 0; j < total.length; j++) total[j] = (total[j] ?? 0) + every * (sums[j] ?? 0);
      });
      return total;
    },
    close: () => run(JOB_QUIT),
  };
  return machine;
}

let cached: WebAssembly.Module | undefined;

/** dist/linear.wasm, beside the bundle or seen from the sources. */
function compiledKernels(): WebAssembly.Module {
  const source = import.meta.url.endsWith('.ts');
  cached ??= new WebAssembly.Module(
    readFileSync(new URL(source ? '../../../dist/linear.wasm' : './linear.wasm', import.meta.url)),
  );
  return cached;
}

const objectives: Readonly<Record<SupervisedTask, number>> = {
  binary: layout.BINARY,
  multiclass: layout.MULTICLASS,
  regression: layout.SQUARED,
  count: layout.POISSON,
  quantile: layout.PINBALL,
};

const kinds = { full: layout.FULL, diagonal: layout.DIAGONAL, joint: layout.JOINT };

interface MemoryPlan {
  readonly slots: Uint32Array;
  /** Bytes. */
  readonly extent: number;
  /** Rows in memory at a time: all of them, or whole chunks. */
  readonly room: number;
  readonly chunkRows: number;
  /** Numbers of a chunk's sums, and those of them that are a curvature. */
  readonly size: number;
  readonly curvatureSize: number;
}

function planMemory({
  design,
  loss,
  kind,
  threads,
  mostRowBytes = 1536 * mebibyte,
}: MachineRequest): MemoryPlan {
  const { width, numeric, categories, intercept, rows } = design;
  const { outputs } = loss;
  const pairs = kind === 'joint' ? (outputs * (outputs + 1)) / 2 : outputs;
  const curvatureSize = pairs * (kind === 'diagonal' ? width : width * width);
  const size = Math.max(1 + outputs * width, curvatureSize);
  const rowBytes = 4 * (numeric.length + categories.length) + 8 + (loss.weight ? 8 : 0);
  const blocks = (count: number) => Math.max(1, Math.floor(count / layout.BLOCK)) * layout.BLOCK;
  const most = blocks(mostRowBytes / rowBytes);
  const chunks = Math.max(2, Math.min(mostChunks, Math.floor(mostSumBytes / (8 * size))));
  const chunkRows = Math.min(most, blocks(Math.max(leastChunk, rows / chunks) + layout.BLOCK - 1));
  const room = Math.min(Math.max(rows, 1), Math.floor(most / chunkRows) * chunkRows);

  let extent: number = layout.HEAP;
  // Arrays start on a cache line and have room for a vector past their end.
  const take = (bytes: number) => {
    const at = extent;
    extent += Math.ceil((bytes + 32) / 64) * 64;
    return at;
  };
  const dense = numeric.length + (intercept < 0 ? 0 : 1);
  const area = { RAW: 0, WEIGHTS: 0, COLUMNS: 0, WEIGHTED: 0, size: 0 };
  const takeArea = (name: keyof typeof area, columns: number) => {
    area[name] = area.size;
    area.size += columns * layout.BLOCK * 8 + 64;
  };
  takeArea('RAW', outputs);
  takeArea('WEIGHTS', 1);
  takeArea('COLUMNS', kind === 'diagonal' ? 0 : dense);
  takeArea('WEIGHTED', kind === 'diagonal' ? 0 : dense + 1);

  const slots = new Uint32Array(96);
  const pitch = Math.ceil((room + 2) / 16) * 16;
  slots[layout.CHUNK_ROWS] = chunkRows;
  slots[layout.EVERY] = 1;
  slots[layout.NUMERIC] = numeric.length;
  slots[layout.CATEGORIES] = categories.length;
  slots[layout.WIDTH] = width;
  slots[layout.INTERCEPT] = intercept;
  slots[layout.OUTPUTS] = outputs;
  slots[layout.OBJECTIVE] = objectives[loss.task];
  slots[layout.CURVATURE] = kinds[kind];
  slots[layout.PARTIAL_SIZE] = size;
  slots[layout.PITCH] = pitch;
  slots[layout.THREAD_BYTES] = area.size;
  slots[layout.AREA_RAW] = area.RAW;
  slots[layout.AREA_WEIGHTS] = area.WEIGHTS;
  slots[layout.AREA_COLUMNS] = area.COLUMNS;
  slots[layout.AREA_WEIGHTED] = area.WEIGHTED;
  slots[layout.X] = take(pitch * numeric.length * 4);
  slots[layout.CENTER] = take(numeric.length * 8);
  slots[layout.CODES] = take(pitch * categories.length * 4);
  slots[layout.STARTS] = take(categories.length * 4);
  slots[layout.TARGET] = take(room * 8);
  slots[layout.WEIGHT] = loss.weight ? take(room * 8) : 0;
  slots[layout.POINT] = take(outputs * width * 8);
  slots[layout.PARTIALS] = take(Math.ceil(room / chunkRows) * size * 8);
  slots[layout.AREA] = take(threads * area.size);
  return { slots, extent, room, chunkRows, size, curvatureSize };
}

function loadRows(
  memory: WebAssembly.Memory,
  { design, loss }: MachineRequest,
  { start, room }: { start: number; room: number },
): void {
  const slots = new Uint32Array(memory.buffer, HEADER, 96);
  const count = Math.min(room, design.rows - start);
  const pitch = slots[layout.PITCH] ?? 0;
  slots[layout.ROWS] = count;
  const floats = new Float32Array(memory.buffer, slots[layout.X], pitch * design.numeric.length);
  design.numeric.forEach((values, j) => void floats.set(values.subarray(start, start + count), j * pitch));
  const codes = new Int32Array(memory.buffer, slots[layout.CODES], pitch * design.categories.length);
  design.categories.forEach((category, c) => {
    codes.set(category.codes.subarray(start, start + count), c * pitch);
  });
  new Float64Array(memory.buffer, slots[layout.TARGET], count).set(
    loss.target.subarray(start, start + count),
  );
  if (!loss.weight) return;
  new Float64Array(memory.buffer, slots[layout.WEIGHT], count).set(
    loss.weight.subarray(start, start + count),
  );
}
