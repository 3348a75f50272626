/** Folds and test rows of a single class: a defined result that says what cannot be known, by every family. */
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { createRandom } from '../../server/statistics/random.ts';
import { callJson, folderWith } from './command.ts';
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

const documentOf = async (files: Readonly<Record<string, string>>) =>
  contract.run
    .extend({ warnings: z.array(z.string()) })
    .parse((await callJson(folderWith(files), ['run', 'x.experiment.yaml'])).document);
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
