/**
 * Rows a second through the model file, on the 3,000,000 flights: features alone, then a file with gradient boosted
 * trees in bulk (one thread, then all) and through its raw inputs, and how far it is from its trainer.
 * `node bench/onnx.ts [TREES]`, 1,000 by default.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { resolveExperiment } from '../server/config/resolve.ts';
import { openTable } from '../server/data/tables/openTable.ts';
import { checkParity } from '../server/engines/parity.ts';
import { openScorer } from '../server/engines/scorer.ts';
import { fitFeatures } from '../server/features/fitFeatures.ts';
import { gbdt } from '../server/models/gbdt/gbdt.ts';
import { assembleModel } from '../server/training/assemble.ts';
import { applyCalibration } from '../server/training/calibration.ts';

const trees = Number(process.argv[2] ?? 1000);
const learnedRows = 200_000;
const flights = fileURLToPath(
  new URL('../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url),
);

const table = await openTable({
  source: [flights],
  format: 'parquet',
  read: {},
  derive: [{ name: 'late', expr: 'delay > 15' }],
  kinds: {},
});
const target = await table.numbers('late');
const rows = Int32Array.from({ length: table.rowCount }, (_, row) => row);
const trainRows = rows.filter((row) => row % Math.ceil(rows.length / learnedRows) === 0);
const features = await fitFeatures({
  table,
  columns: ['date', 'distance', 'origin', 'destination'].map((name) => table.column(name)),
  settings: resolveExperiment({ target: 'late' }, 'flights.experiment.yaml').features,
  trainRows,
  target,
  task: 'binary',
  needs: { impute: 'none', scale: 'none', categories: 'codes' },
  seed: 42,
});
await time('features', rows.length, () => features.transform(rows));

const model = await gbdt.fit({
  task: 'binary',
  outputs: 2,
  train: {
    matrix: await features.trainingMatrix(),
    target: Float64Array.from(trainRows, (row) => target[row] ?? Number.NaN),
  },
  parameters: {
    trees,
    learning_rate: 0.05,
    max_depth: 6,
    max_leaves: 31,
    min_leaf: 20,
    subsample: 0.8,
    colsample: 0.8,
    l1: 0,
    l2: 1,
    bins: 255,
    monotone: {},
    engine: 'builtin',
  },
  seed: 42,
  threads: availableParallelism(),
});
const calibration = { method: 'none' } as const;
const file = assembleModel({
  features,
  model,
  calibration,
  threshold: 0.5,
  task: { task: 'binary', target: 'late', classes: [false, true] },
  hashes: { data: '', split: '', experiment: '' },
});
console.log(`${trees} trees: ${(file.length / 2 ** 20).toFixed(1)} MiB`);

const scorer = await openScorer(file);
await time('bulk, 1 thread', rows.length, () => scorer.score(table, rows, { threads: 1 }));
await time(`bulk, ${availableParallelism()} threads`, rows.length, () => scorer.score(table, rows));
const some = rows.subarray(0, 200_000);
await time('raw inputs, 1 thread', some.length, () => scorer.scoreRaw(table, some));
const { maxAbsDifference } = await checkParity({
  scorer,
  table,
  rows,
  async trainerScores(sample) {
    return applyCalibration(calibration, 'binary', model.predict(await features.transform(sample)), 1);
  },
});
console.log(`largest difference from the trainer: ${maxAbsDifference.toExponential(1)}`);
console.log(`peak memory: ${(process.resourceUsage().maxRSS / 2 ** 20).toFixed(1)} GiB`);
await scorer.close();
await table.close();

async function time(what: string, count: number, run: () => Promise<unknown>): Promise<void> {
  const start = performance.now();
  await run();
  const seconds = (performance.now() - start) / 1000;
  console.log(`${what}: ${seconds.toFixed(2)} s, ${Math.round(count / seconds).toLocaleString('en')} rows/s`);
}
