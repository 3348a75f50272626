/**
 * How good the best of 40 trials is beside Optuna with LightGBM: the same rows, split, space and early stopping, and as
 * much time as our own trials took. Means over seeds of a table of two classes and one of values. MODELWRIGHT_PYTHON
 * names an interpreter with numpy, pandas, pyarrow, scikit-learn, lightgbm and optuna; `--seeds N` and `--trials N` try less.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parameters } from '../server/catalog/models.ts';
import { createRandom } from '../server/statistics/random.ts';
import { createTable } from './table.ts';

/** What seeds alone move: how far our mean may lie below the peer's. Of both metrics, 1 is perfect. */
const slack = 0.001;
const rows = 5000;
const columns = 12;
const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '3' }, trials: { type: 'string', default: '40' } },
});

interface Found {
  /** Of the best trial, on the validation rows that chose it and on test rows that chose nothing. */
  readonly valid: number;
  readonly test: number;
  readonly trials: number;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const python = process.env['MODELWRIGHT_PYTHON'];
if (python === undefined) console.log('skipped: MODELWRIGHT_PYTHON names no interpreter');
else compare(python);

function compare(interpreter: string): void {
  let worst = Number.POSITIVE_INFINITY;
  for (const metric of ['roc_auc', 'r2']) {
    const pairs = Array.from({ length: Number(values.seeds) }, (_, seed) => race(interpreter, metric, seed));
    const mean = (of: (pair: (typeof pairs)[number]) => number) =>
      pairs.reduce((sum, pair) => sum + of(pair) / pairs.length, 0);
    worst = Math.min(
      worst,
      mean(({ own, peer }) => own.test - peer.test),
    );
    console.log(
      `${metric}, ${pairs.length} seeds, ${mean(({ seconds }) => seconds).toFixed(1)} s each: ` +
        `own ${mean(({ own }) => own.valid).toFixed(4)} on validation rows, ${mean(({ own }) => own.test).toFixed(4)} on test rows ` +
        `(${mean(({ own }) => own.trials).toFixed(0)} trials), Optuna and LightGBM ${mean(({ peer }) => peer.valid).toFixed(4)}, ` +
        `${mean(({ peer }) => peer.test).toFixed(4)} (${mean(({ peer }) => peer.trials).toFixed(0)} trials)`,
    );
  }
  const met = worst >= -slack;
  console.log(
    `${met ? 'met' : 'MISSED'}: after equal time the best is ${worst.toFixed(4)} beside the peer's on test rows (goal ${-slack} or more)`,
  );
  process.exitCode = met ? 0 : 1;
}

function race(
  interpreter: string,
  metric: string,
  seed: number,
): { own: Found; peer: Found; seconds: number } {
  const folder = mkdtempSync(join(tmpdir(), 'tuning-'));
  try {
    writeFileSync(join(folder, 'table.csv'), tableText(metric === 'r2', seed));
    const file = join(folder, 'table.experiment.yaml');
    const tune = `{trials: ${values.trials}, warm_start: none, using: valid}`;
    writeFileSync(
      file,
      `data: table.csv\ntarget: y\nmetric: ${metric}\nsplit: {valid: 0.2, test: 0.2}\nmodel: gbdt\nbaseline: [dummy]\n` +
        `evaluate: {slices: [], ci: {samples: 100}}\ntune: ${tune}\n`,
    );
    const command = [join(root, 'dist', 'cli.js'), 'run', file, '--json', '--workspace', folder];
    const answer = execFileSync(process.execPath, [...command, '--set', `train.seed=${seed}`], {
      ...{ encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] },
    });
    const { tuning, timings, metrics, artifacts } = JSON.parse(answer);
    const own = {
      valid: tuning.trials[tuning.best].value,
      test: metrics.test[metric].value,
      trials: tuning.trials.length,
    };
    const script = join(root, 'bench', 'peers', 'tuning.py');
    const space = JSON.stringify(spaceOf());
    const asked = [
      folder,
      join(folder, artifacts.predictions),
      metric,
      String(timings.tune),
      String(seed),
      space,
    ];
    // Spinning threads on a busy machine triple its time.
    const env = { ...process.env, OMP_WAIT_POLICY: 'passive' };
    const peer: Found = JSON.parse(
      execFileSync(interpreter, [script, ...asked, values.trials], { env }).toString(),
    );
    return { own, peer, seconds: timings.tune };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The space of the family, by setting. */
function spaceOf(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters.gbdt).flatMap(([name, entry]) =>
      'search' in entry ? [[name, entry.search]] : [],
    ),
  );
}

/** Twelve numbers and two classes; `isValue`: log-odds with noise instead. */
function tableText(isValue: boolean, seed: number): string {
  const { matrix, target } = createTable(rows, columns, 100 + seed);
  const random = createRandom(seed, 'bench', 'tuning');
  const x = (j: number, row: number) => {
    const column = matrix.values[j];
    return column?.kind === 'numeric' ? (column.values[row] ?? 0) : 0;
  };
  const lines = [`${matrix.columns.map(({ name }) => name).join()},y`];
  for (let row = 0; row < rows; row++) {
    const value = x(0, row) + Math.sin(2 * x(1, row)) + x(2, row) * x(3, row) + 0.5 * random.normal();
    const y = isValue ? value.toFixed(4) : target[row];
    lines.push([...matrix.columns.map((_, j) => x(j, row).toFixed(5)), y].join());
  }
  return `${lines.join('\n')}\n`;
}
