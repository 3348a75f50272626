/** Key press to diagnostics on a file of 500 lines, through a real server process: the time until the new text's findings arrive. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClient } from '../test/language/client.ts';

const goal = 20;
const presses = 400;
const warmup = 50;
const lines = 500;

const workspace = mkdtempSync(join(tmpdir(), 'modelwright-bench-'));
const server = new URL('../dist/main.js', import.meta.url).pathname;
const since = performance.now();
const client = await startClient({ workspace, command: [process.execPath, server, '--stdio'] });
console.log(`ready after ${(performance.now() - since).toFixed(0)} ms`);

const text = longExperiment();
const uri = await client.open(join(workspace, 'long.experiment.yaml'), text);
await client.diagnostics(uri, () => true);

const times: number[] = [];
const word = 'A sentence that somebody types into the description, letter by letter. ';
for (let press = 0; press < presses + warmup; press++) {
  const at = { line: 1, character: 13 + press };
  const started = performance.now();
  await client.changeAt(uri, { range: { start: at, end: at }, text: word.charAt(press % word.length) });
  await client.diagnostics(uri, () => true);
  if (press >= warmup) times.push(performance.now() - started);
}
await client.stop();
rmSync(workspace, { recursive: true });

times.sort((a, b) => a - b);
const quantile = (share: number) =>
  times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? Number.NaN;
const p95 = quantile(0.95);
console.log(
  `${p95 <= goal ? 'met' : 'MISSED'}: ${text.split('\n').length} lines, p50 ${quantile(0.5).toFixed(1)} ms, p95 ${p95.toFixed(1)} ms (goal ${goal}), worst ${quantile(1).toFixed(1)} ms`,
);
process.exit(p95 <= goal ? 0 : 1);

/** Settings, contracts of many columns and gates, as a long file has them. */
function longExperiment(): string {
  const head = 'name: long\ndescription: \ndata:\n  source: data/long.csv\n  columns:\n';
  const columns = Array.from(
    { length: (lines - 40) / 4 },
    (_, i) => `    column_${i}:\n      type: numeric\n      min: 0\n      max: ${i + 10}\n`,
  );
  const tail = Array.from({ length: 20 }, (_, i) => `  - roc_auc >= 0.${50 + i}\n`);
  return `${head}${columns.join('')}target: label\nmetric: roc_auc\nfeatures:\n  exclude: [column_1, column_2]\nsplit:\n  test: 0.25\n  method: stratified\nmodel:\n  type: gbdt\n  gbdt:\n    trees: 500\n    learning_rate: 0.05\ngates:\n${tail.join('')}`;
}
