/** After a selection the file asks only for columns that have an effect, says the same, and tells what was dropped. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readModel } from '../../server/onnx/model.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { trainModel } from '../../server/training/train.ts';
import { temporaryFolder } from '../temporary.ts';
import { call, callJson, folderWith } from '../terminal/command.ts';
import { expectParity, prepare } from './tables.ts';

/** y follows a and plan; b, c and town are noise, and all have gaps. */
function table(rows = 900): string {
  const random = createRandom(4, 'selected');
  const lines = Array.from({ length: rows }, () => {
    const [a, b, c] = [random.normal(), random.normal(), random.normal()];
    const plan = random.int(3);
    const y = random.uniform() < 1 / (1 + Math.exp(-2 * a - 2 * (plan - 1))) ? 1 : 0;
    const cells = [a, b, c].map((value) => (random.uniform() < 0.05 ? '' : value.toFixed(3)));
    return [...cells, ['basic', 'plus', 'pro'][plan], `t${random.int(4)}`, y].join(',');
  });
  return `${['a,b,c,plan,town,y', ...lines].join('\n')}\n`;
}

test.each([
  ['linear', { select: { method: 'mutual-info', keep: 4 } }],
  ['linear', { select: { method: 'permutation' } }],
  ['gbdt', { select: { method: 'permutation' } }],
])('%s with %o: what is dropped is no input, and scores are those of the trainer', async (type, features) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'table.csv'), table());
  const model = type === 'gbdt' ? { type, gbdt: { trees: 20 } } : type;
  const request = await prepare(folder, { model, features, split: { valid: 0.2 } });
  const trained = await trainModel(request);
  const names = readModel(trained.onnx).inputs.map(({ name }) => name);
  expect(names).toEqual(trained.features.map(({ name }) => name));
  const { kept = [], dropped = [] } = trained.selection ?? {};
  // Features are called as their column, or begin with its name.
  const hasFeature = (column: string) => kept.some((feature) => feature.split(/[ =]/)[0] === column);
  expect(names).toEqual(['a', 'b', 'c', 'plan', 'town'].filter(hasFeature));
  expect(names).toContain('a');
  expect(names.length).toBeLessThan(5);
  expect(dropped.length).toBeGreaterThan(0);
  await expectParity(request);
});

test('neighbours are found by all columns: all are asked for', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'table.csv'), table());
  const features = {
    include: ['a', 'b', 'c'],
    numeric: { impute: 'knn' },
    select: { method: 'correlation', keep: 1 },
  };
  const request = await prepare(folder, { model: 'linear', features, split: { valid: 0.2 } });
  const { onnx, selection } = await trainModel(request);
  expect(selection?.kept).toEqual(['a']);
  expect(readModel(onnx).inputs.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  await expectParity(request);
});

test('a run tells what was kept and dropped, and predict asks for no column without effect', async () => {
  const folder = folderWith({
    't.csv': table(),
    'few.csv': 'a,plan\n1.5,pro\n-1.5,basic\n',
    'x.experiment.yaml':
      'data: t.csv\ntarget: y\nmodel: linear\nfeatures: {exclude: [town], select: {method: permutation}}\nsplit: {valid: 0.2}\n',
  });
  const { stdout } = await call(folder, ['run', 'x.experiment.yaml']);
  expect(stdout).toMatch(/selected \(permutation\): \d of \d features: a, .*; dropped: b, c/);
  const id = /predict run:(\S+)/.exec(stdout)?.[1] ?? '';
  const shown = (await callJson(folder, ['runs', 'show', id])).document;
  expect(shown).toMatchObject({
    selection: { method: 'permutation', dropped: expect.arrayContaining(['b', 'c']) },
    features: [{ name: 'a' }, { name: 'plan' }],
    explanations: [{ importance: [expect.anything(), expect.anything()] }],
  });
  const card = /card +(\S+)/.exec(stdout)?.[1] ?? '';
  expect(readFileSync(join(folder, card), 'utf8')).toMatch(/are kept, chosen by `permutation`.*Dropped: /);
  const predicted = await call(folder, ['predict', `run:${id}`, 'few.csv', '-o', 'p.csv']);
  expect([predicted.code, predicted.stderr]).toEqual([0, '']);
  expect(readFileSync(join(folder, 'p.csv'), 'utf8').trim().split('\n')).toHaveLength(3);
});
