import { describe, expect, test } from 'vitest';
import { openSession } from '../../server/engines/session.ts';
import { readModel } from '../../server/onnx/model.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { planCompanions } from '../../server/training/companions.ts';
import { fitUncertainty, type Uncertainty } from '../../server/training/conformal.ts';
import { fitAll } from '../../server/training/fitAll.ts';
import { resampleCounts } from '../../server/training/rowWeights.ts';
import { planFits, trainModel } from '../../server/training/train.ts';
import { temporaryFolder } from '../temporary.ts';
import { prepare, sigmoid, writeTable } from './tables.ts';

describe('split conformal intervals', () => {
  test.each([
    [19, 0.9],
    [50, 0.8],
    [7, 0.5],
  ])('%s held rows at %s: the next value is inside as often as theory says', (rows, coverage) => {
    const random = createRandom(9, 'conformal', rows);
    const rounds = 4000;
    let inside = 0;
    for (let round = 0; round < rounds; round++) {
      // Skewed errors: nothing about their distribution is assumed.
      const target = Float64Array.from({ length: rows + 1 }, () => Math.exp(random.normal()));
      const held = { scores: new Float64Array(rows), target: target.subarray(0, rows) };
      const fitted = fitUncertainty({ method: 'conformal', coverage }, { task: 'regression', held });
      if (fitted?.method === 'conformal' && Math.abs(target[rows] ?? 0) <= (fitted.width ?? 0)) inside++;
    }
    // Of n + 1 exchangeable rows the last is among the ⌈(n + 1) c⌉ smallest.
    const expected = Math.ceil((rows + 1) * coverage) / (rows + 1);
    expect(expected).toBeGreaterThanOrEqual(coverage);
    const error = Math.sqrt((expected * (1 - expected)) / rounds);
    expect(Math.abs(inside / rounds - expected)).toBeLessThan(4 * error);
  });

  test.each([
    // numpy: s = 1 - p[i, y]; q = np.quantile(s, np.ceil(201 * c) / 200, method='inverted_cdf'); sets = p >= 1 - q
    // 1 - q, sets.sum(1).mean(), sets[i, y].mean()
    [0.7, [0.14734791219234467, 2.11, 0.705]],
    [0.9, [0.07737928628921509, 2.56, 0.905]],
  ] as const)('sets of classes at %s are those of numpy by the definition', (coverage, expected) => {
    const rows = Array.from({ length: 200 }, (_, i) => i);
    const probabilities = rows.map((i) => {
      const logits = [Math.sin(i), Math.sin(2.3 * i + 1), Math.cos(1.7 * i)].map((each) =>
        Math.exp(1.5 * each),
      );
      const sum = logits.reduce((total, each) => total + each, 0);
      return logits.map((each) => Math.fround(each / sum));
    });
    const target = Float64Array.from(rows, (i) => (i * i + Math.floor(i / 3)) % 3);
    const held = { scores: Float64Array.from(probabilities.flat()), target };
    const fitted = fitUncertainty({ method: 'conformal', coverage }, { task: 'multiclass', held });
    const least = fitted?.method === 'conformal' ? (fitted.least ?? 0) : Number.NaN;
    const sets = probabilities.map((of) => of.map((each) => each >= least));
    const inside = rows.filter((row) => sets[row]?.[target[row] ?? 0]).length;
    const size = sets.flat().filter((member) => member).length;
    expect([least, size / 200, inside / 200]).toEqual(expected.map((each) => expect.closeTo(each, 7)));
  });

  test('sets of classes: the next row is in as often as theory says', () => {
    const [rows, coverage, rounds] = [29, 0.8, 4000];
    const random = createRandom(9, 'sets');
    let inside = 0;
    for (let round = 0; round < rounds; round++) {
      // Of three classes, and the model is not calibrated at all.
      const scores = Float64Array.from({ length: 3 * (rows + 1) }, () => random.uniform());
      const target = Float64Array.from({ length: rows + 1 }, () => random.int(3));
      const held = { scores: scores.subarray(0, 3 * rows), target: target.subarray(0, rows) };
      const fitted = fitUncertainty({ method: 'conformal', coverage }, { task: 'multiclass', held });
      const own = scores[3 * rows + (target[rows] ?? 0)] ?? 0;
      if (fitted?.method === 'conformal' && own >= (fitted.least ?? 1)) inside++;
    }
    // Of thirty exchangeable rows the last is among the 24 smallest scores of nonconformity.
    expect(Math.abs(inside / rounds - 24 / 30)).toBeLessThan(4 * Math.sqrt((0.8 * 0.2) / rounds));
  });

  test.each(['quantile', 'ensemble'] as const)('%s: likewise, whatever stands beside the model', (method) => {
    const [rows, coverage, rounds] = [39, 0.8, 3000];
    const random = createRandom(9, 'companions', method);
    let [inside, crossed] = [0, 0];
    for (let round = 0; round < rounds; round++) {
      const truths = Float64Array.from({ length: rows + 1 }, () => Math.exp(random.normal()));
      // They know something of the truth, and now and then their order is the wrong one.
      const companions = [0.3, 0.6, 0.9].map((share) =>
        truths.map((truth) => share * truth + 0.5 * random.normal()),
      );
      const known = (values: Float64Array) => values.subarray(0, rows);
      const held = {
        scores: new Float64Array(rows).fill(1),
        target: known(truths),
        companions: companions.map(known),
      };
      const fitted = fitUncertainty({ method, coverage }, { task: 'regression', held });
      const [low = 0, middle = 0, high = 0] = companions.map((values) => values[rows] ?? 0);
      const truth = truths[rows] ?? 0;
      if (fitted?.method === 'quantile') {
        const [least, most] = [Math.min(low, middle), Math.max(low, middle)];
        if (low > middle) crossed++;
        if (truth >= least - fitted.margin && truth <= most + fitted.margin) inside++;
      } else if (fitted?.method === 'ensemble') {
        const mean = (low + middle + high) / 3;
        const variance = ((low - mean) ** 2 + (middle - mean) ** 2 + (high - mean) ** 2) / 3;
        const { factor = 0, noise = 0 } = fitted;
        if (Math.abs(truth - 1) <= factor * Math.sqrt(variance + noise ** 2)) inside++;
      }
    }
    // The noise is taken from the held rows alone: of forty, that moves the coverage by no more than a hundredth.
    const error = Math.sqrt((coverage * (1 - coverage)) / rounds);
    expect(Math.abs(inside / rounds - coverage)).toBeLessThan(4 * error + (method === 'ensemble' ? 0.01 : 0));
    if (method === 'quantile') expect(crossed).toBeGreaterThan(100);
  });

  test('too few rows for the coverage are refused with the number that it takes', () => {
    const held = { scores: new Float64Array(8), target: new Float64Array(8) };
    const ask = () => fitUncertainty({ method: 'conformal', coverage: 0.9 }, { task: 'regression', held });
    expect(ask).toThrow(/at least 9 rows/);
    expect(() => fitUncertainty({ method: 'conformal' }, { task: 'binary', held: undefined })).toThrow(
      /there are 0/,
    );
  });
});

describe.each([
  ['regression', { task: 'regression' }, (score: number, u: number) => (10 * score + 8 * u).toFixed(3)],
  ['count', { task: 'count' }, (score: number, u: number) => String(Math.floor(Math.exp(score / 2 + u)))],
  ['binary', {}, (score: number, u: number) => (u < sigmoid(score - 1) ? 'yes' : 'no')],
  ['multiclass', {}, (score: number, u: number) => (score + 3 * u > 3 ? 'c' : score + 3 * u > 1 ? 'b' : 'a')],
])('%s', (task, settings, target) => {
  const folder = temporaryFolder();
  writeTable(folder, { rows: 3000, target });

  const methods = [
    'conformal',
    'ensemble',
    ...(task === 'regression' || task === 'count' ? ['quantile'] : []),
  ];
  test.each(methods)(
    '%s: the file holds the truth of new rows about as often as it promises',
    async (method) => {
      const request = await prepare(folder, {
        ...settings,
        model: { type: 'linear', uncertainty: { method, coverage: 0.8 } },
        split: { valid: 0.25, test: 0.3 },
      });
      const { onnx } = await trainModel(request);
      const file = readModel(onnx);
      expect(file.metadata['coverage']).toBe('0.8');
      const rows = Int32Array.from(request.split.assignment.keys()).filter(
        (row) => request.split.assignment[row] === 3,
      );
      const held = await answers(onnx, request, rows);
      let inside = 0;
      rows.forEach((row, i) => {
        const truth = request.task.values[row] ?? 0;
        const set = held.get('set');
        if (set) inside += set[i * request.task.classes.length + truth] ?? 0;
        else if (truth >= (held.get('lower')?.[i] ?? 0) && truth <= (held.get('upper')?.[i] ?? 0)) inside++;
      });
      expect(Math.abs(inside / rows.length - 0.8)).toBeLessThan(0.07);
      if (task === 'count') expect(Math.min(...(held.get('lower') ?? []))).toBeGreaterThanOrEqual(0);
      await request.table.close();
    },
  );
});

describe('models beside the main one', () => {
  const folder = temporaryFolder();
  // Errors are ten times as large for every other row, which the trees can tell.
  writeTable(folder, {
    rows: 1500,
    target: (score, u) => (10 * score + (score > 0 ? 20 : 2) * (u - 0.5)).toFixed(3),
  });
  const gbdt = { trees: 25, learning_rate: 0.2, max_leaves: 8 };

  test.each(['quantile', 'ensemble'])(
    '%s: with folds, the file says what the trainer says, and the same bytes each time',
    async (method) => {
      const request = await prepare(folder, {
        task: 'regression',
        model: { type: 'gbdt', gbdt, uncertainty: { method, coverage: 0.8 } },
        split: { cv: 3, test: 0.2 },
        features: { exclude: ['joined'] },
      });
      const model = await trainModel(request);
      expect(Buffer.from((await trainModel(request)).onnx).equals(model.onnx)).toBe(true);
      const uncertainty = model.parameters['uncertainty'] as Uncertainty; // Written by trainModel.
      const companions = planCompanions(request.experiment.model.uncertainty);
      const { final } = await fitAll({
        ...(await planFits(request)),
        companions,
        checkpoint: () => undefined,
      });
      const rows = Int32Array.from({ length: 300 }, (_, i) => 5 * i);
      const { raw, companions: beside } = await final.predictJoined(rows);
      const held = await answers(model.onnx, request, rows);
      const [lower = [], upper = []] = [held.get('lower'), held.get('upper')];
      rows.forEach((_, i) => {
        const values = beside.map((each) => each[i] ?? 0);
        let [low, high] = [Math.min(...values), Math.max(...values)];
        if (uncertainty.method === 'quantile')
          [low, high] = [low - uncertainty.margin, high + uncertainty.margin];
        if (uncertainty.method === 'ensemble') {
          const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
          const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
          const { factor = 0, noise = 0 } = uncertainty;
          const width = factor * Math.sqrt(variance + noise ** 2);
          [low, high] = [(raw[i] ?? 0) - width, (raw[i] ?? 0) + width];
        }
        expect(Math.abs((lower[i] ?? 0) - low)).toBeLessThan(1e-5);
        expect(Math.abs((upper[i] ?? 0) - high)).toBeLessThan(1e-5);
      });
      if (method === 'quantile') {
        const widths = Float64Array.from(rows, (_, i) => (upper[i] ?? 0) - (lower[i] ?? 0)).sort();
        expect((widths.at(-30) ?? 0) / (widths[30] ?? 1)).toBeGreaterThan(2);
      }
      await request.table.close();
    },
  );
});

/** Every number that the file says about rows of the table, by output. */
async function answers(
  onnx: Uint8Array,
  { table }: Awaited<ReturnType<typeof prepare>>,
  rows: Int32Array,
): Promise<Map<string, number[]>> {
  const session = await openSession(onnx);
  const feeds = new Map();
  for (const { name } of readModel(onnx).inputs) {
    const column = table.column(name);
    if (column.input === 'float') {
      const values = await table.numbers(name);
      const data = Float32Array.from(rows, (row) => values[row] ?? Number.NaN);
      feeds.set(name, { type: 'float', data, shape: [rows.length, 1] });
    } else if (column.input === 'string') {
      const { codes, levels } = await table.dictionary(name);
      const data = Array.from(rows, (row) => levels[(codes[row] ?? 0) - 1] ?? '');
      feeds.set(name, { type: 'string', data, shape: [rows.length, 1] });
    } else {
      // Dates are not what this is about: none is known.
      feeds.set(name, { type: 'string', data: Array.from(rows, () => ''), shape: [rows.length, 1] });
    }
  }
  const results = await session.run(feeds);
  await session.close();
  return new Map([...results].map(([name, { data }]) => [name, Array.from<unknown, number>(data, Number)]));
}

describe('resampling', () => {
  const target = Float64Array.from({ length: 100 }, (_, i) => (i < 20 ? 1 : 0));
  const sumOf = (counts: Float64Array, label: number) =>
    counts.reduce((sum, times, row) => sum + (target[row] === label ? times : 0), 0);

  test('oversampling draws rows of the smaller class until the ratio holds, every row at least once', () => {
    const counts = resampleCounts(target, 2, { resample: 'oversample', ratio: 0.5 }, 1);
    expect([sumOf(counts, 0), sumOf(counts, 1)]).toEqual([80, 40]);
    expect(Math.min(...counts)).toBe(1);
    expect(resampleCounts(target, 2, { resample: 'oversample', ratio: 0.5 }, 1)).toEqual(counts);
    expect(resampleCounts(target, 2, { resample: 'oversample', ratio: 0.5 }, 2)).not.toEqual(counts);
  });

  test('undersampling leaves out rows of the larger class, none twice', () => {
    const counts = resampleCounts(target, 2, { resample: 'undersample', ratio: 0.5 }, 1);
    expect([sumOf(counts, 0), sumOf(counts, 1)]).toEqual([40, 20]);
    expect(Math.max(...counts)).toBe(1);
  });

  test('a class without rows stays without', () => {
    const counts = resampleCounts(target, 3, { resample: 'oversample', ratio: 1 }, 1);
    expect([sumOf(counts, 0), sumOf(counts, 1)]).toEqual([80, 80]);
  });

  test.each(['oversample', 'undersample', 'smote'])(
    '%s: probabilities are calibrated back to the true share',
    async (imbalance) => {
      const folder = temporaryFolder();
      writeTable(folder, { rows: 3000, target: (score, u) => (u < sigmoid(2 * score - 5) ? '1' : '0') });
      for (const settings of [{ split: { valid: 0.3 } }, { split: { valid: 0, cv: 0 } }]) {
        const request = await prepare(folder, { model: 'linear', train: { imbalance }, ...settings });
        const rows = Int32Array.from({ length: request.table.rowCount }, (_, row) => row);
        const scores = await (await trainModel(request)).trainerScores(rows);
        const mean = scores.reduce((sum, score) => sum + score, 0) / rows.length;
        expect(Math.abs(mean - request.task.prevalence)).toBeLessThan(0.03);
        await request.table.close();
      }
    },
  );
});
