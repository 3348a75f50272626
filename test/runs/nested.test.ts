/** Nested searches: how far they are, and folds that lack what other folds have. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runEventSchema } from '../../server/protocol/runMessages.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { readEvents } from '../../server/tracking/runs.ts';
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
  const settings = `target: y
split: {test: "2025-08-01", cv: {folds: 4, nested: true}}
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

// By hand: 180 training rows, so that a trial of the run learns from 3 * 120 rows, one in a fold from 3 * 80, and a
// winner there from 3 * 80 + 120. Of 4 trials: 1440 + 3 * (960 + 360) rows, that is 3.75 searches of a share of 400, after
// 10 of reading and before 90 of the rest.
test('the bar counts the search in each outer fold, and stands nowhere', async () => {
  const settings = `target: x
split: {test: 0.25, method: random, cv: {folds: 3, nested: true, kind: kfold}}
features: [z]
model: linear
train: {budget: {time: 100000h}}
tune: {trials: 4, search: random, parallel: 1, warm_start: none}`;
  const workspace = workspaceWith(settings);
  // Each look at the clock is a second later, so that everything is told.
  let seconds = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => 1000 * seconds++);
  const { store, record, refused } = await runHere(workspace);
  clock.mockRestore();
  expect([refused, record?.error]).toEqual([[], undefined]);
  const events = readEvents(store, record?.head.id ?? '', 0).map(({ body }) => runEventSchema.parse(body));
  store.close();
  const told = events.map(({ fraction }) => fraction);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  const at = (start: string) =>
    events.find(({ detail }) => detail?.startsWith(start))?.fraction ?? Number.NaN;
  const own = 400;
  const fold = (400 * 1320) / 1440;
  for (const [index, share] of [own, own + fold, own + 2 * fold].entries())
    expect(at(`outer fold ${index + 1} of 3, trial 1 of 4`)).toBeCloseTo((10 + share) / 1600, 6);
  expect(at('outer fold 3 of 3, trial 3 of 4')).toBeCloseTo((10 + own + 2 * fold + 400 / 3) / 1600, 6);
  expect(at('outer fold 1 of 3, fit 4 of 4 of its winner')).toBeGreaterThan(
    at('outer fold 1 of 3, trial 4 of 4'),
  );
  expect(events.find(({ stage }) => stage === 'train')?.fraction).toBeCloseTo(1510 / 1600, 6);
  expect(told.at(-1)).toBe(1);
  // Where it tells something new it is further.
  const searching = events.filter(({ stage, detail }) => stage === 'tune' && detail?.includes('trial'));
  const further = searching.map(({ fraction }, i) => fraction > (searching[i - 1]?.fraction ?? 0));
  expect(further).toEqual(searching.map(() => true));
  expect(searching).toHaveLength(16);
});
