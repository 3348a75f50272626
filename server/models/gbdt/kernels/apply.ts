/** Adds a tree's values to raw scores, by walking it with bins or from the lists that growing it left behind. */
import {
  BLOCK, NODES, NODE_BYTES, NODE_COLUMN, NODE_LEFT, NODE_RIGHT, NODE_SET, NODE_VALUE, OUTPUT, OUTPUTS, RAW, ROWS,
  ROW_BINS, STRIDE, VALID_BINS, VALID_RAW, VALID_ROWS,
} from './layout';
import { addLeafValues } from './grow';
import { address, shareBegin, slot } from './threads';

/** The tree just grown: training rows by the lists of its leaves, validation rows by walking. */
export function applyGrown(thread: i32): void {
  addLeafValues();
  applyToValid(thread);
}

/** A tree of a checkpoint: every row by walking. */
export function applyLoaded(thread: i32): void {
  const bytes = <usize>slot(OUTPUTS) << 3;
  const raw = address(RAW) + (<usize>slot(OUTPUT) << 3);
  const end = shareBegin(thread + 1, slot(ROWS), BLOCK);
  for (let row = shareBegin(thread, slot(ROWS), BLOCK); row < end; row++) addValue(row, address(ROW_BINS), raw, bytes);
  applyToValid(thread);
}

function applyToValid(thread: i32): void {
  const bytes = <usize>slot(OUTPUTS) << 3;
  const raw = address(VALID_RAW) + (<usize>slot(OUTPUT) << 3);
  const rows = slot(VALID_ROWS);
  const end = shareBegin(thread + 1, rows, BLOCK);
  for (let row = shareBegin(thread, rows, BLOCK); row < end; row++) addValue(row, address(VALID_BINS), raw, bytes);
}

/** Walks one row down the tree in NODES; at every node a set of 256 bits says which bins go left. */
@inline
function addValue(row: u32, bins: usize, raw: usize, bytes: usize): void {
  const nodes = address(NODES);
  const from = bins + <usize>row * <usize>slot(STRIDE);
  let node = nodes;
  let column = load<i32>(node, NODE_COLUMN);
  while (column >= 0) {
    const bin = <usize>load<u8>(from + column);
    const left = (load<u8>(node + (bin >> 3), NODE_SET) >> <u8>(bin & 7)) & 1;
    const next = load<i32>(node + (left ? NODE_LEFT : NODE_RIGHT));
    node = nodes + <usize>next * NODE_BYTES;
    column = load<i32>(node, NODE_COLUMN);
  }
  const place = raw + <usize>row * bytes;
  store<f64>(place, load<f64>(place) + load<f64>(node, NODE_VALUE));
}
