/**
 * Seconds an epoch of a dense network of 128 and 128 units takes on 50,000 rows of 30 columns, batch 256, beside
 * scikit-learn's MLP and, where it is installed, Keras on TensorFlow, in the same run. MODELWRIGHT_PYTHON names an
 * interpreter with numpy and scikit-learn. `--device=cpu` and others choose the engine, `--epochs=N` the length.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LabelledRows } from '../server/models/family.ts';
import { chooseEngines } from '../server/models/mlp/engines.ts';
import { createMlp } from '../server/models/mlp/mlp.ts';
import type { MlpSettings } from '../server/models/mlp/settings.ts';
import { createRandom } from '../server/statistics/random.ts';
import { labelled } from './table.ts';

const rows = 50_000;
const columns = 30;
const option = (name: string) =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.split('=')[1];
const epochs = Number(option('epochs') ?? 10);
const settings: MlpSettings = {
  layers: [128, 128],
  activation: 'relu',
  dropout: 0,
  batch_norm: false,
  epochs,
  batch: 256,
  optimizer: { type: 'adam', lr: 0.001, weight_decay: 0 },
  schedule: { type: 'constant', warmup: 0 },
  regularize: { grad_clip: 1e9 },
  device: (option('device') ?? 'auto') as MlpSettings['device'], // Another word is refused by the choice.
};

const python = process.env['MODELWRIGHT_PYTHON'];
if (!python) console.log('skipped: set MODELWRIGHT_PYTHON to a Python with numpy and scikit-learn');
else await compare(python);

interface Peer {
  readonly name: string;
  readonly seconds: number;
  readonly processor: number;
  readonly auc: number;
}

async function compare(interpreter: string): Promise<void> {
  const [train, test] = [createTable(1), createTable(2)];
  const ours = await time(train, test);
  show({ name: `Modelwright (${ours.engine})`, ...ours });
  const folder = mkdtempSync(join(tmpdir(), 'mlp-'));
  try {
    write(folder, 'train', train);
    write(folder, 'test', test);
    const script = fileURLToPath(new URL('peers/mlp.py', import.meta.url));
    const answer = execFileSync(interpreter, [script, folder, rows, columns, epochs].map(String));
    const peers: readonly Peer[] = JSON.parse(answer.toString());
    for (const peer of peers) show(peer);
    // Keras is what the goal names; without it, scikit-learn, which is faster than Keras.
    const peer = peers.find(({ name }) => name === 'Keras') ?? peers[0];
    if (!peer) throw new Error('the peers gave no figure');
    const goal = ours.engine === 'tensorflow' ? 1 : 2;
    const ratio = ours.seconds / peer.seconds;
    const isMet = ratio <= goal && ours.auc > peer.auc - 0.01;
    console.log(
      `${isMet ? 'met' : 'MISSED'}: ${ratio.toFixed(2)} of ${peer.name}'s time an epoch at equal quality (goal ${goal.toFixed(2)})`,
    );
    process.exitCode = isMet ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function time(train: LabelledRows, test: LabelledRows) {
  const seconds: number[] = [];
  let last = performance.now();
  const before = process.cpuUsage();
  const model = await createMlp(chooseEngines).fit({
    task: 'binary',
    outputs: 2,
    train,
    parameters: settings,
    seed: 1,
    threads: 2,
    onProgress() {
      seconds.push((performance.now() - last) / 1000);
      last = performance.now();
    },
  });
  const { user, system } = process.cpuUsage(before);
  return {
    engine: model.device?.engine ?? '',
    // The first epoch includes the start.
    seconds: Math.min(...seconds.slice(1)),
    processor: (user + system) / 1e6 / epochs,
    auc: auc(test.target, model.predict(test.matrix)),
  };
}

function show({ name, seconds, processor, auc: area }: Peer): void {
  console.log(
    `${name}: ${seconds.toFixed(3)} s an epoch, ${processor.toFixed(3)} s of processor, AUC ${area.toFixed(4)}`,
  );
}

function createTable(seed: number): LabelledRows {
  const random = createRandom(seed, 'bench', 'mlp');
  const values = Array.from({ length: columns }, () =>
    Float32Array.from({ length: rows }, () => random.normal()),
  );
  const x = (column: number, row: number) => values[column]?.[row] ?? 0;
  const target = Float64Array.from({ length: rows }, (_, row) =>
    x(0, row) * x(1, row) + x(2, row) + 0.5 * random.normal() > 0 ? 1 : 0,
  );
  return labelled(values, target);
}

/** Columns one after the other as float32, then the target as float64. */
function write(folder: string, name: string, { matrix, target }: LabelledRows): void {
  const flat = new Float32Array(rows * columns);
  matrix.values.forEach((column, j) => {
    if (column.kind === 'numeric') flat.set(column.values, j * rows);
  });
  writeFileSync(join(folder, `${name}.x`), flat);
  writeFileSync(join(folder, `${name}.y`), target);
}

/** Chance that a positive scores above a negative. */
function auc(target: Float64Array, raw: Float64Array): number {
  const order = Array.from(raw.keys()).sort((a, b) => (raw[a] ?? 0) - (raw[b] ?? 0));
  let [ranks, positives] = [0, 0];
  order.forEach((row, rank) => {
    if (target[row] !== 1) return;
    ranks += rank + 1;
    positives++;
  });
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (target.length - positives));
}
