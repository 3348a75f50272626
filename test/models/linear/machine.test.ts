import { expect, test } from 'vitest';
import type { SupervisedTask } from '../../../server/models/family.ts';
import { createDesign } from '../../../server/models/linear/design.ts';
import { linear } from '../../../server/models/linear/linear.ts';
import { type CurvatureKind, openLinearMachine } from '../../../server/models/linear/machine.ts';
import { createRandom } from '../../../server/statistics/random.ts';
import { matrixOf } from '../matrix.ts';

const rows = 1237;
const levels = [4, 3];
const width = 5 + 1 + 7;
const [quantile, smoothing] = [0.3, 0.4];
const random = createRandom(11);
const noise = (n: number) => Array.from({ length: n }, () => random.normal());
const numeric = Array.from({ length: 5 }, (_, j) => noise(rows).map((x) => Math.fround(x * (j + 1) + 3 * j)));
const codes = levels.map((count) => Array.from({ length: rows }, () => random.int(count)));
const matrix = matrixOf(numeric, codes, levels);
const design = createDesign(matrix, true);
const weight = Float64Array.from({ length: rows }, () => random.uniform() * 2);

const targets: Readonly<Record<SupervisedTask, (i: number) => number>> = {
  binary: () => random.int(2),
  multiclass: () => random.int(3),
  regression: () => random.normal(),
  count: () => random.int(4),
  quantile: () => random.normal(),
};

/** Row i of the design, spread out. */
function spread(i: number): number[] {
  const line = [...numeric.map((column, j) => (column[i] ?? 0) - (design.center[j] ?? 0)), 1];
  for (const [c, count] of levels.entries())
    for (let level = 0; level < count; level++) line.push(Number(codes[c]?.[i] === level));
  return line;
}

/** Loss, its slopes by the raw outputs and their curvature, straight from the formulas. */
function lossOf(task: SupervisedTask, raw: readonly number[], y: number) {
  const [eta = 0] = raw;
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  if (task === 'multiclass') {
    const sum = raw.reduce((total, each) => total + Math.exp(each), 0);
    const p = raw.map((each) => Math.exp(each) / sum);
    return {
      loss: Math.log(sum) - (raw[y] ?? 0),
      slopes: p.map((each, k) => each - Number(k === y)),
      bends: p,
    };
  }
  if (task === 'regression') return { loss: 0.5 * (eta - y) ** 2, slopes: [eta - y], bends: [1] };
  if (task === 'count')
    return { loss: Math.exp(eta) - y * eta, slopes: [Math.exp(eta) - y], bends: [Math.exp(eta)] };
  const isBinary = task === 'binary';
  const [z, t, h] = isBinary ? [eta, y, 1] : [(eta - y) / smoothing, quantile, smoothing];
  const p = sigmoid(z);
  return { loss: h * (Math.log(1 + Math.exp(z)) - t * z), slopes: [p - t], bends: [(p * (1 - p)) / h] };
}

const kinds: Readonly<Record<SupervisedTask, readonly CurvatureKind[]>> = {
  binary: ['full', 'diagonal'],
  multiclass: ['full', 'joint'],
  regression: ['full'],
  count: ['full'],
  quantile: ['full'],
};
const combinations = (Object.keys(targets) as SupervisedTask[]).flatMap((task) =>
  kinds[task].flatMap((kind) => [false, true].map((isWeighted) => ({ task, kind, isWeighted }))),
);

test.each(combinations)('$task, $kind, weighted $isWeighted: as the formulas say', async (of) => {
  const { task, kind, isWeighted } = of;
  const outputs = task === 'multiclass' ? 3 : 1;
  const target = Float64Array.from({ length: rows }, (_, i) => targets[task](i));
  const loss = { task, outputs, target, weight: isWeighted ? weight : undefined, quantile };
  const machine = await openLinearMachine({ design, loss, kind, threads: 1 });
  machine.smoothing = smoothing;
  const point = Float64Array.from(noise(outputs * width), (x) => 0.2 * x);
  const gradient = new Float64Array(point.length);
  const value = machine.evaluate(point, gradient);
  const curvature = machine.curvature(point);
  machine.close();

  let expected = 0;
  const slopes = new Float64Array(point.length);
  const matrices = new Float64Array(outputs * outputs * width * width);
  for (let i = 0; i < rows; i++) {
    const line = spread(i);
    const raw = Array.from({ length: outputs }, (_, k) =>
      line.reduce((sum, x, j) => sum + x * (point[k * width + j] ?? 0), 0),
    );
    const w = isWeighted ? (weight[i] ?? 0) : 1;
    const own = lossOf(task, raw, target[i] ?? 0);
    expected += w * own.loss;
    for (const [k, slope] of own.slopes.entries()) {
      for (const [j, x] of line.entries())
        slopes[k * width + j] = (slopes[k * width + j] ?? 0) + w * slope * x;
      for (let l = 0; l < outputs; l++) {
        const bend = own.bends[k] ?? 0;
        const d = w * bend * (kind === 'joint' ? Number(k === l) - (own.bends[l] ?? 0) : Number(k === l));
        for (const [a, x] of line.entries()) {
          for (let b = 0; b <= a; b++) {
            const at = ((k * outputs + l) * width + a) * width + b;
            matrices[at] = (matrices[at] ?? 0) + d * x * (line[b] ?? 0);
          }
        }
      }
    }
  }
  expect(Math.abs(value - expected)).toBeLessThan(1e-9 * Math.abs(expected));
  slopes.forEach((slope, j) => void expect(Math.abs((gradient[j] ?? 0) - slope)).toBeLessThan(1e-8));
  const pairs = Array.from({ length: outputs }, (_, k) =>
    Array.from({ length: kind === 'joint' ? k + 1 : 1 }, (_, l) => [k, kind === 'joint' ? l : k] as const),
  ).flat();
  let at = 0;
  for (const [k, l] of pairs) {
    for (let a = 0; a < width; a++) {
      for (let b = kind === 'diagonal' ? a : 0; b < (kind === 'diagonal' ? a + 1 : width); b++, at++) {
        if (b > a) continue;
        const entry = matrices[((k * outputs + l) * width + a) * width + b] ?? 0;
        expect(Math.abs((curvature[at] ?? 0) - entry)).toBeLessThan(1e-7);
      }
    }
  }
  expect(at).toBe(curvature.length);
});

test('rows that come window by window give the bits of rows that are there at once', async () => {
  const many = 20_001;
  const column = Float32Array.from({ length: many }, (_, i) => Math.sin(i));
  const codesOf = Int32Array.from({ length: many }, (_, i) => i % 7);
  const wide = {
    ...createDesign(matrixOf([[0]], [[0]], [7]), true),
    rows: many,
    numeric: [column],
    categories: [{ codes: codesOf, start: 2, levels: 7 }],
  };
  const target = Float64Array.from({ length: many }, (_, i) => (i * 7919) % 2);
  const loss = { task: 'binary' as const, outputs: 1, target, weight: undefined };
  const point = Float64Array.from({ length: wide.width }, (_, j) => 0.1 * j - 0.3);
  const answers = [];
  for (const mostRowBytes of [undefined, 16 * 5000]) {
    const machine = await openLinearMachine({
      ...{ design: wide, loss, kind: 'full' as const, threads: 1 },
      ...(mostRowBytes && { mostRowBytes }),
    });
    const gradient = new Float64Array(wide.width);
    answers.push([machine.evaluate(point, gradient), gradient, machine.curvature(point)]);
    machine.close();
  }
  expect(answers[1]).toEqual(answers[0]);
});

test('a large fit starts on a sample and ends at the optimum of all rows, with the same bits on any number of threads', async () => {
  const many = 140_001;
  const next = createRandom(3);
  const columns = Array.from({ length: 6 }, () => Float32Array.from({ length: many }, () => next.normal()));
  const category = Int32Array.from({ length: many }, (_, i) => (i * 31) % 5);
  const names = Array.from({ length: 5 }, (_, level) => `${level}`);
  const target = Float64Array.from({ length: many }, (_, i) =>
    next.uniform() < 1 / (1 + Math.exp(-(columns[0]?.[i] ?? 0) - 0.3 * (category[i] ?? 0))) ? 1 : 0,
  );
  // The same columns again and again: two threads are only worth their start for more values than that.
  const times = 5;
  const repeated = Array.from({ length: times }, () => columns).flat();
  const large = {
    rows: many,
    columns: [
      ...repeated.map((_, j) => ({ name: `x${j}`, sources: [], kind: 'numeric' as const })),
      { name: 'c', sources: [], kind: 'category' as const, levels: names },
    ],
    values: [
      ...repeated.map((values) => ({ kind: 'numeric' as const, values })),
      { kind: 'category' as const, codes: category },
    ],
  };
  const settings = { link: 'auto', penalty: 'l2', strength: 1, l1_ratio: 0.5, intercept: true } as const;
  const train = (threads: number) =>
    linear.fit({
      ...{ task: 'binary', outputs: 2, seed: 1 },
      train: { matrix: large, target },
      parameters: settings,
      threads,
    });
  const [one, two] = [await train(1), await train(2)];
  const raw = one.predict(large);
  expect(two.predict(large)).toEqual(raw);
  const zero = Array.from({ length: repeated.length }, () => [0]);
  const probe = (j: number) => one.predict(matrixOf(zero.with(j, [1]), [[0]], [5]))[0] ?? 0;
  const base = one.predict(matrixOf(zero, [[0]], [5]))[0] ?? 0;
  columns.forEach((column, j) => {
    let slope = probe(j) - base;
    for (let i = 0; i < many; i++)
      slope += (1 / (1 + Math.exp(-(raw[i] ?? 0))) - (target[i] ?? 0)) * (column[i] ?? 0);
    // In units of what the coefficient's standard error is worth: √(n p (1 - p)) is about 150.
    expect(Math.abs(slope)).toBeLessThan(0.02);
  });
});
