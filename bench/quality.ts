/**
 * How good two-line experiments are beside LightGBM and scikit-learn's linear models on the same rows, columns and split:
 * mean test metrics over seeds. MODELWRIGHT_PYTHON names an interpreter with numpy, pandas, pyarrow, scikit-learn and
 * lightgbm; arguments name the tables to look at.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Largest deficits: to LightGBM with the settings that the language has as defaults (its own are shown beside them: with
 * those our trainer scores as it does), and to the linear model.
 */
const goals = { gbdt: 0.005, linear: 0.002 };

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
  weather: { target: 'weather', metric: 'roc_auc', seeds: 10 },
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

const root = fileURLToPath(new URL('..', import.meta.url));
const python = process.env['MODELWRIGHT_PYTHON'];
if (python === undefined) console.log('skipped: MODELWRIGHT_PYTHON names no interpreter');
else compare(python);

function compare(interpreter: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-quality-'));
  const peer = (...args: string[]) =>
    execFileSync(interpreter, [join(root, 'bench', 'peers', 'quality.py'), ...args], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  try {
    peer('tables', folder, join(root, 'node_modules', 'vega-datasets', 'data'));
    const chosen = process.argv.slice(2);
    const names = Object.keys(tables).filter((name) => chosen.length === 0 || chosen.includes(name));
    const runs = names.flatMap((name) => runsOf(folder, name));
    writeFileSync(join(folder, 'runs.json'), JSON.stringify(runs));
    report(names, runs, JSON.parse(peer('score', folder)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runsOf(folder: string, table: string): Run[] {
  const { target, seeds } = tables[table] ?? { target: '', seeds: 0 };
  const file = join(folder, `${table}.experiment.yaml`);
  writeFileSync(file, `data: ${table}.csv\ntarget: ${target}\n`);
  return Array.from({ length: seeds }, (_, seed) => {
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

/** `peers`: for each run, the metrics by peer. */
function report(
  names: readonly string[],
  runs: readonly Run[],
  peers: readonly Record<string, Scores>[],
): void {
  const deficits = { gbdt: -Infinity, linear: -Infinity };
  for (const table of names) {
    const metric = tables[table]?.metric ?? '';
    const indices = [...runs.keys()].filter((i) => runs[i]?.table === table);
    const mean = (of: (index: number) => Scores | undefined) =>
      indices.reduce((sum, i) => sum + (of(i)?.[metric] ?? Number.NaN), 0) / indices.length;
    const own = mean((i) => runs[i]?.own);
    const again = mean((i) => peers[i]?.['own']);
    if (!(Math.abs(own - again) < 1e-9))
      throw new Error(`${table}: ${metric} is ${again} by the predictions file, ${own} by the run`);
    const [same, plain] = [mean((i) => peers[i]?.['lightgbm']), mean((i) => peers[i]?.['lightgbm default'])];
    const linear = mean((i) => runs[i]?.linear);
    const peerLinear = mean((i) => peers[i]?.['linear']);
    deficits.gbdt = Math.max(deficits.gbdt, same - own);
    deficits.linear = Math.max(deficits.linear, peerLinear - linear);
    const show = (value: number) => value.toFixed(4);
    console.log(
      `${table}, ${metric}, ${indices.length} seeds: gbdt ${show(own)}, LightGBM with our settings ${show(same)} ` +
        `and its own ${show(plain)}; linear ${show(linear)}, scikit-learn ${show(peerLinear)}`,
    );
  }
  const met = deficits.gbdt <= goals.gbdt && deficits.linear <= goals.linear;
  console.log(
    `${met ? 'met' : 'MISSED'}: largest deficit to LightGBM ${deficits.gbdt.toFixed(4)} (goal ${goals.gbdt}), ` +
      `to the linear model ${deficits.linear.toFixed(4)} (goal ${goals.linear})`,
  );
  process.exitCode = met ? 0 : 1;
}
