/** One thread's part of training steps and of predictions: its rows forth and back, its share of the gradients. */
import {
  ACTIVATION, BATCH, BATCH_NORM, BATCH_ROOM, DROPOUT, DROPOUT_SEED, EMBEDDINGS, FIRST_STEP, GRADIENT, INPUT,
  INPUT_GRADIENT, L_AFTER, L_BEFORE, L_BIAS, L_DELTA, L_IN, L_OUT, L_TRANSPOSED, L_UNITS, L_WEIGHTS, LAST_STEP,
  LAYER_BYTES, LAYER_TABLE, LAYERS, LOSS, LOSSES, NUMERIC, ORDER, OUTPUTS, PARAMETERS, PARTNERS, RAW, ROWS, SHARES,
  STEPS_BEFORE,
} from './layout';
import { REALS } from '../../gbdt/kernels/layout';
import { address, barrier, real, shareBegin, slot } from '../../gbdt/kernels/threads';
import { activate, dropout4, dropoutKey, slope } from './activations';
import { gatherRow, mixRows, sumEmbedding } from './inputs';
import { lossOfRows } from './loss';
import { normalise, normaliseBack, normaliseByRunning } from './normalise';
import { multiply, multiplyTransposed, sumColumns, transpose } from './panels';
import { update } from './update';

@inline
function layerAt(index: i32): usize {
  return address(LAYER_TABLE) + <usize>(index * LAYER_BYTES);
}

@inline
function word(layer: usize, field: usize): usize {
  return <usize>load<u32>(layer + field);
}

/** What layer `index` reads. */
@inline
function inputOf(index: i32): usize {
  return index == 0 ? address(INPUT) : word(layerAt(index - 1), L_AFTER);
}

export function train(thread: i32): void {
  rebuild(thread);
  barrier();
  for (let step = slot(FIRST_STEP); step < slot(LAST_STEP); step++) {
    const start = step * slot(BATCH);
    const count = min(slot(BATCH), slot(ROWS) - start);
    const begin = shareBegin(thread, count, 4);
    const end = shareBegin(thread + 1, count, 4);
    const rowsEnd = begin + ((end - begin + 3) & ~3);
    const order = address(ORDER) + (<usize>start << 2);
    const partners = slot(PARTNERS) ? address(PARTNERS) + (<usize>start << 2) : 0;
    const share: f32 = partners ? load<f32>(address(SHARES) + (<usize>step << 2)) : 1;
    for (let row = begin; row < end; row++) {
      const source = <usize>load<u32>(order + (<usize>row << 2));
      if (partners) mixRows(source, <usize>load<u32>(partners + (<usize>row << 2)), share, row);
      else gatherRow(source, row);
    }
    forward(thread, count, begin, rowsEnd, step);
    lossOfRows(layerAt(slot(LAYERS) - 1), order, partners, share, count, begin, rowsEnd);
    backward(thread, count, begin, rowsEnd, step);
    barrier();
    gradients(thread, count, order, partners, share);
    barrier();
    update(thread, step);
    barrier();
    rebuild(thread);
    barrier();
  }
}

function forward(thread: i32, count: i32, begin: i32, end: i32, step: i32): void {
  const last = slot(LAYERS) - 1;
  for (let index = 0; index <= last; index++) {
    const layer = layerAt(index);
    project(layer, index, begin, end);
    if (index == last) return;
    if (slot(BATCH_NORM)) {
      barrier();
      const panels = load<i32>(layer, L_OUT) >> 3;
      normalise(layer, count, shareBegin(thread, panels, 1), shareBegin(thread + 1, panels, 1));
      barrier();
    }
    activateRows(layer, index, begin, end, step, real(DROPOUT) > 0);
  }
}

@inline
function project(layer: usize, index: i32, begin: i32, end: i32): void {
  multiply(
    inputOf(index), load<i32>(layer, L_IN) >> 3, slot(BATCH_ROOM), word(layer, L_WEIGHTS), word(layer, L_BIAS),
    word(layer, L_BEFORE), load<i32>(layer, L_OUT) >> 3, begin, end,
  );
}

function activateRows(layer: usize, index: i32, begin: i32, end: i32, step: i32, drops: bool): void {
  const stride = <usize>slot(BATCH_ROOM) << 5;
  const kind = slot(ACTIVATION);
  const units = load<i32>(layer, L_UNITS);
  const share = <f32>real(DROPOUT);
  const kept = <f32>(1 / (1 - real(DROPOUT)));
  const key = dropoutKey(slot(DROPOUT_SEED), slot(STEPS_BEFORE) + step, index);
  for (let j = 0; j < load<i32>(layer, L_OUT); j += 4) {
    const panel = <usize>(j >> 3) * stride + (<usize>(j & 4) << 2);
    for (let row = begin; row < end; row++) {
      const at = panel + (<usize>row << 5);
      let value = activate(kind, v128.load(word(layer, L_BEFORE) + at));
      if (drops) value = f32x4.mul(value, dropout4(key, row * units + j, share, kept));
      v128.store(word(layer, L_AFTER) + at, value);
    }
  }
}

/** Deltas of every layer, from those of the last. */
function backward(thread: i32, count: i32, begin: i32, end: i32, step: i32): void {
  const room = slot(BATCH_ROOM);
  for (let index = slot(LAYERS) - 1; index > 0; index--) {
    const layer = layerAt(index);
    const below = layerAt(index - 1);
    multiply(
      word(layer, L_DELTA), load<i32>(layer, L_OUT) >> 3, room, word(layer, L_TRANSPOSED), 0, word(below, L_DELTA),
      load<i32>(layer, L_IN) >> 3, begin, end,
    );
    slopes(below, index - 1, begin, end, step);
    if (slot(BATCH_NORM)) {
      barrier();
      const panels = load<i32>(below, L_OUT) >> 3;
      normaliseBack(below, count, shareBegin(thread, panels, 1), shareBegin(thread + 1, panels, 1));
      barrier();
    }
  }
  if (slot(EMBEDDINGS) == 0) return;
  const first = layerAt(0);
  const panels = load<i32>(first, L_OUT) >> 3;
  const skipped = slot(NUMERIC) >> 3;
  multiply(
    word(first, L_DELTA), panels, room, word(first, L_TRANSPOSED) + (<usize>(skipped * panels) << 8), 0,
    address(INPUT_GRADIENT) + (<usize>(skipped * room) << 5), (load<i32>(first, L_IN) >> 3) - skipped, begin, end,
  );
}

function slopes(layer: usize, index: i32, begin: i32, end: i32, step: i32): void {
  const stride = <usize>slot(BATCH_ROOM) << 5;
  const kind = slot(ACTIVATION);
  const units = load<i32>(layer, L_UNITS);
  const drops = real(DROPOUT) > 0;
  const share = <f32>real(DROPOUT);
  const kept = <f32>(1 / (1 - real(DROPOUT)));
  const key = dropoutKey(slot(DROPOUT_SEED), slot(STEPS_BEFORE) + step, index);
  for (let j = 0; j < load<i32>(layer, L_OUT); j += 4) {
    const panel = <usize>(j >> 3) * stride + (<usize>(j & 4) << 2);
    for (let row = begin; row < end; row++) {
      const at = panel + (<usize>row << 5);
      let factor = slope(kind, v128.load(word(layer, L_BEFORE) + at));
      if (drops) factor = f32x4.mul(factor, dropout4(key, row * units + j, share, kept));
      const place = word(layer, L_DELTA) + at;
      v128.store(place, f32x4.mul(v128.load(place), factor));
    }
  }
}

/** This thread's inputs of every layer, its columns of every bias, its embeddings; thread 0 also sums the loss. */
function gradients(thread: i32, count: i32, order: usize, partners: usize, share: f32): void {
  const room = slot(BATCH_ROOM);
  const toGradient = address(GRADIENT) - address(PARAMETERS);
  for (let index = 0; index < slot(LAYERS); index++) {
    const layer = layerAt(index);
    const inputs = load<i32>(layer, L_IN);
    const panels = load<i32>(layer, L_OUT) >> 3;
    multiplyTransposed(
      inputOf(index), word(layer, L_DELTA), room, count, word(layer, L_WEIGHTS) + toGradient, inputs, panels,
      shareBegin(thread, inputs, 8), shareBegin(thread + 1, inputs, 8),
    );
    sumColumns(
      word(layer, L_DELTA), room, count, word(layer, L_BIAS) + toGradient, shareBegin(thread, panels, 1),
      shareBegin(thread + 1, panels, 1),
    );
  }
  const embeddings = slot(EMBEDDINGS);
  for (let e = shareBegin(thread, embeddings, 1); e < shareBegin(thread + 1, embeddings, 1); e++) {
    sumEmbedding(e, order, partners, share, count);
  }
  if (thread != 0) return;
  let loss = real(LOSS);
  for (let row = 0; row < count; row++) loss += load<f64>(address(LOSSES) + (<usize>row << 3));
  store<f64>(REALS + (LOSS << 3), loss);
}

/** This thread's share of the transposed weights; the first layer's are needed for embeddings only. */
function rebuild(thread: i32): void {
  for (let index = slot(EMBEDDINGS) > 0 ? 0 : 1; index < slot(LAYERS); index++) {
    const layer = layerAt(index);
    const panels = load<i32>(layer, L_IN) >> 3;
    transpose(
      word(layer, L_WEIGHTS), word(layer, L_TRANSPOSED), load<i32>(layer, L_IN), load<i32>(layer, L_OUT),
      shareBegin(thread, panels, 1), shareBegin(thread + 1, panels, 1),
    );
  }
}

/**
 * Raw outputs of all rows at X. A thread has the same rows of every batch, of the last and shorter one too: threads do
 * not wait for each other between batches, and must not meet in the batch's memory.
 */
export function predict(thread: i32): void {
  const rows = slot(ROWS);
  const last = slot(LAYERS) - 1;
  const room = slot(BATCH_ROOM);
  const outputs = slot(OUTPUTS);
  for (let start = 0; start < rows; start += room) {
    const count = min(room, rows - start);
    const begin = min(shareBegin(thread, room, 4), count);
    const end = min(shareBegin(thread + 1, room, 4), count);
    const rowsEnd = begin + ((end - begin + 3) & ~3);
    for (let row = begin; row < end; row++) gatherRow(<usize>(start + row), row);
    for (let index = 0; index <= last; index++) {
      const layer = layerAt(index);
      project(layer, index, begin, rowsEnd);
      if (index == last) break;
      if (slot(BATCH_NORM)) normaliseByRunning(layer, load<i32>(layer, L_OUT) >> 3, begin, rowsEnd);
      activateRows(layer, index, begin, rowsEnd, 0, false);
    }
    const z = word(layerAt(last), L_BEFORE);
    for (let row = begin; row < end; row++) {
      for (let k = 0; k < outputs; k++) {
        const from = z + (<usize>((k >> 3) * room) << 5) + (<usize>row << 5) + (<usize>(k & 7) << 2);
        store<f32>(address(RAW) + (<usize>((start + row) * outputs + k) << 2), load<f32>(from));
      }
    }
  }
}
