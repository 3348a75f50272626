/**
 * What `run --dry-run` says of time and memory beside what the run then takes, for experiments of different sizes, models,
 * folds and bootstraps. Arguments name the ones to look at; `--stages` shows where an estimate is off.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measure } from './measure.ts';
import { type MixedTable, writeMixed } from './mixed.ts';

/** The larger of estimate over actual and actual over estimate. */
const goal = 1.5;

const kinds: Readonly<Record<string, { table: MixedTable; settings: string }>> = {
  'two lines': { table: { rows: 2_000, numbers: 6, categories: 2 }, settings: '' },
  'boosting, stopped early': {
    table: { rows: 20_000, numbers: 10, categories: 4, dates: 1 },
    settings: 'split: {valid: 0.1}\n',
  },
  'boosting, 100,000 rows': {
    table: { rows: 100_000, numbers: 12, categories: 6, dates: 2 },
    settings: 'model: {gbdt: {trees: 100}}\nsplit: {valid: 0.1}\n',
  },
  'boosting, 300,000 rows': {
    table: { rows: 300_000, numbers: 12, categories: 6, dates: 2 },
    settings: 'model: {gbdt: {trees: 100}}\nsplit: {valid: 0.1}\nbaseline: [dummy]\n',
  },
  'boosting, 80 columns, 3 folds': {
    table: { rows: 8_000, numbers: 80, categories: 0 },
    settings: 'model: {gbdt: {trees: 60}}\nsplit: {cv: 3}\nevaluate: {ci: {samples: 200}}\n',
  },
  linear: {
    table: { rows: 150_000, numbers: 12, categories: 4 },
    settings: 'model: linear\nbaseline: [dummy]\n',
  },
  'linear, 5 folds, 2,000 bootstraps': {
    table: { rows: 20_000, numbers: 20, categories: 2 },
    settings: 'model: linear\nsplit: {cv: 5}\nevaluate: {ci: {samples: 2000}}\n',
  },
  forest: {
    table: { rows: 20_000, numbers: 10, categories: 3 },
    settings: 'model: {type: forest, forest: {trees: 100}}\nbaseline: [dummy]\n',
  },
  network: {
    table: { rows: 20_000, numbers: 12, categories: 2 },
    settings: 'model: mlp\ntrain: {epochs: 8, early_stop: false}\nbaseline: [dummy]\n',
  },
  // Memory of forests was fitted to this one and the one above, nothing to the one below.
  'forest, leaves of five rows': {
    table: { rows: 60_000, numbers: 16, categories: 4 },
    settings: 'model: {type: forest, forest: {trees: 60, min_leaf: 5}}\nbaseline: [dummy]\n',
  },
  // Past a million leaves nodes are split from more rows on.
  'forest of 300 trees': {
    table: { rows: 100_000, numbers: 16, categories: 4 },
    settings: 'model: {type: forest}\nbaseline: [dummy]\n',
  },
  'boosting, 5,000 rows of 200 columns': {
    table: { rows: 5_000, numbers: 190, categories: 10 },
    settings: 'model: {gbdt: {trees: 80}}\nsplit: {valid: 0.2}\n',
  },
  'features that a boosted model chooses': {
    table: { rows: 15_000, numbers: 12, categories: 2 },
    settings:
      'model: linear\nfeatures: {select: {method: permutation}}\nsplit: {valid: 0.2}\nbaseline: [dummy]\n',
  },
  'features that a forest chooses': {
    table: { rows: 6_000, numbers: 12, categories: 2 },
    settings: 'model: linear\nfeatures: {select: {method: boruta}}\nsplit: {valid: 0.2}\nbaseline: [dummy]\n',
  },
  'gaps filled from neighbours': {
    table: { rows: 6_000, numbers: 12, categories: 2 },
    settings: 'model: linear\nfeatures: {numeric: {impute: knn}}\nsplit: {valid: 0.2}\nbaseline: [dummy]\n',
  },
  'six classes': {
    table: { rows: 20_000, numbers: 10, categories: 3, target: 6 },
    settings: 'model: {gbdt: {trees: 60}}\nsplit: {valid: 0.2}\n',
  },
  'a value, boosting': {
    table: { rows: 60_000, numbers: 10, categories: 3, target: 'value' },
    settings: 'split: {valid: 0.2}\n',
  },
  'a value, forest': {
    table: { rows: 15_000, numbers: 10, categories: 3, target: 'value' },
    settings: 'model: {type: forest, forest: {trees: 60}}\nbaseline: [dummy]\n',
  },
  'a network of six classes and 200 levels': {
    table: { rows: 20_000, numbers: 8, categories: 4, levels: 200, target: 6 },
    settings: 'model: mlp\ntrain: {epochs: 8, early_stop: false}\nbaseline: [dummy]\n',
  },
  'linear, 200 levels, six classes': {
    table: { rows: 40_000, numbers: 8, categories: 4, levels: 200, target: 6 },
    settings: 'model: linear\nbaseline: [dummy]\n',
  },
  'ten fits of repeated folds': {
    table: { rows: 10_000, numbers: 10, categories: 2 },
    settings: 'model: {gbdt: {trees: 60}}\nsplit: {cv: {folds: 5, repeats: 2}}\nbaseline: [dummy]\n',
  },
  'an ensemble': {
    table: { rows: 10_000, numbers: 10, categories: 2 },
    settings:
      'model: {uncertainty: {method: ensemble}, gbdt: {trees: 60}}\nsplit: {valid: 0.2}\nbaseline: [dummy]\n',
  },
  'made rows': {
    table: { rows: 20_000, numbers: 10, categories: 2 },
    settings: 'train: {imbalance: smote}\nsplit: {valid: 0.2}\nbaseline: [dummy]\n',
  },
  'search of a network': {
    table: { rows: 8_000, numbers: 10, categories: 2 },
    settings: 'model: mlp\nsplit: {valid: 0.2}\ntrain: {epochs: 20}\ntune: {trials: 6}\nbaseline: [dummy]\n',
  },
  search: {
    table: { rows: 10_000, numbers: 10, categories: 2 },
    settings: 'model: {gbdt: {trees: 60}}\nsplit: {valid: 0.2}\ntune: {trials: 12}\n',
  },
};

const { values, positionals } = parseArgs({
  options: { stages: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const cli = join(fileURLToPath(new URL('..', import.meta.url)), 'dist', 'cli.js');
const folder = mkdtempSync(join(tmpdir(), 'modelwright-estimate-'));
let worst = 1;
try {
  for (const [name, kind] of Object.entries(kinds))
    if (positionals.length === 0 || positionals.includes(name)) await compare(name, kind);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const met = worst <= goal;
console.log(`${met ? 'met' : 'MISSED'}: off by a factor of ${worst.toFixed(2)} at most (goal ${goal})`);
process.exitCode = met ? 0 : 1;

async function compare(name: string, { table, settings }: (typeof kinds)[string]): Promise<void> {
  await writeMixed(join(folder, 'train.parquet'), table);
  writeFileSync(join(folder, 'e.experiment.yaml'), `data: train.parquet\ntarget: y\n${settings}`);
  const dry = execFileSync(process.execPath, [cli, 'run', 'e.experiment.yaml', '--dry-run', '--json'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const { plan } = JSON.parse(dry);
  const ran = await measure(process.execPath, [cli, 'run', 'e.experiment.yaml', '--json'], folder);
  if (ran.status !== 0) throw new Error(`${name} ended with ${ran.status}: ${ran.stdout.slice(0, 2000)}`);
  const run = JSON.parse(ran.stdout);
  const time = plan.seconds / ran.seconds;
  const memory = plan.memoryBytes / ran.peakBytes;
  worst = Math.max(worst, time, 1 / time, memory, 1 / memory);
  console.log(
    `${name}: ${plan.seconds.toFixed(1)} s for ${ran.seconds.toFixed(1)} s (${time.toFixed(2)}), ` +
      `${megabytes(plan.memoryBytes)} for ${megabytes(ran.peakBytes)} (${memory.toFixed(2)}); ${run.model.iterations} steps`,
  );
  if (!values.stages) return;
  for (const { stage, seconds } of plan.stages)
    console.log(`  ${stage}: ${seconds.toFixed(2)} for ${(run.timings[stage] ?? 0).toFixed(2)}`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
