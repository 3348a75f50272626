/** What a run says of itself: folds and test rows of a single class, by every family, and columns that are lost. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { createRandom } from '../../server/statistics/random.ts';
import { call, callJson, folderWith } from './command.ts';
import * as contract from './contract.ts';

/** Eight sites of fifty rows; positives stand in some of the sites only. */
function sites(withPositives: readonly number[]): string {
  const random = createRandom(11, 'one class', withPositives.length);
  const lines = Array.from({ length: 400 }, (_, row) => {
    const site = row % 8;
    const y = withPositives.includes(site) && random.uniform() < 0.5 ? 1 : 0;
    return `s${site},${(random.normal() + y).toFixed(3)},${random.normal().toFixed(3)},${y}`;
  });
  return `${['site,a,b,y', ...lines].join('\n')}\n`;
}

const withWarnings = contract.run.extend({ warnings: z.array(z.string()) });
const documentOf = async (files: Readonly<Record<string, string>>) =>
  withWarnings.parse((await callJson(folderWith(files), ['run', 'x.experiment.yaml'])).document);
const experiment = (model: string) =>
  `data: {source: t.csv, group: site}\ntarget: y\nmodel: ${model}\ntrain: {epochs: 3}\nsplit: {method: group, cv: 4}\n`;

const families = {
  gbdt: '{type: gbdt, gbdt: {trees: 20}}',
  linear: 'linear',
  forest: '{type: forest, forest: {trees: 20}}',
  mlp: '{type: mlp, mlp: {layers: [8]}}',
};

describe.each(Object.entries(families))('%s', (_, model) => {
  test('positives in one site of eight: all folds but one hold a single class', async () => {
    const run = await documentOf({ 't.csv': sites([3]), 'x.experiment.yaml': experiment(model) });
    expect(run.run.status).toBe('finished');
    expect(run.parity.maxAbsDifference).toBeLessThanOrEqual(1e-5);
    for (const side of ['test', 'valid'] as const)
      expect(Number.isFinite(run.metrics[side]['log_loss']?.value), side).toBe(true);
    // The site with positives is trained on: the test rows have none.
    expect(run.metrics.test['roc_auc']?.value).toBe('NaN');
    expect(run.warnings.join('\n')).toMatch(/All \d+ test rows are "0": .*roc_auc.* cannot be computed/);
  });
});

test('where every site has positives nothing of it is said', async () => {
  const run = await documentOf({
    't.csv': sites([0, 1, 2, 3, 4, 5, 6, 7]),
    'x.experiment.yaml': experiment(families.gbdt),
  });
  expect(run.metrics.test['roc_auc']?.value).toBeGreaterThan(0.5);
  expect(run.warnings.join('\n')).not.toContain('test rows are');
});

test('a column that a declared kind loses is told by the run, when it is shown and on its card', async () => {
  const [header = '', ...lines] = sites([0, 1, 2, 3, 4, 5, 6, 7]).trimEnd().split('\n');
  const towns = lines.map((line, row) => `${line},${['Ulm', 'Bern', 'Graz'][row % 3]}`);
  const files = {
    't.csv': [`${header},town`, ...towns, ''].join('\n'),
    'x.experiment.yaml': `${experiment(families.linear)}features: {types: {town: numeric}}\n`,
  };
  const folder = folderWith(files);
  const run = withWarnings.parse((await callJson(folder, ['run', 'x.experiment.yaml'])).document);
  const said =
    '`features.types` says that `town` holds numbers, and none of its 400 cells is one: they count as missing.';
  expect(run.warnings).toContain(said);
  expect((await call(folder, ['runs', 'show', run.run.id])).stdout).toContain(said);
  const card = readFileSync(join(folder, run.artifacts.card), 'utf8');
  expect(card).toContain('holds numbers, and none of its 400 cells is one');
});
