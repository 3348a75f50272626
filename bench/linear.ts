/**
 * Seconds that logistic regression takes beside scikit-learn's fastest solver, in the same run: from a Parquet file of
 * 1,000,000 rows of 15 numbers and 5 categories of 20 levels, with gaps, to the coefficients, and the fit by itself.
 * MODELWRIGHT_PYTHON names an interpreter with pandas, pyarrow and scikit-learn; `--rows N` tries less.
 */
import '../server/longLoops.ts';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { resolveExperiment } from '../server/config/resolve.ts';
import { openTable } from '../server/data/tables/openTable.ts';
import { fitFeatures } from '../server/features/fitFeatures.ts';
import { linear } from '../server/models/linear/linear.ts';
import { writeMixed } from './mixed.ts';

const goal = 0.5;
const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' } } });
const rows = Number(values.rows);

const python = process.env['MODELWRIGHT_PYTHON'];
if (python) await compare(python);
else console.log('skipped: set MODELWRIGHT_PYTHON to a Python with pandas, pyarrow and scikit-learn');

interface Times {
  /** Reading, imputing, scaling and spreading out. */
  readonly prepare: number;
  readonly fit: number;
  readonly loss: number;
}

async function compare(interpreter: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'linear-'));
  try {
    const file = join(folder, 'train.parquet');
    await writeMixed(file, { rows, numbers: 15, categories: 5 });
    const ours = await fitOurs(file);
    const script = fileURLToPath(new URL('peers/linear.py', import.meta.url));
    const answer = execFileSync(interpreter, [script, file]);
    const peer: Times & { solver: string } = JSON.parse(answer.toString());
    show('modelwright', ours);
    show(`scikit-learn, ${peer.solver}`, peer);
    const whole = (ours.prepare + ours.fit) / (peer.prepare + peer.fit);
    const fit = ours.fit / peer.fit;
    const met = Math.max(whole, fit) <= goal && ours.loss <= peer.loss + 1e-4;
    console.log(
      `${met ? 'met' : 'MISSED'}: ${fit.toFixed(2)} of scikit-learn's time for the fit, ${whole.toFixed(2)} with its preparation (goal ${goal.toFixed(2)})`,
    );
    process.exitCode = met ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function show(name: string, { prepare, fit, loss }: Times): void {
  console.log(
    `${name}: prepared in ${prepare.toFixed(2)} s, fitted in ${fit.toFixed(2)} s, log loss ${loss.toFixed(6)}`,
  );
}

async function fitOurs(file: string): Promise<Times> {
  const start = performance.now();
  const table = await openTable({ source: [file], format: 'parquet', read: {}, derive: [], kinds: {} });
  const target = await table.numbers('y');
  const trainRows = Int32Array.from({ length: rows }, (_, row) => row);
  const features = await fitFeatures({
    table,
    columns: table.columns.filter(({ name }) => name !== 'y'),
    settings: resolveExperiment({ target: 'y' }, 'linear.experiment.yaml').features,
    trainRows,
    target,
    task: 'binary',
    needs: { impute: 'median+indicator', scale: 'standard', categories: 'codes' },
    seed: 1,
  });
  const matrix = await features.trainingMatrix();
  const prepared = performance.now();
  const model = await linear.fit({
    task: 'binary',
    outputs: 2,
    train: { matrix, target: Float64Array.from(target) },
    parameters: { link: 'auto', penalty: 'l2', strength: 1, l1_ratio: 0.5, intercept: true },
    seed: 1,
    threads: availableParallelism(),
  });
  const fitted = performance.now();
  let sum = 0;
  model.predict(matrix).forEach((eta, i) => {
    sum += Math.log1p(Math.exp(target[i] === 1 ? -eta : eta));
  });
  await table.close();
  return { prepare: (prepared - start) / 1000, fit: (fitted - prepared) / 1000, loss: sum / rows };
}
