/**
 * Seconds that logistic regression takes beside scikit-learn's fastest solver, in the same run: 1,000,000 rows of 15
 * numbers and 5 categories of 20 levels. MODELWRIGHT_PYTHON names an interpreter with numpy, SciPy and scikit-learn;
 * `--rows N` tries less.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { LabelledRows } from '../server/models/family.ts';
import { linear } from '../server/models/linear.ts';
import { createRandom } from '../server/statistics/random.ts';
import { createTable, write } from './table.ts';

const goal = 0.5;
const [numbers, categories, levels] = [15, 5, 20];
const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' } } });
const rows = Number(values.rows);

const python = process.env['MODELWRIGHT_PYTHON'];
if (python) await compare(python);
else console.log('skipped: set MODELWRIGHT_PYTHON to a Python with numpy, SciPy and scikit-learn');

async function compare(interpreter: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'linear-'));
  try {
    const base = createTable(rows, numbers, 1);
    const random = createRandom(5, 'bench', 'linear');
    const codes = Array.from({ length: categories }, () =>
      Uint16Array.from({ length: rows }, () => random.int(levels)),
    );
    write(folder, 'train', base);
    codes.forEach((column, j) => void writeFileSync(join(folder, `codes${j}`), column));
    const names = Array.from({ length: levels }, (_, level) => `level ${level}`);
    const train: LabelledRows = {
      target: base.target,
      matrix: {
        rows,
        columns: [
          ...base.matrix.columns,
          ...codes.map((_, j) => ({ name: `c${j}`, sources: [], kind: 'category' as const, levels: names })),
        ],
        values: [
          ...base.matrix.values,
          ...codes.map((column) => ({ kind: 'category' as const, codes: column })),
        ],
      },
    };
    const start = performance.now();
    const before = process.cpuUsage();
    const model = await linear.fit({
      task: 'binary',
      outputs: 2,
      train,
      parameters: { link: 'auto', penalty: 'l2', strength: 1, l1_ratio: 0.5, intercept: true },
      seed: 1,
      threads: 1,
    });
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(before);
    const loss = meanLoss(model.predict(train.matrix), train.target);
    const script = fileURLToPath(new URL('peers/linear.py', import.meta.url));
    const answer = execFileSync(interpreter, [script, folder, rows, numbers, categories, levels].map(String));
    const peer: { solver: string; seconds: number; cpu: number; loss: number } = JSON.parse(
      answer.toString(),
    );
    console.log(
      `${rows} x (${numbers} + ${categories} of ${levels} levels): ${seconds.toFixed(2)} s (processor ${((user + system) / 1e6).toFixed(2)} s), ` +
        `scikit-learn ${peer.solver} ${peer.seconds.toFixed(2)} s (${peer.cpu.toFixed(2)} s); log loss ${loss.toFixed(6)}, ${peer.loss.toFixed(6)}`,
    );
    const ratio = seconds / peer.seconds;
    const met = ratio <= goal && loss <= peer.loss + 1e-5;
    console.log(
      `${met ? 'met' : 'MISSED'}: ${ratio.toFixed(2)} of scikit-learn's time (goal ${goal.toFixed(2)})`,
    );
    process.exitCode = met ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function meanLoss(raw: Float64Array, target: Float64Array): number {
  return (
    raw.reduce((sum, eta, i) => sum + Math.log1p(Math.exp(target[i] === 1 ? -eta : eta)), 0) / raw.length
  );
}
