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

/** The mean of two rows of the data, `share` of it the first, as row `row` of the batch (Zhang and others 2018). */
export function mixRows(source: usize, partner: usize, share: f32, row: usize): void {
  const stride = <usize>slot(BATCH_ROOM) << 5;
  const to = address(INPUT) + (row << 5);
  const numeric = slot(NUMERIC);
  let from = address(X) + ((source * <usize>numeric) << 2);
  let other = address(X) + ((partner * <usize>numeric) << 2);
  const own = f32x4.splat(share);
  const rest = f32x4.splat(1 - share);
  for (let panel = 0; panel < numeric >> 3; panel++) {
    const at = to + <usize>panel * stride;
    v128.store(at, f32x4.add(f32x4.mul(own, v128.load(from)), f32x4.mul(rest, v128.load(other))));
    v128.store(at, f32x4.add(f32x4.mul(own, v128.load(from, 16)), f32x4.mul(rest, v128.load(other, 16))), 16);
    from += 32;
    other += 32;
  }
  const embeddings = slot(EMBEDDINGS);
  for (let e = 0; e < embeddings; e++) {
    const table = address(EMBEDDING_TABLE) + <usize>(e * EMBEDDING_BYTES);
    const width = load<i32>(table, E_WIDTH);
    const column = load<i32>(table, E_COLUMN);
    const first = <usize>load<u32>(table, E_TABLE) + (<usize>(code(source, e) * width) << 2);
    const second = <usize>load<u32>(table, E_TABLE) + (<usize>(code(partner, e) * width) << 2);
    for (let j = 0; j < width; j++) {
      const mixed = share * load<f32>(first + (<usize>j << 2)) + (1 - share) * load<f32>(second + (<usize>j << 2));
      store<f32>(cell(to, column + j, stride), mixed);
    }
  }
}

/** Sums the gradients of the vectors of embedding `e` over the batch, in the order of its rows; `partners` 0: unmixed. */
export function sumEmbedding(e: i32, order: usize, partners: usize, share: f32, count: i32): void {
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
      const pull = load<f32>(cell(from, column + j, stride));
      store<f32>(place, load<f32>(place) + (partners ? share * pull : pull));
    }
    if (!partners) continue;
    const other = gradient + (<usize>(code(<usize>load<u32>(partners + (<usize>row << 2)), e) * width) << 2);
    for (let j = 0; j < width; j++) {
      const place = other + (<usize>j << 2);
      store<f32>(place, load<f32>(place) + (1 - share) * load<f32>(cell(from, column + j, stride)));
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
