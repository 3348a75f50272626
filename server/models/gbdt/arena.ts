/** The memory of one fit, laid out for the kernels, and the kernels themselves. */
import { readFileSync } from 'node:fs';
import { ModelwrightError } from '../../catalog/errors.ts';
import * as layout from './kernels/layout.ts';

export interface ArenaSizes {
  readonly threads: number;
  readonly rows: number;
  readonly validRows: number;
  readonly columns: number;
  readonly outputs: number;
  readonly maxLeaves: number;
  readonly weighted: boolean;
  /** Values of a column that cut points are chosen from; 0 where none are. */
  readonly sampleRows: number;
  /** Where threads grow trees by themselves: the bytes that each works in, in place of what they would share. */
  readonly ownBytes?: number;
}

/** Views over one shared memory, and its kernels running as thread 0. Addresses are bytes. */
export interface Arena {
  readonly memory: WebAssembly.Memory;
  readonly sizes: ArenaSizes;
  /** The 32-bit slots of layout.ts. */
  readonly slots: Uint32Array;
  /** The 64-bit slots. */
  readonly reals: Float64Array;
  /** One column of values (float32) on its way to bins. */
  readonly scratch: number;
  /** 256 cut points (float32) of that column. */
  readonly cuts: number;
  /** Sixteen columns of validation bins on their way to rows; as long as `validPitch` each. */
  readonly validColumns: number;
  readonly validPitch: number;
  /** Runs a job (JOB_… of layout.ts) on all threads. */
  run(job: number): void;
}

/** Reserves and lays out the memory; throws `out-of-memory` above 4 GiB, which is all that WebAssembly can address. */
export function createArena(sizes: ArenaSizes): Arena {
  const { slots: planned, extent, ...own } = plan(sizes);
  const memory = reserve(extent, sizes);
  const slots = new Uint32Array(memory.buffer, layout.HEADER, 96);
  slots.set(planned);
  const instance = new WebAssembly.Instance(compiled(), { env: { memory } });
  // The kernels' only entry for thread 0, by its declaration in kernels/index.ts.
  const run = instance.exports['run'] as (job: number) => void;
  return { memory, sizes, slots, reals: new Float64Array(memory.buffer, layout.REALS, 8), run, ...own };
}

let cached: WebAssembly.Module | undefined;

/** The compiled kernels: dist/gbdt.wasm, beside the bundle or seen from the sources. */
export function compiled(): WebAssembly.Module {
  const source = import.meta.url.endsWith('.ts');
  cached ??= new WebAssembly.Module(
    readFileSync(new URL(source ? '../../../dist/gbdt.wasm' : './gbdt.wasm', import.meta.url)),
  );
  return cached;
}

const gibibyte = 2 ** 30;
const page = 65_536;
/** Histograms of all leaves are kept where they need no more than this. */
const mostPool = 512 * 2 ** 20;
/** Bytes of rows gathered at a time: they and a group of histograms fit a second-level cache. */
const gatherBytes = 96 * 1024;

function reserve(extent: number, sizes: ArenaSizes): WebAssembly.Memory {
  const pages = Math.ceil(extent / page);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch {
    const { rows, columns } = sizes;
    const reason = `gradient boosting needs ${(extent / gibibyte).toFixed(1)} GiB for ${rows} rows of ${columns} features, and can use 4 GiB at most`;
    throw new ModelwrightError('out-of-memory', { reason });
  }
}

function plan(sizes: ArenaSizes) {
  const { threads, rows, validRows, columns, outputs, maxLeaves, sampleRows } = sizes;
  let extent: number = layout.HEAP;
  // Arrays start on a cache line and have room for one whole vector past their end.
  const take = (bytes: number) => {
    const at = extent;
    extent += Math.ceil((bytes + 32) / 64) * 64;
    return at;
  };
  const slots = new Uint32Array(96);
  const stride = Math.max(16, Math.ceil(columns / 16) * 16);
  const pitch = Math.ceil((rows + 1) / 64) * 64;
  const validPitch = Math.ceil((validRows + 1) / 64) * 64;
  const keep = maxLeaves * columns * layout.HISTOGRAM_BYTES <= mostPool;
  const gatherRows = Math.max(256, Math.min(4096, Math.floor(gatherBytes / (stride + 24))));
  const area =
    layout.AREA_LEAVES +
    maxLeaves * layout.LEAF_BYTES +
    columns * layout.HISTOGRAM_BYTES +
    gatherRows * (stride + 24) +
    64;
  const sampleBytes = sampleRows > 0 ? 2 * Math.ceil((sampleRows * 4 + 64) / 64) * 64 + 3 * 8192 : 0;

  // Until startThreads has the others.
  slots[layout.THREADS] = 1;
  slots[layout.ROWS] = rows;
  slots[layout.VALID_ROWS] = validRows;
  slots[layout.COLUMNS] = columns;
  slots[layout.STRIDE] = stride;
  slots[layout.PITCH] = pitch;
  slots[layout.OUTPUTS] = outputs;
  slots[layout.MAX_LEAVES] = maxLeaves;
  slots[layout.KEEP] = keep ? 1 : 0;
  slots[layout.GATHER_ROWS] = gatherRows;
  slots[layout.SAMPLE_BYTES] = sampleBytes;
  const { ownBytes } = sizes;
  slots[layout.THREAD_BYTES] = Math.ceil((ownBytes ?? area) / 128) * 128;

  slots[layout.ROW_BINS] = take(rows * stride);
  slots[layout.COLUMN_BINS] = take(pitch * columns);
  slots[layout.VALID_BINS] = take(validRows * stride);
  slots[layout.RAW] = take(rows * outputs * 8);
  slots[layout.VALID_RAW] = take(validRows * outputs * 8);
  slots[layout.TARGET] = take(rows * 4);
  slots[layout.WEIGHT] = sizes.weighted ? take(rows * 4) : 0;
  slots[layout.PROBABILITY] = take(outputs > 1 ? rows * outputs * 4 : 0);
  slots[layout.PACKED] = take(ownBytes === undefined ? rows * 8 : 0);
  slots[layout.BLOCK_SUMS] = take(Math.ceil(rows / layout.BLOCK) * 16);
  slots[layout.ROW_LIST] = take(rows * 4);
  slots[layout.ROW_SPARE] = take(rows * 4);
  slots[layout.BIN_COUNTS] = take(columns * 4);
  slots[layout.IS_CATEGORY] = take(columns);
  slots[layout.MONOTONE_SIGNS] = take(columns);
  slots[layout.CHOSEN_LIST] = take(columns * 4);
  slots[layout.GATHER_PLAN] = take((stride / 16) * 32);
  slots[layout.POOL] = take(
    rows > 0 && ownBytes === undefined ? (keep ? maxLeaves : 2) * columns * layout.HISTOGRAM_BYTES : 0,
  );
  slots[layout.NODES] = take((2 * maxLeaves + 1) * layout.NODE_BYTES);
  slots[layout.THREAD_AREA] = take(rows > 0 ? threads * (slots[layout.THREAD_BYTES] ?? 0) : 0);
  slots[layout.OOB_SUMS] = take(ownBytes === undefined ? 0 : rows * outputs * 8);
  slots[layout.OOB_COUNTS] = take(ownBytes === undefined ? 0 : rows * outputs * 4);
  slots[layout.SAMPLES] = take(threads * sampleBytes);
  const scratch = take(Math.max(rows, validRows) * 4);
  const cuts = take(256 * 4);
  const validColumns = take(validPitch * 16);
  return { slots, extent, scratch, cuts, validColumns, validPitch };
}
