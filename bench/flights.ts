/** The main job: three million flights from data to card, stage by stage, beside scikit-learn and LightGBM doing the same. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure } from './measure.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const goal = { seconds: 180, bytes: 4 * 2 ** 30 };

const folder = mkdtempSync(join(tmpdir(), 'modelwright-bench-'));
mkdirSync(join(folder, 'data'));
cpSync(join(root, 'examples', 'flights.experiment.yaml'), join(folder, 'flights.experiment.yaml'));
const rows = join(root, 'examples', 'data', 'flights-3m.parquet');
symlinkSync(rows, join(folder, 'data', 'flights-3m.parquet'));

const ours = await measure(
  process.execPath,
  [join(root, 'dist', 'cli.js'), 'run', 'flights.experiment.yaml', '--json'],
  folder,
);
rmSync(folder, { recursive: true, force: true });
if (ours.status !== 0) throw new Error(`the run ended with ${ours.status}: ${ours.stdout.slice(0, 2000)}`);
const run = JSON.parse(ours.stdout);
show('modelwright', run.timings);
const auc = run.metrics.test.roc_auc;
console.log(
  `  roc_auc ${auc.value.toFixed(4)} [${auc.low.toFixed(4)}, ${auc.high.toFixed(4)}], ${run.model.iterations} trees`,
);

const python = process.env['MODELWRIGHT_PYTHON'];
let beside = 'no peer: MODELWRIGHT_PYTHON names no interpreter';
if (python !== undefined) {
  const peer = await measure(python, [join(root, 'bench', 'peers', 'flights.py'), rows], root);
  if (peer.status !== 0) throw new Error(`the peer ended with ${peer.status}`);
  const { timings, total, metrics, trees } = JSON.parse(peer.stdout);
  show('scikit-learn and LightGBM (bootstrap scaled from 20 samples)', timings);
  console.log(
    `  roc_auc ${metrics.gbdt.roc_auc.toFixed(4)}, ${trees} trees; peak ${gigabytes(peer.peakBytes)}`,
  );
  beside = `${(ours.seconds / total).toFixed(3)} of the peer's ${total.toFixed(0)} s`;
}

const met = ours.seconds <= goal.seconds && ours.peakBytes <= goal.bytes;
console.log(
  `${met ? 'met' : 'MISSED'}: ${ours.seconds.toFixed(1)} s (goal ${goal.seconds}), ${gigabytes(ours.peakBytes)} (goal ${gigabytes(goal.bytes)}), ${beside}`,
);
process.exit(met ? 0 : 1);

function show(name: string, timings: Readonly<Record<string, number>>): void {
  const stages = Object.entries(timings).map(([stage, seconds]) => `${stage} ${seconds.toFixed(1)}`);
  console.log(`${name}: ${stages.join(', ')}`);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}
