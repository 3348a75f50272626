/**
 * Seconds that gradient boosting takes beside LightGBM, XGBoost and scikit-learn's HistGradientBoosting, in the same run:
 * 100 trees of 31 leaves on 100,000 and 1,000,000 rows of 30 columns, one and two threads, all numbers, then with
 * missing values and categories. MODELWRIGHT_PYTHON names an interpreter with numpy, scikit-learn, lightgbm and xgboost;
 * `--rows N` and `--seeds N` try less.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { GbdtSettings } from '../server/config/experiment.ts';
import type { LabelledRows } from '../server/models/family.ts';
import { gbdt } from '../server/models/gbdt/gbdt.ts';
import { auc, createMixedTable, createTable, write } from './table.ts';

const goal = 0.5;
/** Equal quality: how far the mean AUC of the seeds may lie below that of the best peer. */
const slack = 0.002;
const columns = 30;
const peers = ['lightgbm', 'xgboost', 'scikit-learn'] as const;
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
const { values } = parseArgs({ options: { rows: { type: 'string' }, seeds: { type: 'string' } } });
const sizes = values.rows === undefined ? [100_000, 1_000_000] : [Number(values.rows)];

interface Cell {
  readonly rows: number;
  readonly mixed: boolean;
  readonly threads: number;
}

interface Fit {
  readonly seconds: number;
  readonly auc: number;
}

const python = process.env['MODELWRIGHT_PYTHON'];
if (python) await compare(python);
else
  console.log('skipped: set MODELWRIGHT_PYTHON to a Python with numpy, scikit-learn, lightgbm and xgboost');

async function compare(interpreter: string): Promise<void> {
  const cells = sizes.flatMap((rows) =>
    [false, true].flatMap((mixed) => [1, 2].map((threads): Cell => ({ rows, mixed, threads }))),
  );
  let worst = 0;
  let poorest = Number.POSITIVE_INFINITY;
  for (const cell of cells) {
    const { ratio, ahead } = await race(interpreter, cell);
    worst = Math.max(worst, ratio);
    poorest = Math.min(poorest, ahead);
  }
  const met = worst <= goal && poorest >= -slack;
  console.log(
    `${met ? 'met' : 'MISSED'}: at worst ${worst.toFixed(2)} of the fastest peer's time and an AUC ${poorest.toFixed(4)} ` +
      `beside the best peer's, of ${cells.length} cells (goal ${goal.toFixed(2)}, ${-slack})`,
  );
  process.exitCode = met ? 0 : 1;
}

/** A table for each seed: best time of each over the seeds, and its mean AUC. */
async function race(interpreter: string, cell: Cell): Promise<{ ratio: number; ahead: number }> {
  const seeds = Number(values.seeds ?? (cell.rows > 500_000 ? 2 : 5));
  const fits = new Map<string, Fit[]>();
  for (let seed = 1; seed <= seeds; seed++) {
    for (const [name, fit] of Object.entries(await fitOnce(interpreter, cell, seed)))
      fits.set(name, [...(fits.get(name) ?? []), fit]);
  }
  const secondsOf = (name: string) => Math.min(...(fits.get(name) ?? []).map((fit) => fit.seconds));
  const aucOf = (name: string) => (fits.get(name) ?? []).reduce((sum, fit) => sum + fit.auc / seeds, 0);
  const ratio = secondsOf('own') / Math.min(...peers.map(secondsOf));
  const ahead = aucOf('own') - Math.max(...peers.map(aucOf));
  const figures = ['own', ...peers].map(
    (name) => `${name} ${secondsOf(name).toFixed(2)} s (${aucOf(name).toFixed(4)})`,
  );
  console.log(
    `${cell.rows} x ${columns}${cell.mixed ? ', missing values and categories' : ''}, ${cell.threads} thread(s), ` +
      `${seeds} seed(s): ${figures.join(', ')}; ratio ${ratio.toFixed(2)}`,
  );
  return { ratio, ahead };
}

async function fitOnce(
  interpreter: string,
  { rows, mixed, threads }: Cell,
  seed: number,
): Promise<Record<string, Fit>> {
  const create = mixed ? createMixedTable : createTable;
  const [train, test] = [create(rows, columns, 2 * seed), create(50_000, columns, 2 * seed + 1)];
  const own = await fitOwn(train, test, threads);
  const folder = mkdtempSync(join(tmpdir(), 'gbdt-'));
  try {
    write(folder, 'train', train);
    write(folder, 'test', test);
    const script = fileURLToPath(new URL('peers/gbdt.py', import.meta.url));
    const categories = train.matrix.columns.filter(({ kind }) => kind === 'category').length;
    const answer = execFileSync(
      interpreter,
      [script, folder, rows, columns, categories, threads].map(String),
      { env: { ...process.env, OMP_NUM_THREADS: String(threads), OMP_WAIT_POLICY: 'passive' } },
    );
    return { own, ...JSON.parse(answer.toString()) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function fitOwn(train: LabelledRows, test: LabelledRows, threads: number): Promise<Fit> {
  const start = performance.now();
  const model = await gbdt.fit({
    ...{ task: 'binary', outputs: 2, train, parameters: settings, seed: 1, threads },
  });
  const seconds = (performance.now() - start) / 1000;
  return { seconds, auc: auc(test.target, model.predict(test.matrix)) };
}
