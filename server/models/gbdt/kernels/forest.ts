/**
 * Grows a tree of a random forest in each thread, by itself: a bootstrap sample, then node by node the best split among
 * a few columns drawn anew. A tree depends on its number and the seed alone.
 */
import {
  ARGUMENT, BIN_COUNTS, BLOCK, COLUMNS, COLUMN_BINS, FOREST_AREA, FOREST_BIN_BYTES, FOREST_COLUMNS, FOREST_COUNT,
  FOREST_DRAWS, FOREST_NODES, FOREST_PAIRS, FOREST_ROWS, FOREST_SPARE, IS_CATEGORY, MAX_DEPTH, MAX_LEAVES, MIN_LEAF,
  MIN_SPLIT, NODE_BYTES, NODE_COLUMN, NODE_CUT, NODE_LEFT, NODE_RIGHT, NODE_ROWS, NODE_SET, NODE_VALUE, OOB_COUNTS,
  OOB_SUMS, OUTPUT, OUTPUTS, PITCH, ROWS, ROW_BINS, STRIDE, TARGET, THREAD_AREA, THREAD_BYTES, TRIED, WEIGHT,
} from './layout';
import { address, shareBegin, slot } from './threads';

let area: usize = 0;
let state: u64 = 0;
let nodes: i32 = 0;
// The node being split: where its rows stand, how many, their weight and their weighted sum.
let begin: i32 = 0;
let rows: i32 = 0;
let weight: f64 = 0;
let sum: f64 = 0;
let isPure: bool = false;
// The best split of it so far.
let bestGain: f64 = 0;
let bestColumn: i32 = -1;
let bestCut: i32 = -1;
let bestHasMissing: bool = false;

@inline
function areaOf(thread: i32): usize {
  return address(THREAD_AREA) + <usize>thread * <usize>slot(THREAD_BYTES);
}

/** Offset of a part of the thread's area, as the slots say. */
@inline
function partAt(part: i32): usize {
  return area + <usize>slot(part);
}

/** SplitMix64 (Steele, Lea and Flood 2014), its upper half. */
function draw(): u32 {
  state += 0x9e3779b97f4a7c15;
  let z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return <u32>((z ^ (z >> 31)) >> 32);
}

/** A number below `limit`. */
@inline
function drawBelow(limit: u32): u32 {
  return <u32>((<u64>draw() * limit) >> 32);
}

/** Arguments: seed (two words), number of the first thread's tree, trees in this batch, 1 to draw the sample only. */
export function growForestTree(thread: i32): void {
  area = areaOf(thread);
  nodes = 0;
  if (thread >= slot(ARGUMENT + 3)) return;
  const seed = (<u64><u32>slot(ARGUMENT + 1) << 32) | <u64><u32>slot(ARGUMENT);
  state = seed ^ (<u64>(<u32>slot(ARGUMENT + 2) + thread + 1) * 0xd1342543de82ef95);
  const stack = area + FOREST_AREA;
  drawSample();
  if (slot(ARGUMENT + 4)) return;
  // The trees of all classes share a sample, but draw columns of their own.
  state ^= <u64>(slot(OUTPUT) + 1) * 0x9fb21c651e98df25;
  push(stack, 0, begin, rows, 0);
  nodes = 1;
  let depth = 1;
  while (depth > 0) {
    depth--;
    const entry = stack + (<usize>depth << 4);
    const node = load<i32>(entry);
    begin = load<i32>(entry, 4);
    rows = load<i32>(entry, 8);
    const level = load<i32>(entry, 12);
    gatherNode();
    if (!mayGrow(level) || !search()) {
      writeLeaf(node);
      continue;
    }
    const left = divideRows(node);
    store<i32>(nodeAt(node), nodes, NODE_LEFT);
    store<i32>(nodeAt(node), nodes + 1, NODE_RIGHT);
    push(stack + (<usize>depth << 4), nodes + 1, begin + left, rows - left, level + 1);
    push(stack + (<usize>(depth + 1) << 4), nodes, begin, left, level + 1);
    depth += 2;
    nodes += 2;
  }
  store<i32>(area, nodes, FOREST_COUNT);
}

function push(entry: usize, node: i32, from: i32, count: i32, level: i32): void {
  store<i32>(entry, node);
  store<i32>(entry, from, 4);
  store<i32>(entry, count, 8);
  store<i32>(entry, level, 12);
}

@inline
function nodeAt(node: i32): usize {
  return partAt(FOREST_NODES) + <usize>node * NODE_BYTES;
}

/** Draws as many rows as there are, with replacement; those drawn stand in the list once, in order. */
function drawSample(): void {
  const all = slot(ROWS);
  const draws = partAt(FOREST_DRAWS);
  const list = partAt(FOREST_ROWS);
  memory.fill(draws, 0, all);
  for (let i = 0; i < all; i++) {
    const place = draws + drawBelow(all);
    store<u8>(place, min(load<u8>(place) + 1, 255));
  }
  begin = 0;
  rows = 0;
  for (let row = 0; row < all; row++) {
    if (!load<u8>(draws + row)) continue;
    store<u32>(list + (<usize>rows << 2), row);
    rows++;
  }
  const columns = partAt(FOREST_COLUMNS);
  for (let column = 0; column < slot(COLUMNS); column++) store<u32>(columns + (<usize>column << 2), column);
}

/** Brings weight and weighted target of the node's rows together, and sums them. */
function gatherNode(): void {
  const list = partAt(FOREST_ROWS) + (<usize>begin << 2);
  const pairs = partAt(FOREST_PAIRS);
  const draws = partAt(FOREST_DRAWS);
  const target = address(TARGET);
  const weights = address(WEIGHT);
  const outputs = slot(OUTPUTS);
  const output = <f32>slot(OUTPUT);
  weight = 0;
  sum = 0;
  let lowest: f32 = Infinity;
  let highest: f32 = -Infinity;
  for (let i = 0; i < rows; i++) {
    const row = <usize>load<u32>(list + (<usize>i << 2));
    let y = load<f32>(target + (row << 2));
    if (outputs > 1) y = <f32>i32(y == output);
    let w = <f32>load<u8>(draws + row);
    if (weights) w *= load<f32>(weights + (row << 2));
    store<f32>(pairs + (<usize>i << 3), w);
    store<f32>(pairs + (<usize>i << 3), w * y, 4);
    weight += w;
    sum += w * y;
    lowest = min(lowest, y);
    highest = max(highest, y);
  }
  isPure = lowest == highest;
}

@inline
function mayGrow(level: i32): bool {
  return !isPure && level < slot(MAX_DEPTH) && rows >= max(slot(MIN_SPLIT), 2 * slot(MIN_LEAF)) && nodes + 2 < 2 * slot(MAX_LEAVES);
}

function writeLeaf(node: i32): void {
  const to = nodeAt(node);
  store<i32>(to, -1, NODE_COLUMN);
  store<i32>(to, rows, NODE_ROWS);
  store<f64>(to, weight > 0 ? sum / weight : 0, NODE_VALUE);
}

/** Looks at columns in random order until enough that vary were tried; false where none parts the rows. */
function search(): bool {
  const columns = partAt(FOREST_COLUMNS);
  const count = slot(COLUMNS);
  bestGain = ((sum * sum) / weight) * (1 + 1e-9);
  bestColumn = -1;
  let left = slot(TRIED);
  for (let drawn = 0; drawn < count && left > 0; drawn++) {
    const at = columns + (<usize>drawn << 2);
    const other = columns + (<usize>(drawn + <i32>drawBelow(count - drawn)) << 2);
    const column = load<u32>(other);
    store<u32>(other, load<u32>(at));
    store<u32>(at, column);
    if (countColumn(column) > 1) left--;
  }
  return bestColumn >= 0;
}

/** Sums the node's rows by bin, then tries its cuts; returns how many bins hold rows. */
function countColumn(column: u32): i32 {
  const bins = address(COLUMN_BINS) + <usize>column * <usize>slot(PITCH);
  const list = partAt(FOREST_ROWS) + (<usize>begin << 2);
  const pairs = partAt(FOREST_PAIRS);
  const histogram = partAt(FOREST_SPARE);
  const present = histogram + 256 * FOREST_BIN_BYTES;
  memory.fill(present, 0, 256);
  for (let i = 0; i < rows; i++) {
    const bin = <usize>load<u8>(bins + load<u32>(list + (<usize>i << 2)));
    const place = histogram + bin * FOREST_BIN_BYTES;
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(pairs + (<usize>i << 3)));
    if (load<u8>(present + bin)) {
      v128.store(place, f64x2.add(v128.load(place), pair));
      store<i32>(place, load<i32>(place, 16) + 1, 16);
    } else {
      store<u8>(present + bin, 1);
      v128.store(place, pair);
      store<i32>(place, 1, 16);
    }
  }
  return scanColumn(column, histogram, present);
}

/** Lists the bins with rows, sorted for categories by mean, and tries each cut with missing values on either side. */
function scanColumn(column: u32, histogram: usize, present: usize): i32 {
  const missing = load<u32>(address(BIN_COUNTS) + (<usize>column << 2));
  const order = present + 256;
  let count = 0;
  for (let word = 0; word < 256; word += 8) {
    if (load<u64>(present + word) == 0) continue;
    for (let bin = word; bin < word + 8; bin++) {
      if (!load<u8>(present + bin) || <u32>bin == missing) continue;
      store<u8>(order + count, <u8>bin);
      count++;
    }
  }
  const isMissing = load<u8>(present + missing) != 0;
  if (load<u8>(address(IS_CATEGORY) + column)) sortByMean(histogram, order, count);
  if (count > 1) tryCuts(column, histogram, order, count, 0, isMissing);
  if (isMissing && count > 0) {
    tryCuts(column, histogram, order, count, histogram + <usize>missing * FOREST_BIN_BYTES, true);
  }
  return count + i32(isMissing);
}

function sortByMean(histogram: usize, order: usize, count: i32): void {
  for (let i = 1; i < count; i++) {
    const bin = load<u8>(order + i);
    const mean = meanOf(histogram, bin);
    let at = i;
    for (; at > 0 && meanOf(histogram, load<u8>(order + at - 1)) > mean; at--) {
      store<u8>(order + at, load<u8>(order + at - 1));
    }
    store<u8>(order + at, bin);
  }
}

@inline
function meanOf(histogram: usize, bin: u8): f64 {
  const place = histogram + <usize>bin * FOREST_BIN_BYTES;
  return load<f64>(place, 8) / load<f64>(place);
}

/** S_l² / W_l + S_r² / W_r, which falls as the squared errors (for two classes: Gini's impurity) rise. */
function tryCuts(column: u32, histogram: usize, order: usize, count: i32, extra: usize, isMissing: bool): void {
  let leftWeight: f64 = extra ? load<f64>(extra) : 0;
  let leftSum: f64 = extra ? load<f64>(extra, 8) : 0;
  let leftRows = extra ? load<i32>(extra, 16) : 0;
  const least = slot(MIN_LEAF);
  for (let i = 0; i < count; i++) {
    const place = histogram + <usize>load<u8>(order + i) * FOREST_BIN_BYTES;
    leftWeight += load<f64>(place);
    leftSum += load<f64>(place, 8);
    leftRows += load<i32>(place, 16);
    if (leftRows < least) continue;
    if (rows - leftRows < least) break;
    const right = sum - leftSum;
    const gain = (leftSum * leftSum) / leftWeight + (right * right) / (weight - leftWeight);
    if (gain > bestGain) {
      bestGain = gain;
      bestColumn = column;
      bestCut = load<u8>(order + i);
      bestHasMissing = isMissing;
      keepSet(order, i, extra != 0);
    }
  }
}

/** Remembers which bins go left: those listed so far, and for numbers all below them. */
function keepSet(order: usize, last: i32, missingLeft: bool): void {
  const table = partAt(FOREST_SPARE) + 256 * FOREST_BIN_BYTES + 512;
  const missing = load<u32>(address(BIN_COUNTS) + (<usize>bestColumn << 2));
  memory.fill(table, 0, 256);
  if (load<u8>(address(IS_CATEGORY) + bestColumn)) {
    for (let i = 0; i <= last; i++) store<u8>(table + load<u8>(order + i), 1);
  } else {
    memory.fill(table, 1, bestCut + 1);
  }
  store<u8>(table + missing, <u8>missingLeft);
}

/** Writes the split and moves the rows of its left side to the front; returns how many. */
function divideRows(node: i32): i32 {
  const table = partAt(FOREST_SPARE) + 256 * FOREST_BIN_BYTES + 512;
  const bins = address(COLUMN_BINS) + <usize>bestColumn * <usize>slot(PITCH);
  const list = partAt(FOREST_ROWS) + (<usize>begin << 2);
  // The pairs are read no more: their place takes the right side.
  const spare = partAt(FOREST_PAIRS);
  let left: usize = 0;
  let right: usize = 0;
  for (let i = 0; i < rows; i++) {
    const row = load<u32>(list + (<usize>i << 2));
    const goes = <usize>load<u8>(table + load<u8>(bins + row));
    store<u32>(list + (left << 2), row);
    store<u32>(spare + (right << 2), row);
    left += goes;
    right += 1 - goes;
  }
  memory.copy(list + (left << 2), spare, right << 2);
  const to = nodeAt(node);
  const missing = load<u32>(address(BIN_COUNTS) + (<usize>bestColumn << 2));
  // Where values go of which the node has none: to its heavier side.
  if (!bestHasMissing && 2 * <i32>left >= rows) store<u8>(table + missing, 1);
  store<i32>(to, bestColumn, NODE_COLUMN);
  store<i32>(to, load<u8>(address(IS_CATEGORY) + bestColumn) ? -1 : bestCut, NODE_CUT);
  store<i32>(to, rows, NODE_ROWS);
  store<f64>(to, 0, NODE_VALUE);
  memory.fill(to + NODE_SET, 0, 32);
  for (let bin = 0; bin < 256; bin++) {
    const place = to + NODE_SET + (bin >> 3);
    store<u8>(place, load<u8>(place) | (load<u8>(table + bin) << <u8>(bin & 7)));
  }
  return <i32>left;
}

/** Adds what the batch's trees say about rows that they did not see; trees in order, each thread its rows. */
export function addOutOfBag(thread: i32): void {
  const outputs = <usize>slot(OUTPUTS);
  const output = <usize>slot(OUTPUT);
  const end = shareBegin(thread + 1, slot(ROWS), BLOCK);
  for (let tree = 0; tree < slot(ARGUMENT + 3); tree++) {
    area = areaOf(tree);
    const draws = partAt(FOREST_DRAWS);
    const root = partAt(FOREST_NODES);
    for (let row = shareBegin(thread, slot(ROWS), BLOCK); row < end; row++) {
      if (load<u8>(draws + row)) continue;
      const place = address(OOB_SUMS) + ((<usize>row * outputs + output) << 3);
      store<f64>(place, load<f64>(place) + valueOf(root, row));
      const count = address(OOB_COUNTS) + ((<usize>row * outputs + output) << 2);
      store<u32>(count, load<u32>(count) + 1);
    }
  }
}

function valueOf(root: usize, row: u32): f64 {
  const from = address(ROW_BINS) + <usize>row * <usize>slot(STRIDE);
  let node = root;
  let column = load<i32>(node, NODE_COLUMN);
  while (column >= 0) {
    const bin = <usize>load<u8>(from + column);
    const left = (load<u8>(node + (bin >> 3), NODE_SET) >> <u8>(bin & 7)) & 1;
    node = root + <usize>load<i32>(node + (left ? NODE_LEFT : NODE_RIGHT)) * NODE_BYTES;
    column = load<i32>(node, NODE_COLUMN);
  }
  return load<f64>(node, NODE_VALUE);
}
