/**
 * Seconds that gradient boosting takes beside LightGBM and XGBoost, in the same run: 100 trees of 31 leaves on 100,000
 * and 1,000,000 rows of 30 columns, one and two threads. MODELWRIGHT_PYTHON names an interpreter with numpy,
 * scikit-learn, lightgbm and xgboost. `--flights` times a table as large as the flights instead.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GbdtSettings } from '../server/config/experiment.ts';
import type { FeatureMatrix } from '../server/features/matrix.ts';
import type { LabelledRows } from '../server/models/family.ts';
import { gbdt } from '../server/models/gbdt/gbdt.ts';
import { createRandom } from '../server/statistics/random.ts';
import { auc, createTable, write } from './table.ts';

const goal = 0.5;
const columns = 30;
const settings: GbdtSettings = {
  trees: 100,
  learning_rate: 0.1,
  max_depth: 6,
  max_leaves: 31,
  min_leaf: 20,
  subsample: 1,
  colsample: 1,
  l1: 0,
  l2: 1,
  bins: 255,
  monotone: {},
  engine: 'builtin',
};

if (process.argv.includes('--flights')) await timeFlights();
else await compare(process.env['MODELWRIGHT_PYTHON']);

async function compare(python: string | undefined): Promise<void> {
  if (!python) {
    console.log('skipped: set MODELWRIGHT_PYTHON to a Python with numpy, scikit-learn, lightgbm and xgboost');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'gbdt-'));
  try {
    const ratios: number[] = [];
    for (const rows of [100_000, 1_000_000]) {
      const train = createTable(rows, columns, 1);
      const test = createTable(50_000, columns, 2);
      write(folder, 'train', train);
      write(folder, 'test', test);
      for (const threads of [1, 2]) ratios.push(await race({ python, folder, train, test, threads }));
    }
    const worst = Math.max(...ratios);
    console.log(
      `ratio to the faster peer, worst of ${ratios.length}: ${worst.toFixed(2)} (goal ${goal.toFixed(2)})`,
    );
    process.exitCode = worst <= goal ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Interleaves ours and the peers; prints each one's best time, and returns ours over the faster peer's. */
async function race(request: {
  python: string;
  folder: string;
  train: LabelledRows;
  test: LabelledRows;
  threads: number;
}): Promise<number> {
  const { python, folder, train, test, threads } = request;
  const { rows } = train.matrix;
  const own: number[] = [];
  const peers: { lightgbm: number; xgboost: number; lightgbmAuc: number; xgboostAuc: number }[] = [];
  let area = 0;
  for (let i = 0; i < (rows > 500_000 ? 2 : 5); i++) {
    const start = performance.now();
    const model = await gbdt.fit({
      task: 'binary',
      outputs: 2,
      train,
      parameters: settings,
      seed: 1,
      threads,
    });
    own.push((performance.now() - start) / 1000);
    area = auc(test.target, model.predict(test.matrix));
    const script = fileURLToPath(new URL('gbdt.py', import.meta.url));
    const answer = execFileSync(python, [script, folder, rows, columns, threads].map(String));
    peers.push(JSON.parse(answer.toString()));
  }
  const [ours, lightgbm, xgboost] = [
    Math.min(...own),
    Math.min(...peers.map((peer) => peer.lightgbm)),
    Math.min(...peers.map((peer) => peer.xgboost)),
  ];
  const ratio = ours / Math.min(lightgbm, xgboost);
  const { lightgbmAuc = 0, xgboostAuc = 0 } = peers[0] ?? {};
  console.log(
    `${rows} x ${columns}, ${threads} thread(s): ${ours.toFixed(2)} s, LightGBM ${lightgbm.toFixed(2)} s, ` +
      `XGBoost ${xgboost.toFixed(2)} s, ratio ${ratio.toFixed(2)}; ` +
      `AUC ${area.toFixed(4)}, ${lightgbmAuc.toFixed(4)}, ${xgboostAuc.toFixed(4)}`,
  );
  return ratio;
}

/** 2,200,000 rows of 13 numbers and two categories of 27 levels, 500 trees: what the flights ask for. */
async function timeFlights(): Promise<void> {
  const rows = 2_200_000;
  const { matrix, target } = createTable(rows, columns, 3);
  const random = createRandom(4, 'bench');
  const levels = Array.from({ length: 29 }, (_, i) => `level ${i}`);
  const codes = [0, 1].map(() => Uint16Array.from({ length: rows }, () => 1 + random.int(27)));
  const table: FeatureMatrix = {
    rows,
    columns: [
      ...matrix.columns.slice(0, 13),
      ...codes.map((_, j) => ({ name: `c${j}`, sources: [], kind: 'category' as const, levels })),
    ],
    values: [
      ...matrix.values.slice(0, 13),
      ...codes.map((values) => ({ kind: 'category' as const, codes: values })),
    ],
  };
  const parameters = { ...settings, trees: 500, learning_rate: 0.05 };
  for (const [name, changed] of [
    ['every row and column', parameters],
    ['the defaults, .8 of both', { ...parameters, subsample: 0.8, colsample: 0.8 }],
  ] as const) {
    const start = performance.now();
    const train = { matrix: table, target };
    await gbdt.fit({ task: 'binary', outputs: 2, train, parameters: changed, seed: 1, threads: 2 });
    console.log(
      `${rows} x (13 + 2), 500 trees, ${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`,
    );
  }
}
