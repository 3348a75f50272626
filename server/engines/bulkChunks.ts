/** Runs a cut model over many rows in chunks: the loop that the calling thread and the bulk workers share. */
import type { OnnxSession, TensorFeed } from './session.ts';

/** A whole column of a table as a cut input takes it, in shared memory. */
export type BulkColumn =
  | { readonly feed: 'float'; readonly values: Float32Array }
  /** `codes[row]` is the table's, `map[code]` the model's. */
  | { readonly feed: 'code'; readonly codes: Int32Array; readonly map: Int32Array }
  | { readonly feed: 'epoch'; readonly values: BigInt64Array };

export interface BulkOutput {
  readonly name: string;
  readonly type: 'float' | 'int64';
  readonly width: number;
}

/** Column-major [width, rows]: float32, or int64 narrowed to 32 bits. */
export type BulkValues = Float32Array | Int32Array;

export interface BulkJob {
  /** By input of the model. */
  readonly columns: ReadonlyMap<string, BulkColumn>;
  /** Positions in the columns. */
  readonly rows: Int32Array;
  /** Inputs whose values are taken from other rows, as a permutation test does; as long as `rows`. */
  readonly rowsOf: ReadonlyMap<string, Int32Array>;
  /** The order in which `rows` are run, as indices into it; absent: their own. Results keep the order of `rows`. */
  readonly order?: Int32Array;
  readonly outputs: readonly BulkOutput[];
  readonly results: ReadonlyMap<string, BulkValues>;
  /** [0]: the next chunk to take, shared by all threads; [1]: 1 to stop. */
  readonly control: Int32Array;
}

/** Twice as fast as one call of a million rows, since intermediate tensors stay in the cache; seconds at most. */
export const chunkRows = 16_384;
/** Values of a wide table's chunk: joining its inputs row by row leaves the cache beyond, and costs ten times as much. */
const chunkValues = 2 ** 19;

/** Rows of a chunk of a model with that many inputs. */
export function chunkOf(inputs: number): number {
  return Math.max(256, Math.min(chunkRows, Math.floor(chunkValues / Math.max(1, inputs))));
}

/** Takes chunks until none is left or the job is stopped. */
export async function runChunks(
  session: OnnxSession,
  job: BulkJob,
  onChunk?: (rows: number) => void,
): Promise<void> {
  const fetches = job.outputs.map(({ name }) => name);
  const size = chunkOf(job.columns.size);
  const most = Math.min(size, job.rows.length);
  const inputs = [...job.columns].map(([name, column]) => ({ name, column, room: roomOf(column, most) }));
  for (;;) {
    const start = Atomics.add(job.control, 0, 1) * size;
    if (start >= job.rows.length || Atomics.load(job.control, 1) === 1) return;
    const count = Math.min(size, job.rows.length - start);
    const placed = (rows: Int32Array) =>
      job.order === undefined
        ? rows.subarray(start, start + count)
        : job.order.subarray(start, start + count).map((place) => rows[place] ?? 0);
    const own = placed(job.rows);
    const feeds = new Map<string, TensorFeed>();
    for (const { name, column, room } of inputs) {
      const others = job.rowsOf.get(name);
      feeds.set(name, gather(column, others === undefined ? own : placed(others), room));
    }
    const tensors = await session.run(feeds, fetches);
    for (const output of job.outputs) scatter(job, output, tensors.get(output.name), start);
    onChunk?.(count);
  }
}

/** Where an input's values are put, chunk after chunk: new arrays for a thousand columns would keep the collector busy. */
function roomOf({ feed }: BulkColumn, rows: number): ArrayBuffer {
  return new ArrayBuffer((feed === 'float' ? 4 : 8) * rows);
}

function gather(column: BulkColumn, rows: Int32Array, room: ArrayBuffer): TensorFeed {
  const shape = [rows.length, 1];
  switch (column.feed) {
    case 'float': {
      const data = new Float32Array(room, 0, rows.length);
      const { values } = column;
      for (let i = 0; i < rows.length; i++) data[i] = values[rows[i] ?? 0] ?? Number.NaN;
      return { type: 'float', data, shape };
    }
    case 'code': {
      const data = new BigInt64Array(room, 0, rows.length);
      // Written as two words each: a BigInt for every row would cost more than the model.
      const words = new Int32Array(room, 0, 2 * rows.length);
      const { codes, map } = column;
      for (let i = 0; i < rows.length; i++) words[2 * i] = map[codes[rows[i] ?? 0] ?? 0] ?? 0;
      return { type: 'int64', data, shape };
    }
    case 'epoch': {
      const data = new BigInt64Array(room, 0, rows.length);
      const words = new Int32Array(room, 0, 2 * rows.length);
      const source = new Int32Array(column.values.buffer, column.values.byteOffset, 2 * column.values.length);
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i] ?? 0;
        words[2 * i] = source[2 * row] ?? 0;
        words[2 * i + 1] = source[2 * row + 1] ?? 0;
      }
      return { type: 'int64', data, shape };
    }
  }
}

function scatter(job: BulkJob, output: BulkOutput, tensor: TensorFeed | undefined, start: number): void {
  const target = job.results.get(output.name);
  if (tensor === undefined || target === undefined || tensor.type === 'string') return;
  // int64 results are codes and class indices, which fit the low word.
  const { data } = tensor;
  const source =
    data instanceof BigInt64Array ? new Int32Array(data.buffer, data.byteOffset, 2 * data.length) : data;
  const stride = data instanceof BigInt64Array ? 2 : 1;
  const count = data.length / output.width;
  for (let column = 0; column < output.width; column++) {
    const base = column * job.rows.length;
    for (let i = 0; i < count; i++) {
      const place = job.order === undefined ? start + i : (job.order[start + i] ?? 0);
      target[base + place] = source[(i * output.width + column) * stride] ?? 0;
    }
  }
}
