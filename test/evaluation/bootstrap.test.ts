import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type BootstrapRequest, bootstrap } from '../../server/evaluation/bootstrap.ts';
import { runJobs } from '../../server/evaluation/resampleJobs.ts';
import type { ScoredRows } from '../../server/evaluation/scoredRows.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { binaryRows, scoredRows } from './rows.ts';

/** Positives with probability `rate`, scores shifted by `strength` for them. */
function drawRows(seed: number, size: number, strength: number, rate = 0.3): ScoredRows {
  const random = createRandom(seed, 'rows');
  const target = Float64Array.from({ length: size }, () => (random.uniform() < rate ? 1 : 0));
  const score = target.map((actual) =>
    Math.fround(1 / (1 + Math.exp(-(random.normal() + strength * actual - 1)))),
  );
  return binaryRows(target, score);
}

const request = (
  models: Record<string, ScoredRows>,
  more: Partial<BootstrapRequest> = {},
): BootstrapRequest => ({
  models,
  metrics: ['roc_auc', 'pr_auc', 'log_loss', 'f1'],
  samples: 1000,
  level: 0.95,
  seed: 1,
  stream: 'test',
  ...more,
});

test('intervals agree with an independent bootstrap in numpy', async () => {
  const oracle: {
    target: number[];
    score: number[];
    other: number[];
    intervals: Record<string, [number, number]>;
    difference: [number, number];
  } = JSON.parse(readFileSync(new URL('oracle/bootstrap.json', import.meta.url), 'utf8'));
  const models = {
    main: binaryRows(oracle.target, oracle.score),
    other: binaryRows(oracle.target, oracle.other),
  };
  const result = await bootstrap(request(models, { samples: 4000 }));
  const close = (actual: { low: number; high: number }, [low, high]: [number, number], name: string) => {
    expect(Math.abs(actual.low - low), name).toBeLessThan(0.06 * (high - low));
    expect(Math.abs(actual.high - high), name).toBeLessThan(0.06 * (high - low));
  };
  for (const [metric, interval] of Object.entries(oracle.intervals)) {
    const estimate = result.estimates['main']?.[metric];
    close(estimate ?? { low: Number.NaN, high: Number.NaN }, interval, metric);
  }
  close(result.difference('roc_auc', 'main', 'other').interval(0.95), oracle.difference, 'difference');
});

test('95 % intervals of every kind hold the truth in 92 to 98 of 100 tables', {
  timeout: 60_000,
}, async () => {
  const truth = computeTruth();
  const metrics = Object.keys(truth);
  const held: Record<string, number> = Object.fromEntries(metrics.map((metric) => [metric, 0]));
  const tables = 1000;
  for (let table = 0; table < tables; table++) {
    const rows = drawCalibrated(table);
    const { estimates } = await bootstrap(request({ main: rows }, { metrics, samples: 500, seed: table }));
    for (const metric of metrics) {
      const { low, high } = estimates['main']?.[metric] ?? { low: Number.NaN, high: Number.NaN };
      if (low <= (truth[metric] ?? Number.NaN) && (truth[metric] ?? Number.NaN) <= high)
        held[metric] = (held[metric] ?? 0) + 1;
    }
  }
  for (const metric of metrics) {
    expect((held[metric] ?? 0) / tables, metric).toBeGreaterThanOrEqual(0.92);
    expect((held[metric] ?? 0) / tables, metric).toBeLessThanOrEqual(0.98);
  }

  /** Outcomes drawn with the scored probability, which is uniform: the truth is known in closed form. */
  function drawCalibrated(table: number): ScoredRows {
    const random = createRandom(table, 'calibrated');
    const score = Float64Array.from({ length: 400 }, () => random.uniform());
    return binaryRows(
      score.map((p) => (random.uniform() < p ? 1 : 0)),
      score,
    );
  }
  /** Densities 2p of positives and 2(1 - p) of negatives. */
  function computeTruth(): Record<string, number> {
    return { roc_auc: 5 / 6, brier: 1 / 6, log_loss: 1 / 2, accuracy: 3 / 4, f1: 3 / 4 };
  }
});

test('the values are the same for any number of threads', { timeout: 60_000 }, async () => {
  const models = [drawRows(1, 6000, 1), drawRows(2, 6000, 0.5)];
  const job = {
    models,
    metrics: ['roc_auc', 'ece'],
    resampling: { kind: 'rows' } as const,
    samples: 2000,
    seed: 3,
    stream: 'threads',
  };
  const [one] = await runJobs([job], { threads: 1 });
  const [two] = await runJobs([job], { threads: 2 });
  const [three] = await runJobs([job], { threads: 3 });
  expect(one?.length).toBe(8000);
  expect(two).toEqual(one);
  expect(three).toEqual(one);
});

test.each([0, 20, 200])(
  'a bootstrap that is cancelled after %i ms ends at once, without values',
  {
    timeout: 60_000,
  },
  async (after) => {
    const stop = new AbortController();
    const models = { main: drawRows(1, 200_000, 1) };
    const work = bootstrap(request(models, { samples: 20_000 }), { signal: stop.signal });
    setTimeout(() => stop.abort(), after);
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
  },
);

test('clusters that agree within widen the interval as the number of clusters says', async () => {
  const rows = drawRows(5, 300, 1);
  const copies = 20;
  const repeat = (values: Float64Array) =>
    Float64Array.from({ length: 300 * copies }, (_, row) => values[Math.floor(row / copies)] ?? 0);
  const repeated = binaryRows(repeat(rows.target), repeat(rows.scores[0] ?? rows.target));
  const clusters = Int32Array.from({ length: 300 * copies }, (_, row) => 7 * Math.floor(row / copies) - 50);
  const width = async (models: ScoredRows, more: Partial<BootstrapRequest>) => {
    const { low, high } = (await bootstrap(request({ main: models }, more))).estimates['main']?.[
      'roc_auc'
    ] ?? { low: 0, high: 0 };
    return high - low;
  };
  const single = await width(rows, {});
  const clustered = await width(repeated, { clusters });
  const naive = await width(repeated, {});
  expect(clustered / single).toBeCloseTo(1, 1);
  expect(naive / single).toBeLessThan(0.3);
});

test('a subset of the rows gives the interval of all rows', { timeout: 60_000 }, async () => {
  const models = { main: drawRows(8, 40_000, 1) };
  const all = (await bootstrap(request(models))).estimates['main'];
  const some = (await bootstrap(request(models, { maxRows: 5000 }))).estimates['main'];
  for (const metric of ['roc_auc', 'pr_auc', 'log_loss', 'f1']) {
    const [full, scaled] = [all?.[metric], some?.[metric]];
    if (!full || !scaled) throw new Error(metric);
    expect(scaled.value).toBe(full.value);
    expect((scaled.high - scaled.low) / (full.high - full.low), metric).toBeGreaterThan(0.85);
    expect((scaled.high - scaled.low) / (full.high - full.low), metric).toBeLessThan(1.15);
  }
});

test('the calibration error of a perfect model has an interval from nearly 0 that holds its value', async () => {
  const random = createRandom(4, 'perfect');
  const score = Float64Array.from({ length: 2000 }, () => random.uniform());
  const rows = binaryRows(
    score.map((p) => (random.uniform() < p ? 1 : 0)),
    score,
  );
  const { low, value, high } = (await bootstrap(request({ main: rows }, { metrics: ['ece'] }))).estimates[
    'main'
  ]?.['ece'] ?? { low: 1, value: 1, high: 0 };
  expect(low).toBeLessThan(0.01);
  expect(low).toBeGreaterThanOrEqual(0);
  expect(value).toBeLessThan(high);
});

test('equal models differ by nothing, a better one significantly', async () => {
  const good = drawRows(9, 3000, 2);
  const bad = binaryRows(
    good.target,
    good.target.map((_, row) => ((row * 7919) % 3000) / 3000),
  );
  const result = await bootstrap(request({ main: good, same: good, bad }));
  expect(result.difference('roc_auc', 'main', 'same')).toMatchObject({ value: 0, p: 1 });
  const difference = result.difference('roc_auc', 'main', 'bad');
  expect(difference.p).toBeCloseTo(2 / 1001, 12);
  expect(difference.interval(0.95).low).toBeGreaterThan(0.3);
});

test('regression metrics have intervals too', async () => {
  const random = createRandom(2, 'regression');
  const target = Float64Array.from({ length: 500 }, () => random.normal() * 10);
  const rows = scoredRows({
    task: 'regression',
    target,
    prediction: target.map((value) => value + random.normal()),
  });
  const { estimates } = await bootstrap(
    request({ main: rows }, { metrics: ['rmse', 'mae', 'r2', 'medae', 'mape'] }),
  );
  for (const { low, value, high } of Object.values(estimates['main'] ?? {})) {
    expect(low).toBeLessThan(value);
    expect(value).toBeLessThan(high);
  }
});
