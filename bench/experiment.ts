/**
 * A whole experiment from rows to card on 1,000,000 rows of 12 numbers, 6 categories and 2 dates, beside a script of
 * pandas, scikit-learn, LightGBM, SHAP and Evidently doing the same. MODELWRIGHT_PYTHON names an interpreter that has
 * those (Evidently wants pandas before 3); `--rows N` tries another size, `--alone` without the peer.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measure } from './measure.ts';
import { writeMixed } from './mixed.ts';

const goal = { ratio: 0.3, bytes: 2 * 2 ** 30 };
const { values } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, alone: { type: 'boolean', default: false } },
});
const rows = Number(values.rows);
const root = fileURLToPath(new URL('..', import.meta.url));

const experiment = `data: train.parquet
target: y
model: {type: gbdt, gbdt: {trees: 300}}
split: {method: random, test: 0.2, valid: 0.1}
baseline: [dummy, linear]
evaluate: {metrics: [roc_auc, pr_auc, log_loss], ci: {samples: 1000}}
gates: [beats baseline]
card: {owner: bench, intended_use: A bench., out_of_scope: Anything else.}
`;

const folder = mkdtempSync(join(tmpdir(), 'modelwright-bench-'));
try {
  const file = join(folder, 'train.parquet');
  await writeMixed(file, { rows, numbers: 12, categories: 6, dates: 2 });
  writeFileSync(join(folder, 'bench.experiment.yaml'), experiment);
  const command = [join(root, 'dist', 'cli.js'), 'run', 'bench.experiment.yaml', '--json'];
  const ours = await measure(process.execPath, command, folder);
  if (ours.status !== 0) throw new Error(`the run ended with ${ours.status}: ${ours.stdout.slice(0, 2000)}`);
  const run = JSON.parse(ours.stdout);
  show('modelwright', run.timings);
  console.log(
    `  ${ours.seconds.toFixed(1)} s, ${gigabytes(ours.peakBytes)}; roc_auc ${run.metrics.test.roc_auc.value.toFixed(4)}, ${run.model.iterations} trees`,
  );
  const python = process.env['MODELWRIGHT_PYTHON'];
  if (python === undefined || values.alone) {
    console.log('not judged: no peer was asked for, or MODELWRIGHT_PYTHON names no interpreter');
  } else {
    const peer = await measure(python, [join(root, 'bench', 'peers', 'experiment.py'), file], folder);
    if (peer.status !== 0) throw new Error(`the peer ended with ${peer.status}`);
    const { timings, total, auc, trees } = JSON.parse(peer.stdout);
    show('pandas, scikit-learn, LightGBM, SHAP and Evidently (bootstrap scaled from 50 samples)', timings);
    console.log(
      `  ${total.toFixed(1)} s, ${gigabytes(peer.peakBytes)}; roc_auc ${auc.toFixed(4)}, ${trees} trees`,
    );
    const ratio = ours.seconds / total;
    const met = ratio <= goal.ratio && ours.peakBytes <= goal.bytes;
    console.log(
      `${met ? 'met' : 'MISSED'}: ${ratio.toFixed(2)} of the script's time (goal ${goal.ratio.toFixed(2)}), ${gigabytes(ours.peakBytes)} (goal ${gigabytes(goal.bytes)})`,
    );
    process.exitCode = met ? 0 : 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function show(name: string, timings: Readonly<Record<string, number>>): void {
  const stages = Object.entries(timings).map(([stage, seconds]) => `${stage} ${seconds.toFixed(1)}`);
  console.log(`${name}: ${stages.join(', ')}`);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}
