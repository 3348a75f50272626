/** Activations of a network, their slopes, and dropout: eight units of a row at a time. */
import { exp4 } from '../../gbdt/kernels/gradients';
import { GELU, RELU, SILU } from './layout';

/** tanh(x) = 1 - 2 / (exp(2x) + 1), to about 1e-7. */
@inline
function tanh4(x: v128): v128 {
  const e = exp4(f32x4.add(x, x));
  return f32x4.sub(f32x4.splat(1), f32x4.div(f32x4.splat(2), f32x4.add(e, f32x4.splat(1))));
}

@inline
function sigmoid4(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exp4(f32x4.neg(x))));
}

/** √(2/π)·(x + 0.044715 x³): GELU's tanh form (Hendrycks and Gimpel 2016), which every engine and ONNX compute alike. */
@inline
function geluInner(x: v128): v128 {
  const cube = f32x4.mul(f32x4.mul(x, x), x);
  return f32x4.mul(f32x4.splat(0.7978845608), f32x4.add(x, f32x4.mul(f32x4.splat(0.044715), cube)));
}

@inline
export function activate(kind: i32, x: v128): v128 {
  if (kind == RELU) return f32x4.max(x, f32x4.splat(0));
  if (kind == SILU) return f32x4.mul(x, sigmoid4(x));
  if (kind == GELU) {
    const t = f32x4.add(f32x4.splat(1), tanh4(geluInner(x)));
    return f32x4.mul(f32x4.mul(f32x4.splat(0.5), x), t);
  }
  return tanh4(x);
}

@inline
export function slope(kind: i32, x: v128): v128 {
  const one = f32x4.splat(1);
  if (kind == RELU) return v128.and(f32x4.gt(x, f32x4.splat(0)), one);
  if (kind == SILU) {
    const s = sigmoid4(x);
    return f32x4.mul(s, f32x4.add(one, f32x4.mul(x, f32x4.sub(one, s))));
  }
  if (kind == GELU) {
    const t = tanh4(geluInner(x));
    const inner = f32x4.mul(
      f32x4.splat(0.7978845608),
      f32x4.add(one, f32x4.mul(f32x4.splat(3 * 0.044715), f32x4.mul(x, x))),
    );
    const rise = f32x4.mul(f32x4.mul(x, f32x4.sub(one, f32x4.mul(t, t))), inner);
    return f32x4.mul(f32x4.splat(0.5), f32x4.add(f32x4.add(one, t), rise));
  }
  const t = tanh4(x);
  return f32x4.sub(one, f32x4.mul(t, t));
}

/** Murmur3's finaliser: every bit of the result depends on every bit of the number. */
@inline
function mix4(word: v128): v128 {
  let x = v128.xor(word, i32x4.shr_u(word, 16));
  x = i32x4.mul(x, i32x4.splat(0x85ebca6b));
  x = v128.xor(x, i32x4.shr_u(x, 13));
  x = i32x4.mul(x, i32x4.splat(0xc2b2ae35));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

@inline
function mix(word: u32): u32 {
  let x = word ^ (word >> 16);
  x *= 0x85ebca6b;
  x ^= x >> 13;
  x *= 0xc2b2ae35;
  return x ^ (x >> 16);
}

/** The stream of one layer in one step; dropout.ts has the same in TypeScript. */
export function dropoutKey(seed: u32, step: i32, layer: i32): u32 {
  return mix(mix(seed ^ ((<u32>step + 1) * 0x9e3779b1)) + <u32>layer * 0x85ebca77);
}

/** 1 / (1 - share) where a unit stays, else 0: four units from number `unit` of the batch on. */
@inline
export function dropout4(key: u32, unit: i32, share: f32, kept: f32): v128 {
  const numbers = i32x4.add(i32x4.splat(unit), i32x4(0, 1, 2, 3));
  const hash = mix4(i32x4.add(i32x4.mul(numbers, i32x4.splat(0x9e3779b1)), i32x4.splat(<i32>key)));
  const uniform = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(hash, 8)), f32x4.splat(5.9604644775390625e-8));
  return v128.and(f32x4.ge(uniform, f32x4.splat(share)), f32x4.splat(kept));
}
