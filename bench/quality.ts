/**
 * How good two-line experiments are beside LightGBM, XGBoost and scikit-learn on the same rows, columns and split: mean
 * test metrics over seeds, boosting with our settings (what the language has as defaults) and as each library comes, and
 * linear models. MODELWRIGHT_PYTHON names an interpreter with numpy, pandas, pyarrow, scikit-learn, lightgbm and xgboost;
 * arguments name the tables to look at; `--seeds N` tries less, `--first N` begins with another seed and `--libraries`
 * names some of the three: ten classes cost each library ten trees a step, so that digits takes minutes a seed.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** Most that a mean may lie below the best library's. */
const goal = 0.002;
const libraries = ['lightgbm', 'xgboost', 'scikit-learn'];

/** Target, metric and number of seeds: the fewer the rows, the more one split's figure is luck. */
const tables: Readonly<Record<string, { target: string; metric: string; seeds: number }>> = {
  breast_cancer: { target: 'target', metric: 'roc_auc', seeds: 10 },
  wine: { target: 'target', metric: 'roc_auc', seeds: 10 },
  iris: { target: 'target', metric: 'roc_auc', seeds: 10 },
  diabetes: { target: 'target', metric: 'r2', seeds: 10 },
  digits: { target: 'target', metric: 'roc_auc', seeds: 5 },
  penguins: { target: 'Species', metric: 'roc_auc', seeds: 10 },
  cars: { target: 'Miles_per_Gallon', metric: 'r2', seeds: 10 },
  movies: { target: 'IMDB Rating', metric: 'r2', seeds: 5 },
  weather: { target: 'weather', metric: 'roc_auc', seeds: 5 },
  birdstrikes: { target: 'damage', metric: 'roc_auc', seeds: 5 },
  churn: { target: 'churned', metric: 'roc_auc', seeds: 5 },
  housing: { target: 'value', metric: 'r2', seeds: 5 },
  flights: { target: 'late', metric: 'roc_auc', seeds: 5 },
};

type Scores = Readonly<Record<string, number>>;

interface Run {
  readonly table: string;
  readonly seed: number;
  readonly predictions: string;
  readonly features: Readonly<Record<string, string>>;
  readonly own: Scores;
  readonly linear: Scores;
}

const { values: options, positionals: chosen } = parseArgs({
  options: {
    seeds: { type: 'string' },
    first: { type: 'string', default: '0' },
    libraries: { type: 'string', default: libraries.join() },
  },
  allowPositionals: true,
});
const boosters = libraries.filter((name) => options.libraries.split(',').includes(name));
const root = fileURLToPath(new URL('..', import.meta.url));
const python = process.env['MODELWRIGHT_PYTHON'];
if (python === undefined) console.log('skipped: MODELWRIGHT_PYTHON names no interpreter');
else compare(python);

function compare(interpreter: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-quality-'));
  try {
    const data = join(root, 'node_modules', 'vega-datasets', 'data');
    askPeer(interpreter, ['tables', folder, data]);
    const names = Object.keys(tables).filter((name) => chosen.length === 0 || chosen.includes(name));
    const deficits = names.map((name) => {
      const runs = runsOf(folder, name);
      writeFileSync(join(folder, 'runs.json'), JSON.stringify(runs));
      return report(name, runs, JSON.parse(askPeer(interpreter, ['score', folder, boosters.join()])));
    });
    const worst = Math.max(...deficits);
    const met = worst <= goal;
    console.log(
      `${met ? 'met' : 'MISSED'}: at most ${worst.toFixed(4)} below the best library (goal ${goal}), of ${names.length} tables`,
    );
    process.exitCode = met ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** On one thread: on a few hundred rows two wait for each other more than they work. */
function askPeer(interpreter: string, args: readonly string[]): string {
  return execFileSync(interpreter, [join(root, 'bench', 'peers', 'quality.py'), ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
}

function runsOf(folder: string, table: string): Run[] {
  const { target, seeds } = tables[table] ?? { target: '', seeds: 0 };
  const file = join(folder, `${table}.experiment.yaml`);
  writeFileSync(file, `data: ${table}.csv\ntarget: ${target}\n`);
  return Array.from({ length: Number(options.seeds ?? seeds) }, (_, index) => {
    const seed = Number(options.first) + index;
    const answer = execFileSync(
      process.execPath,
      [
        join(root, 'dist', 'cli.js'),
        'run',
        file,
        '--json',
        '--workspace',
        folder,
        '--set',
        `train.seed=${seed}`,
      ],
      { encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const { task, classes = [], features, metrics, baselines, artifacts } = JSON.parse(answer);
    return {
      table,
      seed,
      task,
      target,
      classes,
      features: Object.fromEntries(
        features.map((each: { name: string; kind: string }) => [each.name, each.kind]),
      ),
      predictions: join(folder, artifacts.predictions),
      own: valuesOf(metrics.test),
      linear: valuesOf(baselines.linear),
    };
  });
}

function valuesOf(metrics: Readonly<Record<string, { value: number }>>): Scores {
  return Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, value]));
}

/** Prints a table's line; returns how far it lies below the best library. `peers`: for each run, the metrics by peer. */
function report(table: string, runs: readonly Run[], peers: readonly Record<string, Scores>[]): number {
  const metric = tables[table]?.metric ?? '';
  const values = (of: readonly (Scores | undefined)[]) => of.map((scores) => scores?.[metric] ?? Number.NaN);
  const ofPeer = (name: string) => values(peers.map((each) => each[name]));
  const own = values(runs.map((run) => run.own));
  const linear = values(runs.map((run) => run.linear));
  const again = mean(ofPeer('own'));
  if (!(Math.abs(mean(own) - again) < 1e-9))
    throw new Error(`${table}: ${metric} is ${again} by the predictions file, ${mean(own)} by the run`);
  const same = boosters.map((name) => ofPeer(name));
  const plain = boosters.map((name) => ofPeer(`${name} as it comes`));
  const best = [...same].sort((a, b) => mean(b) - mean(a))[0] ?? [];
  const list = (all: readonly number[][]) => boosters.map((name, i) => `${name} ${show(all[i])}`).join(', ');
  console.log(
    `${table}, ${metric}, ${runs.length} seeds: gbdt ${show(own)}; our settings: ${list(same)}; ` +
      `as they come: ${list(plain)}; above the best with our settings ${above(own, best)}; ` +
      `linear ${show(linear)}, scikit-learn ${show(ofPeer('linear'))}`,
  );
  return Math.max(mean(best) - mean(own), mean(ofPeer('linear')) - mean(linear));
}

/** The mean difference and its standard error over the seeds, which share their rows. */
function above(own: readonly number[], peer: readonly number[]): string {
  const differences = own.map((value, i) => value - (peer[i] ?? Number.NaN));
  const center = mean(differences);
  const spread = mean(differences.map((each) => (each - center) ** 2));
  return `${center.toFixed(4)} (standard error ${Math.sqrt(spread / (own.length - 1)).toFixed(4)})`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function show(values: readonly number[] = []): string {
  return mean(values).toFixed(4);
}
