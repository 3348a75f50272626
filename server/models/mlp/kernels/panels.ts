/**
 * Products of matrices that lie as panels of eight columns: every inner loop reads memory in order. Each element is
 * summed in the same order whatever rows a thread takes, so the bits do not depend on the number of threads.
 */

@inline
function madd(a: v128, b: v128, c: v128): v128 {
  return v128.relaxed_madd<f32>(a, b, c);
}

/**
 * C[rows begin .. end, panels] = A · B + bias. A: `inPanels` panels of `room` rows; B: for each panel of C, 8 · inPanels
 * rows of eight; `bias` 0: none. Rows in fours.
 */
export function multiply(
  a: usize, inPanels: i32, room: i32, b: usize, bias: usize, c: usize, panels: i32, begin: i32, end: i32,
): void {
  const panelBytes = <usize>room << 5;
  for (let j = 0; j < panels; j++) {
    const b0 = bias ? v128.load(bias + (<usize>j << 5)) : f32x4.splat(0);
    const b1 = bias ? v128.load(bias + (<usize>j << 5), 16) : f32x4.splat(0);
    const from = b + ((<usize>j * <usize>inPanels) << 8);
    for (let row = begin; row < end; row += 4) {
      let c00 = b0, c01 = b1, c10 = b0, c11 = b1, c20 = b0, c21 = b1, c30 = b0, c31 = b1;
      let at = a + (<usize>row << 5);
      let w = from;
      for (let k = 0; k < inPanels; k++) {
        for (let inner: usize = 0; inner < 32; inner += 4) {
          const w0 = v128.load(w);
          const w1 = v128.load(w, 16);
          w += 32;
          const a0 = v128.load_splat<f32>(at + inner);
          c00 = madd(a0, w0, c00);
          c01 = madd(a0, w1, c01);
          const a1 = v128.load_splat<f32>(at + inner, 32);
          c10 = madd(a1, w0, c10);
          c11 = madd(a1, w1, c11);
          const a2 = v128.load_splat<f32>(at + inner, 64);
          c20 = madd(a2, w0, c20);
          c21 = madd(a2, w1, c21);
          const a3 = v128.load_splat<f32>(at + inner, 96);
          c30 = madd(a3, w0, c30);
          c31 = madd(a3, w1, c31);
        }
        at += panelBytes;
      }
      const to = c + <usize>j * panelBytes + (<usize>row << 5);
      v128.store(to, c00);
      v128.store(to, c01, 16);
      v128.store(to, c10, 32);
      v128.store(to, c11, 48);
      v128.store(to, c20, 64);
      v128.store(to, c21, 80);
      v128.store(to, c30, 96);
      v128.store(to, c31, 112);
    }
  }
}

/**
 * Gradient of weights: G[inputs begin .. end, panels] = Aᵀ · D over `count` rows. A and D lie as panels of `room` rows,
 * G for each panel `inputs` rows of eight. Inputs in eights.
 */
export function multiplyTransposed(
  a: usize, d: usize, room: i32, count: i32, g: usize, inputs: i32, panels: i32, begin: i32, end: i32,
): void {
  const panelBytes = <usize>room << 5;
  for (let i = begin; i < end; i += 4) {
    const left = a + <usize>(i >> 3) * panelBytes + (<usize>(i & 4) << 2);
    for (let j = 0; j < panels; j++) {
      let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
      let at = left;
      let w = d + <usize>j * panelBytes;
      const last = w + (<usize>count << 5);
      while (w < last) {
        const w0 = v128.load(w);
        const w1 = v128.load(w, 16);
        w += 32;
        const a0 = v128.load_splat<f32>(at);
        c00 = madd(a0, w0, c00);
        c01 = madd(a0, w1, c01);
        const a1 = v128.load_splat<f32>(at, 4);
        c10 = madd(a1, w0, c10);
        c11 = madd(a1, w1, c11);
        const a2 = v128.load_splat<f32>(at, 8);
        c20 = madd(a2, w0, c20);
        c21 = madd(a2, w1, c21);
        const a3 = v128.load_splat<f32>(at, 12);
        c30 = madd(a3, w0, c30);
        c31 = madd(a3, w1, c31);
        at += 32;
      }
      const to = g + ((<usize>j * <usize>inputs + <usize>i) << 5);
      v128.store(to, c00);
      v128.store(to, c01, 16);
      v128.store(to, c10, 32);
      v128.store(to, c11, 48);
      v128.store(to, c20, 64);
      v128.store(to, c21, 80);
      v128.store(to, c30, 96);
      v128.store(to, c31, 112);
    }
  }
}

/** Column sums of panels begin .. end over `count` rows, eight a panel, to `to`. */
export function sumColumns(d: usize, room: i32, count: i32, to: usize, begin: i32, end: i32): void {
  for (let j = begin; j < end; j++) {
    let s0 = f32x4.splat(0), s1 = s0;
    let at = d + (<usize>j * <usize>room << 5);
    const last = at + (<usize>count << 5);
    for (; at < last; at += 32) {
      s0 = f32x4.add(s0, v128.load(at));
      s1 = f32x4.add(s1, v128.load(at, 16));
    }
    v128.store(to + (<usize>j << 5), s0);
    v128.store(to + (<usize>j << 5), s1, 16);
  }
}

/** Panels begin .. end of the transpose of weights [outputs / 8][inputs][8]: [inputs / 8][outputs][8]. */
export function transpose(from: usize, to: usize, inputs: i32, outputs: i32, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) {
    for (let j = 0; j < outputs; j++) {
      const read = from + ((<usize>(j >> 3) * <usize>inputs + (<usize>i << 3)) << 5) + (<usize>(j & 7) << 2);
      const write = to + ((<usize>i * <usize>outputs + <usize>j) << 5);
      for (let lane: usize = 0; lane < 8; lane++) store<f32>(write + (lane << 2), load<f32>(read + (lane << 5)));
    }
  }
}
