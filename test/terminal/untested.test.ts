/** A run that keeps no test rows says what it can: figures of rows held out in folds, and that they flatter. */
import { expect, test } from 'vitest';
import { call, folderWith, shopCsv } from './command.ts';

test.each([
  ['{test: 0, cv: 3}', 'held out in folds', 'On the rows held out in folds `roc_auc` is 0.'],
  ['{test: 0, valid: 0.3}', 'validation rows', 'On the validation rows `roc_auc` is 0.'],
])('split: %s', async (split, side, sentence) => {
  const folder = folderWith({
    'x.experiment.yaml': `data: {source: t.csv, id: id}\ntarget: bought\nmodel: linear\nsplit: ${split}\n`,
    't.csv': shopCsv(300),
  });
  const { code, stdout } = await call(folder, ['run', 'x.experiment.yaml']);
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^${side} +linear\\nroc_auc +0\\.`, 'm'));
  expect(stdout).not.toMatch(/–|against|shuffled/);
  expect(stdout).toContain('No row was kept for testing');
  const [, id] = /^x +run (\w+)/m.exec(stdout) ?? [];
  const card = (await call(folder, ['card', `run:${id}`])).stdout;
  expect(card).toContain(sentence);
  expect(card).not.toMatch(/p NaN|0 test rows that|Worse by|Better by/);
});
