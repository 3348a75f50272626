/** `lint` of the flights, cold: every data rule over all 3,000,000 rows, from the start of the command to its answer. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure } from './measure.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const goal = 2;
const runs = 5;

const folder = mkdtempSync(join(tmpdir(), 'modelwright-bench-'));
mkdirSync(join(folder, 'data'));
cpSync(join(root, 'examples', 'flights.experiment.yaml'), join(folder, 'flights.experiment.yaml'));
symlinkSync(join(root, 'examples', 'data', 'flights-3m.parquet'), join(folder, 'data', 'flights-3m.parquet'));

const times: number[] = [];
for (let run = 0; run < runs; run++) {
  const { seconds } = await lint('none');
  times.push(seconds);
  console.log(`run ${run + 1}: ${seconds.toFixed(2)} s`);
}
const { peakBytes } = await lint('each moment');
rmSync(folder, { recursive: true, force: true });

const median = times.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
console.log(
  `${median <= goal ? 'met' : 'MISSED'}: median ${median.toFixed(2)} s (goal ${goal}), ${(peakBytes / 2 ** 20).toFixed(0)} MiB`,
);
process.exit(median <= goal ? 0 : 1);

async function lint(looks: 'none' | 'each moment') {
  const command = [join(root, 'dist', 'cli.js'), 'lint', '--json'];
  const measured = await measure(process.execPath, command, folder, { looks });
  if (measured.status !== 0) throw new Error(`lint ended with ${measured.status}`);
  // `sampled` would say that not all rows were looked at.
  if (
    JSON.parse(measured.stdout).findings.some(
      (finding: { sampled?: unknown }) => finding.sampled !== undefined,
    )
  )
    throw new Error('a finding was sampled');
  return measured;
}
