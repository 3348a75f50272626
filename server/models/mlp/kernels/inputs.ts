/** The inputs of a batch: numeric columns and embeddings gathered to panels, and the embeddings' gradient. */
import {
  BATCH_ROOM, CODES, E_COLUMN, E_LEVELS, E_TABLE, E_WIDTH, EMBEDDING_BYTES, EMBEDDING_TABLE, EMBEDDINGS, GRADIENT,
  INPUT, INPUT_GRADIENT, NUMERIC, PARAMETERS, X,
} from './layout';
import { address, slot } from '../../gbdt/kernels/threads';

/** Row `source` of the data as row `row` of the batch. */
export function gatherRow(source: usize, row: usize): void {
  const stride = <usize>slot(BATCH_ROOM) << 5;
  const to = address(INPUT) + (row << 5);
  const numeric = slot(NUMERIC);
  let from = address(X) + ((source * <usize>numeric) << 2);
  for (let panel = 0; panel < numeric >> 3; panel++) {
    v128.store(to + <usize>panel * stride, v128.load(from));
    v128.store(to + <usize>panel * stride, v128.load(from, 16), 16);
    from += 32;
  }
  const embeddings = slot(EMBEDDINGS);
  for (let e = 0; e < embeddings; e++) {
    const table = address(EMBEDDING_TABLE) + <usize>(e * EMBEDDING_BYTES);
    const width = load<i32>(table, E_WIDTH);
    const column = load<i32>(table, E_COLUMN);
    const vector = <usize>load<u32>(table, E_TABLE) + (<usize>(code(source, e) * width) << 2);
    for (let j = 0; j < width; j++) store<f32>(cell(to, column + j, stride), load<f32>(vector + (<usize>j << 2)));
  }
}

/** Sums the gradients of the vectors of embedding `e` over the batch, in the order of its rows. */
export function sumEmbedding(e: i32, order: usize, count: i32): void {
  const stride = <usize>slot(BATCH_ROOM) << 5;
  const table = address(EMBEDDING_TABLE) + <usize>(e * EMBEDDING_BYTES);
  const width = load<i32>(table, E_WIDTH);
  const column = load<i32>(table, E_COLUMN);
  const gradient = <usize>load<u32>(table, E_TABLE) - address(PARAMETERS) + address(GRADIENT);
  memory.fill(gradient, 0, <usize>(load<i32>(table, E_LEVELS) * width) << 2);
  for (let row = 0; row < count; row++) {
    const vector = gradient + (<usize>(code(<usize>load<u32>(order + (<usize>row << 2)), e) * width) << 2);
    const from = address(INPUT_GRADIENT) + (<usize>row << 5);
    for (let j = 0; j < width; j++) {
      const place = vector + (<usize>j << 2);
      store<f32>(place, load<f32>(place) + load<f32>(cell(from, column + j, stride)));
    }
  }
}

@inline
function code(source: usize, e: i32): i32 {
  return load<i32>(address(CODES) + ((source * <usize>slot(EMBEDDINGS) + <usize>e) << 2));
}

@inline
function cell(panels: usize, column: i32, stride: usize): usize {
  return panels + <usize>(column >> 3) * stride + (<usize>(column & 7) << 2);
}
