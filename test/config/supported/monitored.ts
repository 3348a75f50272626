/** What can be seen of a model that is watched: one run, and a log in which rows like those of its test go wrong on the second day. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Experiment } from '../../../server/config/experiment.ts';
import { readCheck } from '../../../server/monitoring/lastCheck.ts';
import { executeOrder } from '../../../server/runs/execute.ts';
import { monitor } from '../../../server/runs/monitor.ts';
import { deploymentFolder, recordDeployment } from '../../../server/serving/deployments.ts';
import { openStore } from '../../../server/store/store.ts';
import { listRuns, readRun } from '../../../server/tracking/runs.ts';
import { copyRun } from '../../copyRun.ts';

/** Verdicts only: that a setting is told again is no effect of it. */
export async function observeMonitored(experiment: Experiment, folder: string): Promise<unknown> {
  const workspace = join(folder, 'watched');
  trained ??= train(folder, workspace);
  await trained;
  const subject = deploy(workspace, experiment);
  const signal = new AbortController().signal;
  const { windows, report, alarm } = await monitor({
    workspace,
    subject,
    model: null,
    replay: false,
    signal,
  }).catch((error: Error) => ({ windows: error.message, report: null, alarm: false }));
  return {
    windows,
    alarm,
    compared: comparedIn(workspace, subject),
    multivariate: report?.multivariate.test,
    columns: report?.columns.map(({ column, verdict, tests }) => [
      column,
      verdict,
      tests.map(({ test, pAdjusted, size, drifted }) => [test, pAdjusted, size, drifted]),
    ]),
  };
}

/** Whether logged rows were asked again of the model file. */
function comparedIn(workspace: string, deployment: string): boolean {
  const store = openStore(workspace);
  const check = readCheck(deploymentFolder(store, deployment));
  store.close();
  return check?.replayed !== undefined;
}

let trained: Promise<void> | undefined;

/** Half of the rows are the reference. The plan is of no importance to so small a model. */
async function train(folder: string, workspace: string): Promise<void> {
  mkdirSync(workspace);
  writeFileSync(join(workspace, 'a.csv'), readFileSync(join(folder, 'a.csv')));
  const file = join(workspace, 'w.experiment.yaml');
  const text = stringify({
    data: { source: 'a.csv', id: 'id' },
    target: 'late',
    features: ['age', 'fee', 'plan', 'heavy'],
    split: { test: 0.5 },
    model: { gbdt: { trees: 8 } },
    baseline: ['dummy'],
    evaluate: { ci: { samples: 100 } },
  });
  writeFileSync(file, text);
  await executeOrder({ kind: 'run', file, workspace, overrides: [], variant: null }, (message) => {
    if (message.kind === 'refused') throw new Error(message.failure.message);
  });
}

/** The same run once more, with what this experiment says, and served. */
function deploy(workspace: string, experiment: Experiment): string {
  const store = openStore(workspace);
  const run = readRun(store, listRuns(store).at(-1)?.id ?? '');
  const lease = copyRun(store, { ...run, request: { ...run.request, experiment: { ...experiment } } });
  const id = `dep-${lease.runId}`;
  const model = { name: 'w', version: '1', reference: 'w/1', path: '', run: lease.runId };
  recordDeployment(store, { id, models: [model], url: 'http://127.0.0.1:1' });
  const log = join(deploymentFolder(store, id), 'log');
  mkdirSync(log, { recursive: true });
  writeFileSync(join(log, '000001.jsonl'), logLines(workspace));
  store.close();
  return id;
}

/** Two days of 200 rows each. On the second one people are older, fees beyond the range, plans new or missing. */
function logLines(workspace: string): string {
  const rows = readFileSync(join(workspace, 'a.csv'), 'utf8').trim().split('\n').slice(1);
  return rows
    .slice(0, 400)
    .map((line, row) => {
      const [, age = '', fee = '', plan = '', , , , heavy = ''] = line.split(',');
      const late = row >= 200;
      const inputs = {
        age: age === '' ? null : Number(age) + (late ? 12 : 0),
        fee: late && row % 10 === 0 ? 900 : Number(fee),
        plan: late && row % 5 === 0 ? 'new' : late && row % 5 === 1 ? null : plan || null,
        heavy: Number(heavy),
      };
      const time = new Date(Date.UTC(2026, 4, 1) + row * 432_000).toISOString();
      const answer = { prediction: 1, score: row % 7 === 0 ? 0.9 : 0.4 };
      return `${JSON.stringify({ time, model: 'w', version: '1', row: 0, inputs, ...answer })}\n`;
    })
    .join('');
}
