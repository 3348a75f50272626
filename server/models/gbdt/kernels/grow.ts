/**
 * Grows one tree leaf by leaf, best gain first. All threads run this same code: each owns a share of the rows (lists,
 * partition, counting) and, once counts are merged, a share of the columns (search); what they decide, they decide
 * from the same numbers.
 */
import {
  AREA_BEST, AREA_COUNTS, AREA_GO_LEFT, AREA_LEAVES, BAG_LIMIT, BLOCK, CHOSEN, CHOSEN_LIST, HEADER, HISTOGRAM_BYTES,
  KEEP, LEAF_BEGIN, LEAF_BYTES, LEAF_DEPTH, LEAF_HIGH, LEAF_LOCAL, LEAF_LOW, LEAF_NODE, LEAF_OUT_BEGIN, LEAF_OUT_LOCAL, LEAF_ROWS,
  LEAF_SLOT, LEAF_SPLIT, LEAF_STRICT, LEAF_SUM, LEARNING_RATE, MAX_DEPTH, MAX_LEAVES, MIN_LEAF, MONOTONE, MONOTONE_SIGNS, NODES, NODE_BYTES,
  NODE_COLUMN, NODE_COUNT, NODE_CUT, NODE_LEFT, NODE_RIGHT, NODE_ROWS, NODE_SET, NODE_VALUE, POOL, ROWS, ROW_LIST,
  SPLIT_BYTES, SPLIT_COLUMN, SPLIT_CUT, SPLIT_GAIN, SPLIT_LEFT_SUM, SPLIT_SET, THREADS, THREAD_AREA, THREAD_BYTES,
} from './layout';
import { addHistogram, copyHistogram, countRows, entries, subtractHistogram } from './histogram';
import { addToRows, drawBag, partRows, spreadSet } from './rows';
import { leafValue, searchSplit } from './split';
import { address, barrier, real, shareBegin, slot } from './threads';

let me: i32 = 0;
let area: usize = 0;
let parity: i32 = 0;
let leaves: i32 = 0;
let nodes: i32 = 0;
/** This thread's share of the chosen columns. */
let firstColumn: i32 = 0;
let lastColumn: i32 = 0;
/** Rows of this thread's share that are in the bag: they stand first in its part of the list. */
let bagged: i32 = 0;

@inline
function areaOf(thread: i32): usize {
  return address(THREAD_AREA) + <usize>thread * <usize>slot(THREAD_BYTES);
}

@inline
function leafAt(leaf: i32): usize {
  return area + AREA_LEAVES + <usize>leaf * LEAF_BYTES;
}

@inline
function nodeAt(node: i32): usize {
  return address(NODES) + <usize>node * NODE_BYTES;
}

@inline
function pooled(index: i32): usize {
  return address(POOL) + <usize>index * <usize>slot(CHOSEN) * HISTOGRAM_BYTES;
}

/** This thread's own histogram stands behind its leaves, its gather buffers behind that. */
@inline
function ownHistogram(): usize {
  return area + AREA_LEAVES + <usize>slot(MAX_LEAVES) * LEAF_BYTES;
}

@inline
function gatherBuffer(): usize {
  return ownHistogram() + <usize>slot(CHOSEN) * HISTOGRAM_BYTES;
}

/** Grows the tree into NODES; false where not even the root could be split. */
export function growTree(thread: i32): bool {
  me = thread;
  area = areaOf(thread);
  parity = 0;
  const threads = slot(THREADS);
  const columns = slot(CHOSEN);
  firstColumn = (columns * thread + threads - 1) / threads;
  lastColumn = (columns * (thread + 1) + threads - 1) / threads;
  plantRoot();
  while (leaves < slot(MAX_LEAVES)) {
    const leaf = bestLeaf();
    if (leaf < 0) break;
    splitLeaf(leaf);
  }
  if (thread == 0) finishNodes();
  barrier();
  return leaves > 1;
}

function plantRoot(): void {
  const leaf = leafAt(0);
  const begin = shareBegin(me, slot(ROWS), BLOCK);
  const end = shareBegin(me + 1, slot(ROWS), BLOCK);
  bagged = drawBag(begin, end);
  leaves = 1;
  nodes = 1;
  store<u32>(leaf, begin, LEAF_BEGIN);
  store<i32>(leaf, bagged, LEAF_LOCAL);
  store<i32>(leaf, begin + bagged, LEAF_OUT_BEGIN);
  store<i32>(leaf, end - begin - bagged, LEAF_OUT_LOCAL);
  store<i32>(leaf, 0, LEAF_NODE);
  store<i32>(leaf, 0, LEAF_DEPTH);
  store<i32>(leaf, 0, LEAF_SLOT);
  store<i32>(leaf, 0, LEAF_STRICT);
  store<f64>(leaf, 0, LEAF_SPLIT + SPLIT_GAIN);
  store<f64>(leaf, -Infinity, LEAF_LOW);
  store<f64>(leaf, Infinity, LEAF_HIGH);
  publishCounts(bagged, 0);
  countLeaf(0);
  barrier();
  store<i32>(leaf, countOfAll(0), LEAF_ROWS);
  merge(0);
  barrier();
  // Any column holds every row once: the first gives the sums of the root.
  let sum: i64 = 0;
  const histogram = pooled(0);
  for (let entry = 0; entry < entries(0); entry++) sum += load<i64>(histogram + (<usize>entry << 3));
  store<i64>(leaf, sum, LEAF_SUM);
  if (maySplit(0)) {
    search(0, 0);
    barrier();
    choose(0, 0);
  }
}

/** The leaf with the largest gain, the oldest among equals; -1: none can be split. */
function bestLeaf(): i32 {
  let best: f64 = 0;
  let at = -1;
  for (let leaf = 0; leaf < leaves; leaf++) {
    const gain = load<f64>(leafAt(leaf), LEAF_SPLIT + SPLIT_GAIN);
    if (gain > best) {
      best = gain;
      at = leaf;
    }
  }
  return at;
}

/**
 * Splits a leaf: the left side keeps its number. The lighter side is counted before the threads meet, in the hope that
 * the split holds; where a side has too few rows after all, the leaf is searched again.
 */
function splitLeaf(number: i32): void {
  const leaf = leafAt(number);
  const local = load<i32>(leaf, LEAF_LOCAL);
  spreadSet(leaf + LEAF_SPLIT + SPLIT_SET, area + AREA_GO_LEFT);
  const left = partLeaf(leaf, load<i32>(leaf, LEAF_BEGIN), local);
  publishCounts(left, local - left);
  const leftSum = load<i64>(leaf, LEAF_SPLIT + SPLIT_LEFT_SUM) & 0xffffffff;
  const leftIsLighter = 2 * leftSum <= (load<i64>(leaf, LEAF_SUM) & 0xffffffff);
  const grows = leaves + 1 < slot(MAX_LEAVES) && load<i32>(leaf, LEAF_DEPTH) + 1 < slot(MAX_DEPTH);
  if (grows && slot(KEEP)) {
    const begin = load<i32>(leaf, LEAF_BEGIN);
    if (leftIsLighter) countList(begin, left, leaves);
    else countList(begin + left, local - left, leaves);
  }
  barrier();
  const leftRows = countOfAll(0);
  const rightRows = countOfAll(1);
  parity ^= 1;
  if (min(leftRows, rightRows) < slot(MIN_LEAF)) {
    searchAgain(number);
    return;
  }
  const right = divide(number, left, leftRows, rightRows);
  if (!maySplit(number) && !maySplit(right)) return;
  if (slot(KEEP)) {
    const parentSlot = load<i32>(leaf, LEAF_SLOT);
    const light = leaves - 1;
    store<i32>(leafAt(leftIsLighter ? number : right), light, LEAF_SLOT);
    merge(light);
    subtractHistogram(pooled(parentSlot), pooled(light), firstColumn, lastColumn);
  } else countBoth(number, right);
  searchBoth(number, right);
}

@inline
function publishCounts(left: i32, right: i32): void {
  store<i32>(area + AREA_COUNTS + (parity << 3), left);
  store<i32>(area + AREA_COUNTS + (parity << 3), right, 4);
}

@inline
function countOfAll(side: i32): i32 {
  let sum = 0;
  for (let thread = 0; thread < slot(THREADS); thread++) {
    sum += load<i32>(areaOf(thread) + AREA_COUNTS + (parity << 3) + (side << 2));
  }
  return sum;
}

/** Parts a list of rows by the leaf's split; returns how many go left. */
@inline
function partLeaf(leaf: usize, begin: i32, rows: i32): i32 {
  const chosen = <usize>load<i32>(leaf, LEAF_SPLIT + SPLIT_COLUMN);
  const column = load<u32>(address(CHOSEN_LIST) + (chosen << 2));
  return partRows(begin, rows, column, area + AREA_GO_LEFT);
}

/** The leaf's candidate did not hold: demands more hessian a side and searches it again, a few times at most. */
function searchAgain(number: i32): void {
  const leaf = leafAt(number);
  const strict = load<i32>(leaf, LEAF_STRICT) + 1;
  store<i32>(leaf, strict, LEAF_STRICT);
  store<f64>(leaf, 0, LEAF_SPLIT + SPLIT_GAIN);
  if (strict > 3) return;
  if (!slot(KEEP)) {
    store<i32>(leaf, 0, LEAF_SLOT);
    countLeaf(number);
    barrier();
    merge(0);
  }
  search(number, 0);
  barrier();
  choose(number, 0);
}

/** Writes the split into the node and makes two leaves of one; returns the number of the right one. */
function divide(number: i32, left: i32, leftRows: i32, rightRows: i32): i32 {
  const leaf = leafAt(number);
  const split = leaf + LEAF_SPLIT;
  const node = load<i32>(leaf, LEAF_NODE);
  if (me == 0) {
    const to = nodeAt(node);
    store<i32>(to, load<i32>(address(CHOSEN_LIST) + (<usize>load<i32>(split, SPLIT_COLUMN) << 2)), NODE_COLUMN);
    store<i32>(to, nodes, NODE_LEFT);
    store<i32>(to, nodes + 1, NODE_RIGHT);
    store<i32>(to, load<i32>(split, SPLIT_CUT), NODE_CUT);
    store<i32>(to, leftRows + rightRows, NODE_ROWS);
    store<f64>(to, 0, NODE_VALUE);
    memory.copy(to + NODE_SET, split + SPLIT_SET, 32);
  }
  const right = leaves++;
  const other = leafAt(right);
  const leftSum = load<i64>(split, SPLIT_LEFT_SUM);
  memory.copy(other, leaf, LEAF_BYTES);
  store<u32>(other, load<u32>(leaf, LEAF_BEGIN) + left, LEAF_BEGIN);
  store<i32>(other, load<i32>(leaf, LEAF_LOCAL) - left, LEAF_LOCAL);
  store<i64>(other, load<i64>(leaf, LEAF_SUM) - leftSum, LEAF_SUM);
  store<i32>(leaf, left, LEAF_LOCAL);
  store<i64>(leaf, leftSum, LEAF_SUM);
  const outBegin = load<i32>(leaf, LEAF_OUT_BEGIN);
  const out = load<i32>(leaf, LEAF_OUT_LOCAL);
  const outLeft = partLeaf(leaf, outBegin, out);
  store<i32>(leaf, outLeft, LEAF_OUT_LOCAL);
  store<i32>(other, outBegin + outLeft, LEAF_OUT_BEGIN);
  store<i32>(other, out - outLeft, LEAF_OUT_LOCAL);
  if (slot(MONOTONE)) boundSides(leaf, other);
  become(leaf, nodes, leftRows);
  become(other, nodes + 1, rightRows);
  nodes += 2;
  return right;
}

/**
 * Beneath a split of a monotone column no value of one side may pass the middle of both (LightGBM's method `basic`). The
 * leaf still holds the split.
 */
function boundSides(left: usize, right: usize): void {
  const chosen = <usize>load<i32>(left, LEAF_SPLIT + SPLIT_COLUMN);
  const column = <usize>load<u32>(address(CHOSEN_LIST) + (chosen << 2));
  const sign = load<i8>(address(MONOTONE_SIGNS) + column);
  if (sign == 0) return;
  const middle = (boundedValue(left) + boundedValue(right)) / 2;
  store<f64>(sign > 0 ? left : right, middle, LEAF_HIGH);
  store<f64>(sign > 0 ? right : left, middle, LEAF_LOW);
}

function become(leaf: usize, node: i32, rows: i32): void {
  store<i32>(leaf, node, LEAF_NODE);
  store<i32>(leaf, rows, LEAF_ROWS);
  store<i32>(leaf, load<i32>(leaf, LEAF_DEPTH) + 1, LEAF_DEPTH);
  store<i32>(leaf, 0, LEAF_STRICT);
  store<f64>(leaf, 0, LEAF_SPLIT + SPLIT_GAIN);
}

/** No histogram is counted for a leaf at the depth limit, of too few rows, or after the last split. */
function maySplit(number: i32): bool {
  const leaf = leafAt(number);
  return (
    leaves < slot(MAX_LEAVES) &&
    load<i32>(leaf, LEAF_DEPTH) < slot(MAX_DEPTH) &&
    load<i32>(leaf, LEAF_ROWS) >= 2 * slot(MIN_LEAF)
  );
}

/** Without room to keep histograms: counts both children anew, into two places. */
function countBoth(left: i32, right: i32): void {
  store<i32>(leafAt(left), 0, LEAF_SLOT);
  store<i32>(leafAt(right), 1, LEAF_SLOT);
  countLeaf(left);
  barrier();
  merge(0);
  barrier();
  countLeaf(right);
  barrier();
  merge(1);
}

function searchBoth(left: i32, right: i32): void {
  if (maySplit(left)) search(left, 0);
  if (maySplit(right)) search(right, 1);
  barrier();
  if (maySplit(left)) choose(left, 0);
  if (maySplit(right)) choose(right, 1);
}

function countLeaf(number: i32): void {
  const leaf = leafAt(number);
  countList(load<i32>(leaf, LEAF_BEGIN), load<i32>(leaf, LEAF_LOCAL), load<i32>(leaf, LEAF_SLOT));
}

/** Counts a part of this thread's list: straight into a place of the pool where there is no other thread. */
function countList(begin: i32, rows: i32, index: i32): void {
  const histogram = slot(THREADS) == 1 ? pooled(index) : ownHistogram();
  const isWhole = rows == bagged && <u32>slot(BAG_LIMIT) == u32.MAX_VALUE;
  countRows(address(ROW_LIST) + (<usize>begin << 2), rows, isWhole ? begin : -1, histogram, gatherBuffer());
}

/** Adds all threads' counts of this thread's columns into a place of the pool. */
function merge(index: i32): void {
  const threads = slot(THREADS);
  if (threads == 1) return;
  const offset = ownHistogram() - area;
  copyHistogram(pooled(index), areaOf(0) + offset, firstColumn, lastColumn);
  for (let thread = 1; thread < threads; thread++) {
    addHistogram(pooled(index), areaOf(thread) + offset, firstColumn, lastColumn);
  }
}

function search(number: i32, side: i32): void {
  const leaf = leafAt(number);
  const histogram = pooled(load<i32>(leaf, LEAF_SLOT));
  const to = area + AREA_BEST + <usize>side * SPLIT_BYTES;
  searchSplit(
    histogram, load<i64>(leaf, LEAF_SUM), load<i32>(leaf, LEAF_ROWS), load<i32>(leaf, LEAF_STRICT), firstColumn,
    lastColumn, to, area, load<f64>(leaf, LEAF_LOW), load<f64>(leaf, LEAF_HIGH),
  );
}

/** Takes the best of all threads' candidates; threads own ascending columns, so that ties go to the first column. */
function choose(number: i32, side: i32): void {
  const split = leafAt(number) + LEAF_SPLIT;
  for (let thread = 0; thread < slot(THREADS); thread++) {
    const candidate = areaOf(thread) + AREA_BEST + <usize>side * SPLIT_BYTES;
    if (load<f64>(candidate, SPLIT_GAIN) > load<f64>(split, SPLIT_GAIN)) memory.copy(split, candidate, SPLIT_BYTES);
  }
}

/** Writes the leaves' nodes. */
function finishNodes(): void {
  for (let number = 0; number < leaves; number++) {
    const leaf = leafAt(number);
    const node = nodeAt(load<i32>(leaf, LEAF_NODE));
    store<i32>(node, -1, NODE_COLUMN);
    store<i32>(node, load<i32>(leaf, LEAF_ROWS), NODE_ROWS);
    store<f64>(node, valueOf(leaf), NODE_VALUE);
  }
  store<i32>(HEADER + (NODE_COUNT << 2), nodes);
}

@inline
function boundedValue(leaf: usize): f64 {
  return max(load<f64>(leaf, LEAF_LOW), min(load<f64>(leaf, LEAF_HIGH), leafValue(load<i64>(leaf, LEAF_SUM))));
}

@inline
function valueOf(leaf: usize): f64 {
  return real(LEARNING_RATE) * boundedValue(leaf);
}

/** Adds the values of the tree just grown to the raw scores of this thread's rows, in the bag or not. */
export function addLeafValues(): void {
  for (let number = 0; number < leaves; number++) {
    const leaf = leafAt(number);
    const value = load<f64>(nodeAt(load<i32>(leaf, LEAF_NODE)), NODE_VALUE);
    addToRows(load<i32>(leaf, LEAF_BEGIN), load<i32>(leaf, LEAF_LOCAL), value);
    addToRows(load<i32>(leaf, LEAF_OUT_BEGIN), load<i32>(leaf, LEAF_OUT_LOCAL), value);
  }
}
