/** Nested searches whose folds lack what other folds have. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createRandom } from '../../server/statistics/random.ts';
import { temporaryFolder } from '../temporary.ts';
import { runHere } from './runHere.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Days of two classes; `early`: none of class `yes` counts in the first half, or no row at all, or all do. */
function workspaceWith(settings: string, early: 'class' | 'all' | 'none' = 'none'): string {
  const workspace = temporaryFolder();
  const random = createRandom(5, 'nested');
  const lines = ['at,x,z,w,y'];
  for (let day = 0; day < 240; day++) {
    const [x, z] = [random.normal(), random.normal()];
    const y = x + random.normal() > 0 ? 'yes' : 'no';
    const counts = day >= 120 || early === 'none' || (early === 'class' && y === 'no');
    const at = new Date(Date.UTC(2025, 0, 1 + day)).toISOString().slice(0, 10);
    lines.push([at, x.toFixed(3), z.toFixed(3), counts ? 1 : 0, y].join(','));
  }
  writeFileSync(join(workspace, 't.csv'), `${lines.join('\n')}\n`);
  const text = `data: {source: t.csv, time: at, weight: w}
target: y
baseline: [dummy]
evaluate: {ci: {samples: 100}, slices: []}
${settings}
`;
  writeFileSync(join(workspace, 'e.experiment.yaml'), text);
  return workspace;
}

// As folds that lack the rows of a class altogether do: such a model never says that class, and is judged so.
test.each([
  ['of a class', 'class'],
  ['of all classes', 'all'],
] as const)('an outer fold in which the rows %s weigh 0 is judged as it is', async (_, early) => {
  const settings = `split: {test: "2025-08-01", cv: {folds: 4, nested: true}}
model: linear
tune: {trials: 2, search: random, warm_start: none}`;
  const { store, record, refused } = await runHere(workspaceWith(settings, early));
  store.close();
  expect([refused, record?.error]).toEqual([[], undefined]);
  const { nested, metric } = record?.document?.tuning ?? {};
  expect(metric).toBe('roc_auc');
  const values = nested?.folds.map(({ value }) => Number(value)) ?? [];
  expect(values).toHaveLength(4);
  // Its first two folds learn from days of the first half alone: what tells nothing apart has an area of a half.
  expect(values.slice(0, 2)).toEqual([0.5, 0.5]);
  for (const value of values.slice(2)) expect(value).not.toBeOneOf([0.5, Number.NaN]);
});
