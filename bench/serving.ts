/** Serving one row of 20 features: latency and requests a second at 1 and 32 connections, beside `mlflow models serve`. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { loadTest } from '../server/serving/load.ts';
import { createRandom } from '../server/statistics/random.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Twenty times what `mlflow models serve` answered on such a machine; beside it where it is installed. */
const goal = { requestsPerSecond: 20 * 160 };
const seconds = Number(process.argv[2] ?? 5);
const features = 20;

const folder = mkdtempSync(join(tmpdir(), 'modelwright-serving-'));
const random = createRandom(1, 'serving');
const names = Array.from({ length: features }, (_, index) => `f${index}`);
const row = () => names.map(() => random.uniform());
const lines = Array.from({ length: 20_000 }, () => {
  const values = row();
  return [
    ...values,
    Number((values[0] ?? 0) + (values[1] ?? 0) * (values[2] ?? 0) + random.uniform() > 1.2),
  ].join(',');
});
writeFileSync(join(folder, 'rows.csv'), `${[...names, 'y'].join(',')}\n${lines.join('\n')}\n`);
writeFileSync(
  join(folder, 'serving.experiment.yaml'),
  'data: rows.csv\ntarget: y\nmodel: {type: gbdt, gbdt: {trees: 100}}\ntrain: {early_stop: false}\nevaluate: {ci: {samples: 100}}\n',
);
const id = cli('run', 'serving.experiment.yaml').run.id;
const { deployment, url, pid } = cli('serve', `run:${id}`, '--detach', '--port', '0');
const values = row();
const body = JSON.stringify(Object.fromEntries(names.map((name, index) => [name, values[index]])));
const ours = await bench('modelwright', new URL('/predict', url), body);
cli('deployments', 'stop', deployment);
console.log(`  (process ${pid}, prediction log on, gradient boosting of 100 trees)`);

const peer = await benchMlflow();
rmSync(folder, { recursive: true, force: true });
const beside = peer === undefined ? '' : `, ${(ours / peer).toFixed(0)} times the peer's ${peer.toFixed(0)}`;
const least = peer === undefined ? goal.requestsPerSecond : 20 * peer;
const met = ours >= least;
console.log(`${met ? 'met' : 'MISSED'}: ${ours.toFixed(0)} requests/s (goal ${least.toFixed(0)})${beside}`);
process.exit(met ? 0 : 1);

function cli(...args: readonly string[]) {
  const command = [join(root, 'dist', 'cli.js'), ...args, '--json'];
  const { stdout, status } = spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stdout}`);
  return JSON.parse(stdout);
}

/** Prints latency and rate at both numbers of connections; gives the higher rate. */
async function bench(name: string, url: URL, payload: string): Promise<number> {
  let best = 0;
  for (const connections of [1, 32]) {
    await loadTest({ url, body: payload, connections, seconds: 1 });
    const { rate, errors, p50, p99 } = await loadTest({ url, body: payload, connections, seconds });
    if (errors > 0) throw new Error(`${name} answered ${errors} requests with an error`);
    const milliseconds = (value: number | null) => `${(value ?? Number.NaN).toFixed(3)} ms`;
    console.log(
      `${name}, ${connections} connections: ${rate.toFixed(0)} requests/s, p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)}`,
    );
    best = Math.max(best, rate);
  }
  return best;
}

/** Undefined where there is no MLflow to be asked. */
async function benchMlflow(): Promise<number | undefined> {
  const python = process.env['MODELWRIGHT_PYTHON'];
  if (python === undefined || spawnSync(python, ['-c', 'import mlflow']).status !== 0) {
    console.log(
      'no peer: MODELWRIGHT_PYTHON names no interpreter that has MLflow; its 160 requests/s were measured before',
    );
    return undefined;
  }
  const saved = join(folder, 'mlflow-model');
  const trained = spawnSync(
    python,
    [join(root, 'bench', 'peers', 'serving.py'), join(folder, 'rows.csv'), saved],
    { stdio: 'inherit' },
  );
  if (trained.status !== 0) throw new Error(`the peer's training ended with ${trained.status}`);
  const port = await freePort();
  const args = [
    '-m',
    'mlflow',
    'models',
    'serve',
    '-m',
    saved,
    '--env-manager',
    'local',
    '--port',
    String(port),
    '--workers',
    '1',
  ];
  // It starts uvicorn by its name.
  const env = { ...process.env, PATH: `${dirname(python)}:${process.env['PATH'] ?? ''}` };
  const server = spawn(python, args, { stdio: 'ignore', detached: true, env });
  try {
    const target = new URL(`http://127.0.0.1:${port}/invocations`);
    const split = JSON.stringify({ dataframe_split: { columns: names, data: [values] } });
    for (
      let waited = 0;
      waited < 120 &&
      !(await fetch(new URL('/ping', target)).then(
        ({ ok }) => ok,
        () => false,
      ));
      waited++
    )
      await sleep(500);
    return await bench('mlflow models serve (one worker)', target, split);
  } finally {
    if (server.pid !== undefined) process.kill(-server.pid, 'SIGKILL');
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
