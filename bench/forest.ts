/**
 * Seconds that a random forest takes beside scikit-learn's, in the same run: 300 trees on 100,000 rows of 30 columns,
 * two threads. MODELWRIGHT_PYTHON names an interpreter with numpy and scikit-learn; `--trees N` and `--rows N` try less.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { forest } from '../server/models/forest/forest.ts';
import { auc, createTable, write } from './table.ts';

const goal = 0.5;
/** Equal quality: the difference in AUC that a bench may have. */
const slack = 0.005;
const threads = 2;
const { values } = parseArgs({
  options: { trees: { type: 'string', default: '300' }, rows: { type: 'string', default: '100000' } },
});
const [trees, rows] = [Number(values.trees), Number(values.rows)];

const python = process.env['MODELWRIGHT_PYTHON'];
if (python) compare(python, await timeOwn());
else console.log('skipped: set MODELWRIGHT_PYTHON to a Python with numpy and scikit-learn');

interface Own {
  readonly seconds: number;
  readonly cpu: number;
  readonly auc: number;
}

async function timeOwn(): Promise<Own> {
  const train = createTable(rows, 30, 1);
  const test = createTable(50_000, 30, 2);
  const start = performance.now();
  const before = process.cpuUsage();
  const model = await forest.fit({
    task: 'binary',
    outputs: 2,
    train,
    parameters: { trees, min_leaf: 1, max_features: 'sqrt', oob: true },
    seed: 1,
    threads,
  });
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - start) / 1000;
  return { seconds, cpu: (user + system) / 1e6, auc: auc(test.target, model.predict(test.matrix)) };
}

function compare(interpreter: string, own: Own): void {
  const folder = mkdtempSync(join(tmpdir(), 'forest-'));
  try {
    write(folder, 'train', createTable(rows, 30, 1));
    write(folder, 'test', createTable(50_000, 30, 2));
    const script = fileURLToPath(new URL('peers/forest.py', import.meta.url));
    const answer = execFileSync(interpreter, [script, folder, rows, 30, trees, threads].map(String));
    const peer: Own = JSON.parse(answer.toString());
    console.log(
      `${rows} x 30, ${trees} trees, ${threads} threads: ${own.seconds.toFixed(1)} s (processor ${own.cpu.toFixed(1)} s), ` +
        `scikit-learn ${peer.seconds.toFixed(1)} s (${peer.cpu.toFixed(1)} s); ` +
        `AUC ${own.auc.toFixed(4)}, ${peer.auc.toFixed(4)}; ratio of processor time ${(own.cpu / peer.cpu).toFixed(2)}`,
    );
    const ratio = own.seconds / peer.seconds;
    const met = ratio <= goal && own.auc >= peer.auc - slack;
    console.log(
      `${met ? 'met' : 'MISSED'}: ${ratio.toFixed(2)} of scikit-learn's time (goal ${goal.toFixed(2)})`,
    );
    process.exitCode = met ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
