import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openSession } from '../../server/engines/session.ts';
import { createGraph } from '../../server/onnx/graph.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { appendCalibration } from '../../server/training/appendCalibration.ts';
import { applyCalibration, type Calibration } from '../../server/training/calibration.ts';
import { fitScaled, type HeldRows } from '../../server/training/fitCalibration.ts';
import { fitIsotonic, poolAdjacent } from '../../server/training/isotonic.ts';
import { calibrationError, settleCalibration } from '../../server/training/settleCalibration.ts';

const oracle = JSON.parse(readFileSync(new URL('oracle.json', import.meta.url), 'utf8'));
const weight: Float64Array = Float64Array.from(oracle.weight);
const binary: HeldRows = {
  task: 'binary',
  outputs: 1,
  raw: Float64Array.from(oracle.raw),
  target: Float64Array.from(oracle.y),
  weight: undefined,
};
const several: HeldRows = {
  task: 'multiclass',
  outputs: 4,
  raw: Float64Array.from(oracle.raws),
  target: Float64Array.from(oracle.classes),
  weight: undefined,
};
const plain: Calibration = { method: 'none' };

function parametersOf(calibration: Calibration): number[] {
  return 'scale' in calibration ? [calibration.scale, ...calibration.offsets] : [];
}

function expectClose(found: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(found.length).toBe(expected.length);
  found.forEach((value, i) => {
    expect(Math.abs(value - (expected[i] ?? Number.NaN))).toBeLessThan(tolerance);
  });
}

describe('scaled calibration agrees with scikit-learn and SciPy', () => {
  test('Platt', async () => {
    const { scale, offset } = oracle.platt;
    expectClose(parametersOf(await fitScaled('platt', binary)), [scale, offset], 1e-4);
  });
  test('Platt with weights', async () => {
    const { scale, offset } = oracle.platt_weighted;
    expectClose(parametersOf(await fitScaled('platt', { ...binary, weight })), [scale, offset], 1e-4);
  });
  test('temperature', async () => {
    expectClose(parametersOf(await fitScaled('temperature', binary)), [oracle.temperature.scale, 0], 1e-5);
  });
  test.each(['platt', 'temperature'] as const)('%s for four classes', async (method) => {
    const { scale, offsets } = oracle[`${method}_multiclass`];
    const expected = method === 'platt' ? [scale, ...offsets] : [scale, 0, 0, 0, 0];
    expectClose(parametersOf(await fitScaled(method, several)), expected, 1e-4);
  });
});

test.each(['isotonic', 'isotonic_weighted'] as const)('pools agree with scikit-learn: %s', (name) => {
  const pools = poolAdjacent(name === 'isotonic' ? binary : { ...binary, weight });
  expectClose(
    pools.flatMap((pool) => [pool.raw, pool.share, pool.weight]),
    oracle[name].flat(),
    1e-9,
  );
});

test('the expected calibration error agrees with NumPy', () => {
  const errors = [binary, several].map((held) =>
    calibrationError(applyCalibration(plain, held.task, held.raw, held.outputs), held),
  );
  expectClose(errors, [oracle.ece, oracle.ece_multiclass], 1e-12);
});

test('a model that is worse than chance keeps its order', async () => {
  const upsideDown = { ...binary, raw: binary.raw.map((value) => -value) };
  const calibration = await fitScaled('platt', upsideDown);
  expect(parametersOf(calibration)[0]).toBeGreaterThan(0);
  const scores = applyCalibration(calibration, 'binary', upsideDown.raw, 1);
  expect(
    Math.abs(scores.reduce((a, b) => a + b) / 400 - binary.target.reduce((a, b) => a + b) / 400),
  ).toBeLessThan(0.01);
});

test('classes that the scores separate give finite parameters', async () => {
  const target = binary.raw.map((value) => (value > 0 ? 1 : 0));
  const parameters = parametersOf(await fitScaled('platt', { ...binary, target }));
  expect(parameters.every(Number.isFinite)).toBe(true);
  expect(parameters[0]).toBeGreaterThan(1);
});

test('the isotonic curve rises, never steeply, and stays off 0 and 1', () => {
  const random = createRandom(2);
  const raw = Float64Array.from({ length: 5000 }, () => 3 * random.normal());
  const target = raw.map((value) => (value > 0.1 ? 1 : 0)); // as steep as can be
  const curve = fitIsotonic({ ...binary, raw, target });
  if (curve.method !== 'isotonic') throw new Error(curve.method);
  curve.raw.slice(1).forEach((x, i) => {
    const [x0 = 0, y0 = 0, y1 = 0] = [curve.raw[i], curve.probability[i], curve.probability[i + 1]];
    expect(x).toBeGreaterThan(x0);
    expect(y1).toBeGreaterThanOrEqual(y0);
    expect(y1 - y0).toBeLessThanOrEqual(20 * (x - x0) + 1e-12);
  });
  expect(Math.min(...curve.probability)).toBeGreaterThan(0);
  expect(Math.max(...curve.probability)).toBeLessThan(1);
});

describe('the graph computes what the trainer computes', () => {
  const random = createRandom(9);
  const raw = Float64Array.from({ length: 1200 }, () => 4 * random.normal());
  const target = Float64Array.from(raw, (value) =>
    random.uniform() < 1 / (1 + Math.exp(-value / 3)) ? 1 : 0,
  );
  const one = fitIsotonic({ ...binary, raw: Float64Array.of(1, 2), target: Float64Array.of(1, 0) });
  const cases: [string, Calibration, 'binary' | 'multiclass'][] = [
    ['no calibration', plain, 'binary'],
    ['Platt', { method: 'platt', scale: 0.7, offsets: [-0.3] }, 'binary'],
    ['isotonic', fitIsotonic({ ...binary, raw, target }), 'binary'],
    ['isotonic of one pool', one, 'binary'],
    ['softmax', plain, 'multiclass'],
    ['scaled softmax', { method: 'platt', scale: 2, offsets: [0, 0.5, -1] }, 'multiclass'],
  ];
  test.each(cases)('%s', async (_, calibration, task) => {
    const outputs = task === 'binary' ? 1 : 3;
    const ends = Float64Array.of(
      -50,
      -1e-300,
      0,
      1e-300,
      50,
      ...(calibration.method === 'isotonic' ? calibration.raw : []),
    );
    const values = Float64Array.from([...raw, ...ends]);
    const whole = values.subarray(0, values.length - (values.length % outputs));
    const graph = createGraph();
    const name = appendCalibration(graph, graph.input('raw', 'double', outputs), calibration, task);
    graph.output(name, 'double', ['n', outputs]);
    const session = await openSession(graph.build({}));
    const feed = { type: 'double' as const, data: whole, shape: [whole.length / outputs, outputs] };
    const result = (await session.run(new Map([['raw', feed]]))).get(name);
    await session.close();
    if (result?.type !== 'double') throw new Error(result?.type);
    expectClose([...result.data], [...applyCalibration(calibration, task, whole, outputs)], 1e-14);
  });
});

describe('auto', () => {
  const random = createRandom(4);
  const rows = 6000;
  const logit = Float64Array.from({ length: rows }, () => 2 * random.normal());
  const target = logit.map((value) => (random.uniform() < 1 / (1 + Math.exp(-value)) ? 1 : 0));
  const held = (raw: Float64Array): HeldRows => ({ ...binary, raw, target });
  const settle = (raw: Float64Array, factors?: Float64Array) =>
    settleCalibration('auto', { held: held(raw), factors });

  test('leaves a calibrated model alone', async () => {
    expect(await settle(logit)).toEqual({ method: 'none' });
  });
  test('takes Platt for an overconfident one, which brings the error down', async () => {
    const raw = logit.map((value) => 3 * value + 1);
    const calibration = await settle(raw);
    expect(calibration.method).toBe('platt');
    expectClose(parametersOf(calibration), [1 / 3, -1 / 3], 0.03);
    expect(calibrationError(applyCalibration(calibration, 'binary', raw, 1), held(raw))).toBeLessThan(0.02);
  });
  test('takes isotonic where Platt does not help', async () => {
    const raw = logit.map((value) => 20 * value ** 5);
    const calibration = await settle(raw);
    expect(calibration.method).toBe('isotonic');
    expect(calibrationError(applyCalibration(calibration, 'binary', raw, 1), held(raw))).toBeLessThan(0.02);
  });
  test('always calibrates after class weights', async () => {
    expect((await settle(logit, Float64Array.of(0.5, 2))).method).toBe('platt');
  });
  test('without rows takes back what class weights did', async () => {
    const calibration = await settleCalibration('auto', {
      held: undefined,
      factors: Float64Array.of(0.5, 4),
    });
    expect(calibration).toEqual({ method: 'platt', scale: 1, offsets: [-Math.log(8)] });
  });
  test('does not calibrate on a handful of rows', async () => {
    const few = { ...binary, raw: Float64Array.of(5, 5, -5), target: Float64Array.of(0, 1, 1) };
    expect(await settleCalibration('auto', { held: few, factors: undefined })).toEqual({ method: 'none' });
  });
});

test('isotonic calibration of several classes is refused by name', async () => {
  await expect(settleCalibration('isotonic', { held: several, factors: undefined })).rejects.toThrow(
    /model\.calibrate: isotonic/,
  );
});
