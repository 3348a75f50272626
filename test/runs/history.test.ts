import { expect, test } from 'vitest';
import { histories, readHistory } from '../../server/runs/history.ts';
import { openStore } from '../../server/store/store.ts';
import { createRun, endRun } from '../../server/tracking/runs.ts';
import { temporaryFolder } from '../temporary.ts';

const request = {
  file: '/w/churn.experiment.yaml',
  directory: '/w',
  text: '',
  experiment: { name: 'churn', seed: 1 },
  configHash: 'sha256:0',
  dataHash: 'sha256:1',
  overrides: [],
  variant: null,
};
const failure = { code: 'diverged', message: 'It diverged.', help: 'Lower the rate.' };

test('runs that failed are told by their error; cancelled ones, variants and other experiments are not', () => {
  const workspace = temporaryFolder();
  const store = openStore(workspace);
  const failed = createRun(store, 'churn', request);
  endRun(failed, 'failed', failure);
  endRun(createRun(store, 'churn', request), 'cancelled', { ...failure, code: 'cancelled' });
  endRun(createRun(store, 'churn', { ...request, variant: 'small' }), 'failed', failure);
  endRun(createRun(store, 'shop', request), 'failed', failure);
  store.close();
  const asked = { workspace, experiment: 'churn', directory: '/w' };
  const expected = [
    { run: failed.runId, experiment: request.experiment, code: 'diverged', message: 'It diverged.' },
  ];
  expect(readHistory(asked)?.failures).toMatchObject(expected);
  expect(readHistory(asked)?.failures).toHaveLength(1);
  expect([failed.runId, 'unknown'].map((id) => readHistory(asked)?.hasRun?.(id))).toEqual([true, false]);
  const known = histories();
  expect(known.of(workspace, 'churn', '/w')?.failures).toMatchObject(expected);
  known.forget();
});
