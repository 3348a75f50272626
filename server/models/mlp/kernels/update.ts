/** From the gradient of a batch to new parameters: penalties, clipping by the norm, and the optimiser's step. */
import {
  ADAM, ADAMW, BETA1, BETA2, CHUNK, CHUNK_SUMS, CLIP, DECAYED_COUNT, EPSILON, FIRST_CORRECTION, FIRST_MOMENT, GRADIENT,
  L1, L2, MOMENTUM, OPTIMIZER, PARAMETER_COUNT, PARAMETERS, RATES, SECOND_CORRECTION, SECOND_MOMENT, SGD, WEIGHT_DECAY,
} from './layout';
import { address, barrier, real, shareBegin, slot } from '../../gbdt/kernels/threads';

/** All threads together; `step` counts within the epoch. */
export function update(thread: i32, step: i32): void {
  const count = slot(PARAMETER_COUNT);
  const begin = shareBegin(thread, count, CHUNK);
  const end = shareBegin(thread + 1, count, CHUNK);
  penalise(begin, end);
  const clip = clipFactor(begin, end, count);
  const decayed = slot(DECAYED_COUNT);
  move(step, clip, begin, min(end, decayed), <f32>real(WEIGHT_DECAY));
  move(step, clip, max(begin, decayed), end, 0);
}

/** L1 and L2 penalties are part of the loss, and so of the gradient that is clipped. */
function penalise(begin: i32, end: i32): void {
  const l1 = f32x4.splat(<f32>real(L1));
  const l2 = f32x4.splat(<f32>real(L2));
  if (real(L1) == 0 && real(L2) == 0) return;
  for (let i = begin; i < min(end, slot(DECAYED_COUNT)); i += 4) {
    const at = <usize>i << 2;
    const p = v128.load(address(PARAMETERS) + at);
    const up = v128.and(f32x4.gt(p, f32x4.splat(0)), l1);
    const down = v128.and(f32x4.lt(p, f32x4.splat(0)), l1);
    const pull = f32x4.add(f32x4.mul(p, l2), f32x4.sub(up, down));
    v128.store(address(GRADIENT) + at, f32x4.add(v128.load(address(GRADIENT) + at), pull));
  }
}

/** min(1, largest norm / norm), the norm summed chunk by chunk. */
function clipFactor(begin: i32, end: i32, count: i32): f32 {
  if (real(CLIP) == 0) return 1;
  for (let chunk = begin; chunk < end; chunk += CHUNK) {
    let sum: f64 = 0;
    let s = f32x4.splat(0);
    for (let i = chunk; i < min(chunk + CHUNK, end); i += 4) {
      const g = v128.load(address(GRADIENT) + (<usize>i << 2));
      s = f32x4.add(s, f32x4.mul(g, g));
    }
    sum = <f64>f32x4.extract_lane(s, 0) + <f64>f32x4.extract_lane(s, 1);
    sum += <f64>f32x4.extract_lane(s, 2) + <f64>f32x4.extract_lane(s, 3);
    store<f64>(address(CHUNK_SUMS) + (<usize>(chunk / CHUNK) << 3), sum);
  }
  barrier();
  let squares: f64 = 0;
  for (let chunk = 0; chunk < (count + CHUNK - 1) / CHUNK; chunk++) {
    squares += load<f64>(address(CHUNK_SUMS) + (<usize>chunk << 3));
  }
  const norm = Math.sqrt(squares);
  return norm > real(CLIP) ? <f32>(real(CLIP) / norm) : 1;
}

@inline
function rate(index: i32, step: i32): f32 {
  return load<f32>(address(index) + (<usize>step << 2));
}

/** AdamW (Loshchilov and Hutter 2019) decays apart from the gradient; the others add the decay to it, as PyTorch does. */
function move(step: i32, clip: f32, begin: i32, end: i32, decay: f32): void {
  const kind = slot(OPTIMIZER);
  const lr = f32x4.splat(rate(RATES, step));
  const shrink = f32x4.splat(kind == ADAMW ? <f32>1 - rate(RATES, step) * decay : 1);
  const added = f32x4.splat(kind == ADAMW ? 0 : decay);
  const b1 = f32x4.splat(<f32>real(BETA1));
  const rest1 = f32x4.splat(<f32>(1 - real(BETA1)));
  const b2 = f32x4.splat(<f32>real(BETA2));
  const rest2 = f32x4.splat(<f32>(1 - real(BETA2)));
  const c1 = f32x4.splat(rate(FIRST_CORRECTION, step));
  const c2 = f32x4.splat(rate(SECOND_CORRECTION, step));
  const epsilon = f32x4.splat(<f32>real(EPSILON));
  const momentum = f32x4.splat(<f32>real(MOMENTUM));
  const factor = f32x4.splat(clip);
  const isAdam = kind == ADAMW || kind == ADAM;
  for (let i = begin; i < end; i += 4) {
    const at = <usize>i << 2;
    const p = v128.load(address(PARAMETERS) + at);
    const g = f32x4.add(f32x4.mul(v128.load(address(GRADIENT) + at), factor), f32x4.mul(p, added));
    let m = v128.load(address(FIRST_MOMENT) + at);
    let v = v128.load(address(SECOND_MOMENT) + at);
    let pull: v128;
    if (isAdam) {
      m = f32x4.add(f32x4.mul(m, b1), f32x4.mul(g, rest1));
      v = f32x4.add(f32x4.mul(v, b2), f32x4.mul(f32x4.mul(g, g), rest2));
      pull = f32x4.div(f32x4.mul(m, c1), f32x4.add(f32x4.sqrt(f32x4.mul(v, c2)), epsilon));
    } else if (kind == SGD) {
      m = f32x4.add(f32x4.mul(m, momentum), g);
      pull = m;
    } else {
      v = f32x4.add(f32x4.mul(v, b2), f32x4.mul(f32x4.mul(g, g), rest2));
      m = f32x4.add(f32x4.mul(m, momentum), f32x4.div(g, f32x4.add(f32x4.sqrt(v), epsilon)));
      pull = m;
    }
    v128.store(address(FIRST_MOMENT) + at, m);
    v128.store(address(SECOND_MOMENT) + at, v);
    v128.store(address(PARAMETERS) + at, f32x4.sub(f32x4.mul(p, shrink), f32x4.mul(lr, pull)));
  }
}
