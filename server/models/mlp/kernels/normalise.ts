/** Batch normalisation of panels begin .. end of a layer, over the `count` rows of a batch (Ioffe and Szegedy 2015). */
import {
  BATCH_ROOM, GRADIENT, L_BEFORE, L_DELTA, L_INVERSE, L_MEAN, L_NORMAL, L_RUNNING_MEAN, L_RUNNING_VARIANCE, L_SCALE,
  L_SHIFT, PARAMETERS,
} from './layout';
import { address, slot } from '../../gbdt/kernels/threads';

/** Added to the variance; network.ts has the same. */
const EPSILON: f32 = 1e-5;
/** Share of the running statistics that stays at each step. */
const KEPT: f32 = 0.9;

@inline
function vector(layer: usize, field: usize, column: usize): usize {
  return <usize>load<u32>(layer + field) + column;
}

/** Replaces the values before the activation by normalised, scaled and shifted ones; keeps running statistics. */
export function normalise(layer: usize, count: i32, begin: i32, end: i32): void {
  const bytes = <usize>slot(BATCH_ROOM) << 5;
  const share = f32x4.splat(<f32>1 / <f32>count);
  for (let half = begin << 1; half < end << 1; half++) {
    const column = <usize>half << 4;
    const offset = <usize>(half >> 1) * bytes + (<usize>(half & 1) << 4);
    const z = vector(layer, L_BEFORE, offset);
    const normal = vector(layer, L_NORMAL, offset);
    let sum = f32x4.splat(0);
    for (let row = 0; row < count; row++) sum = f32x4.add(sum, v128.load(z + (<usize>row << 5)));
    const mean = f32x4.mul(sum, share);
    let squares = f32x4.splat(0);
    for (let row = 0; row < count; row++) {
      const difference = f32x4.sub(v128.load(z + (<usize>row << 5)), mean);
      squares = f32x4.add(squares, f32x4.mul(difference, difference));
    }
    const variance = f32x4.mul(squares, share);
    const inverse = f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(variance, f32x4.splat(EPSILON))));
    v128.store(vector(layer, L_INVERSE, column), inverse);
    follow(vector(layer, L_RUNNING_MEAN, column), mean);
    follow(vector(layer, L_RUNNING_VARIANCE, column), variance);
    const scale = v128.load(vector(layer, L_SCALE, column));
    const shift = v128.load(vector(layer, L_SHIFT, column));
    for (let row = 0; row < count; row++) {
      const at = <usize>row << 5;
      const x = f32x4.mul(f32x4.sub(v128.load(z + at), mean), inverse);
      v128.store(normal + at, x);
      v128.store(z + at, f32x4.add(f32x4.mul(x, scale), shift));
    }
  }
}

@inline
function follow(place: usize, value: v128): void {
  const kept = f32x4.mul(v128.load(place), f32x4.splat(KEPT));
  v128.store(place, f32x4.add(kept, f32x4.mul(value, f32x4.splat(1 - KEPT))));
}

/** The deltas of scaled values become those of the values before; gradients of scale and shift are written. */
export function normaliseBack(layer: usize, count: i32, begin: i32, end: i32): void {
  const bytes = <usize>slot(BATCH_ROOM) << 5;
  const share = f32x4.splat(<f32>1 / <f32>count);
  const toGradient = address(GRADIENT) - address(PARAMETERS);
  for (let half = begin << 1; half < end << 1; half++) {
    const column = <usize>half << 4;
    const offset = <usize>(half >> 1) * bytes + (<usize>(half & 1) << 4);
    const delta = vector(layer, L_DELTA, offset);
    const normal = vector(layer, L_NORMAL, offset);
    let sum = f32x4.splat(0);
    let product = f32x4.splat(0);
    for (let row = 0; row < count; row++) {
      const d = v128.load(delta + (<usize>row << 5));
      sum = f32x4.add(sum, d);
      product = f32x4.add(product, f32x4.mul(d, v128.load(normal + (<usize>row << 5))));
    }
    v128.store(vector(layer, L_SHIFT, column) + toGradient, sum);
    v128.store(vector(layer, L_SCALE, column) + toGradient, product);
    const factor = f32x4.mul(v128.load(vector(layer, L_SCALE, column)), v128.load(vector(layer, L_INVERSE, column)));
    const meanDelta = f32x4.mul(sum, share);
    const meanProduct = f32x4.mul(product, share);
    for (let row = 0; row < count; row++) {
      const at = <usize>row << 5;
      const pull = f32x4.add(meanDelta, f32x4.mul(v128.load(normal + at), meanProduct));
      v128.store(delta + at, f32x4.mul(factor, f32x4.sub(v128.load(delta + at), pull)));
    }
  }
}

/** Rows begin .. end by the running statistics, all panels. */
export function normaliseByRunning(layer: usize, panels: i32, begin: i32, end: i32): void {
  const bytes = <usize>slot(BATCH_ROOM) << 5;
  for (let half = 0; half < panels << 1; half++) {
    const column = <usize>half << 4;
    const z = vector(layer, L_BEFORE, <usize>(half >> 1) * bytes + (<usize>(half & 1) << 4));
    const variance = f32x4.add(v128.load(vector(layer, L_RUNNING_VARIANCE, column)), f32x4.splat(EPSILON));
    const factor = f32x4.div(v128.load(vector(layer, L_SCALE, column)), f32x4.sqrt(variance));
    const mean = v128.load(vector(layer, L_RUNNING_MEAN, column));
    const shift = v128.load(vector(layer, L_SHIFT, column));
    for (let row = begin; row < end; row++) {
      const at = z + (<usize>row << 5);
      v128.store(at, f32x4.add(f32x4.mul(f32x4.sub(v128.load(at), mean), factor), shift));
    }
  }
}
