/** Drift of 1,000,000 x 50 reference rows against 100,000, files read included, beside Evidently in the same run. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OutputColumn } from '../server/data/duckdb/append.ts';
import { writeTable } from '../server/data/duckdb/write.ts';
import { createRandom } from '../server/statistics/random.ts';
import { measure } from './measure.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const goalSeconds = 10;
/** Fewer rows show that it works; only the full number is judged. */
const referenceRows = Number(process.argv[2] ?? 1_000_000);
const currentRows = referenceRows / 10;

const folder = mkdtempSync(join(tmpdir(), 'modelwright-drift-'));
const [reference, current] = [join(folder, 'reference.parquet'), join(folder, 'current.parquet')];
await writeTable(reference, columnsOf(referenceRows, 1));
await writeTable(current, columnsOf(currentRows, 2));

const ours = await measure(
  process.execPath,
  [join(root, 'dist', 'cli.js'), 'drift', reference, current, '--effect', 'small', '--json'],
  folder,
);
if (ours.status !== 1) throw new Error(`drift ended with ${ours.status}: ${ours.stdout.slice(0, 400)}`);
const { columns, sampled } = JSON.parse(ours.stdout);
const found = columns
  .filter(({ drifted }: { drifted: boolean }) => drifted)
  .map(({ column }: { column: string }) => column);
console.log(
  `modelwright: ${ours.seconds.toFixed(1)} s, ${(ours.peakBytes / 2 ** 20).toFixed(0)} MB, ${columns.length} columns, permuted on ${sampled.reference} and ${sampled.current} rows; drifted: ${found.join(', ')} (planted: n0, c0)`,
);

const peer = await benchEvidently();
rmSync(folder, { recursive: true, force: true });
const right = found.join() === 'n0,c0';
const met = ours.seconds <= goalSeconds && right;
const beside = peer === undefined ? '' : `, Evidently ${peer.toFixed(1)} s`;
console.log(
  `${met ? 'met' : 'MISSED'}: ${ours.seconds.toFixed(1)} s (goal ${goalSeconds} s)${right ? '' : ', and not the planted columns'}${beside}`,
);
process.exit(met ? 0 : 1);

/** 35 columns of numbers and 15 of eight levels; the second table has one of each shifted. */
function columnsOf(rows: number, seed: number): OutputColumn[] {
  const random = createRandom(seed, 'drift bench');
  const numbers = Array.from({ length: 35 }, (_, index): OutputColumn => {
    const shift = seed === 2 && index === 0 ? 0.25 : 0;
    const values = Float64Array.from({ length: rows }, () => random.normal() + shift);
    return {
      name: `n${index}`,
      values: index % 5 === 4 ? values.map((value) => Math.round(10 * value)) : values,
    };
  });
  const levels = Array.from({ length: 8 }, (_, level) => `level ${level}`);
  const texts = Array.from({ length: 15 }, (_, index): OutputColumn => {
    const power = seed === 2 && index === 0 ? 1.3 : 1;
    const codes = Int32Array.from({ length: rows }, () => 1 + Math.floor(8 * random.uniform() ** power));
    return { name: `c${index}`, values: { levels, codes } };
  });
  return [...numbers, ...texts];
}

/** Undefined where there is no Evidently to be asked. */
async function benchEvidently(): Promise<number | undefined> {
  const python = process.env['MODELWRIGHT_PYTHON'];
  if (python === undefined || spawnSync(python, ['-c', 'import evidently']).status !== 0) {
    console.log('no peer: MODELWRIGHT_PYTHON names no interpreter that has Evidently');
    return undefined;
  }
  const script = join(root, 'bench', 'peers', 'drift.py');
  const { seconds, peakBytes, stdout, status } = await measure(python, [script, reference, current], folder);
  if (status !== 0) throw new Error(`the peer ended with ${status}`);
  console.log(`Evidently: ${seconds.toFixed(1)} s, ${(peakBytes / 2 ** 20).toFixed(0)} MB, ${stdout.trim()}`);
  return seconds;
}
