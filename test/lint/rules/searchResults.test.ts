import { describe, expect, test } from 'vitest';
import type { Tuning } from '../../../server/protocol/run.ts';
import { clean, fixed, lint, only } from '../marked.ts';
import { historyOf, isSilentOnceMended, judged, resultOf } from '../pastResults.ts';

/** Twelve trials along a range; the higher the value, the better. */
function searched(
  parameter: string,
  values: readonly number[],
  scores: readonly number[],
): { tuning: Tuning } {
  const trials = values.map((value, i) => ({
    params: { [parameter]: value },
    value: scores[i] ?? Number.NaN,
    budget: 1,
    pruned: false,
  }));
  return {
    tuning: { search: 'random', metric: 'roc_auc', trials, best: scores.indexOf(Math.max(...scores)) },
  };
}
const twelve = Array.from({ length: 12 }, (_, i) => i);

describe('bound-hit', () => {
  const space = (range: string) => `${clean}tune: {trials: 12, space: {model.gbdt.max_leaves: ${range}}}\n`;
  const leaves = twelve.map((i) => 4 + 4 * i);
  const rising = searched(
    'model.gbdt.max_leaves',
    leaves,
    leaves.map((each) => each / 100),
  );

  test('fires at the range whose end holds the best trials, and its fix goes on beyond it', () => {
    const text = space('4..48');
    const [finding, ...rest] = judged('bound-hit', text, rising);
    expect(rest).toEqual([]);
    expect(finding?.message).toBe(
      'Best model.gbdt.max_leaves = 48 sits on the edge of 4..48: better values may lie beyond.',
    );
    expect(fixed(text, finding)).toBe(space('4..92'));
    expect(isSilentOnceMended('bound-hit', text, rising)).toBe(true);
  });

  test('a range in logarithms goes on by half of its decades', () => {
    const text = space('4..64 log');
    const [finding] = judged(
      'bound-hit',
      text,
      searched(
        'model.gbdt.max_leaves',
        twelve.map((i) => Math.round(4 * 16 ** (i / 11))),
        twelve.map((i) => -i),
      ),
    );
    expect(fixed(text, finding)).toBe(space('2..64 log'));
  });

  test('is silent in the middle, of few trials, where the best trial stands alone, and at a legal limit', () => {
    const middle = twelve.map((i) => -Math.abs(i - 6));
    expect(judged('bound-hit', space('4..48'), searched('model.gbdt.max_leaves', leaves, middle))).toEqual(
      [],
    );
    const few = searched('model.gbdt.max_leaves', leaves.slice(3), leaves.slice(3));
    expect(judged('bound-hit', space('4..48'), few)).toEqual([]);
    const alone = searched('model.gbdt.max_leaves', leaves, [9, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 10]);
    expect(judged('bound-hit', space('4..48'), alone)).toEqual([]);
    const shares = twelve.map((i) => 0.5 + i / 22);
    const text = `${clean}tune: {trials: 12, space: {model.gbdt.subsample: 0.5..1.0}}\n`;
    expect(judged('bound-hit', text, searched('model.gbdt.subsample', shares, shares))).toEqual([]);
  });

  test("the family's own ranges are told at `tune`", () => {
    const rates = twelve.map((i) => 0.01 * 30 ** (i / 11));
    const [finding] = judged(
      'bound-hit',
      `${clean}tune: 12\n`,
      searched('model.gbdt.learning_rate', rates, rates),
    );
    expect(finding?.path).toBe('tune');
    expect(finding?.message).toMatch(/sits on the edge of 0\.01\.\.0\.3 log/);
  });
});

describe('over-budget', () => {
  const took = (seconds: number) => ({ timings: { read: 5, train: seconds, evaluate: 9 } });

  test('a search whose trials do not fit into its timeout', () => {
    const text = `${clean}tune: {trials: 100, timeout: 30m}\n`;
    const having = (seconds: number) =>
      only(lint(text, { runs: historyOf([resultOf(clean, took(seconds))]) }), 'over-budget');
    const [finding] = having(60);
    expect(finding?.message).toBe(
      'About 100 min for 100 trials, as run run1 went; after 30 min about 30 of them will have run.',
    );
    expect(fixed(text, finding)).toBe(`${clean}tune: {trials: 30, timeout: 30m}\n`);
    expect(having(17)).toEqual([]);
  });

  test('trials of an earlier search are taken as they went, side by side and cut short', () => {
    const text = `${clean}tune: {trials: 24, timeout: 10m}\n`;
    const changes = {
      timings: { tune: 600, train: 40 },
      ...searched('model.gbdt.max_leaves', twelve, twelve),
    };
    expect(judged('over-budget', text, changes)[0]?.data).toMatchObject({
      seconds: 1200,
      budget: 600,
      fits: 12,
    });
  });

  test('a budget of time, for this family alone', () => {
    const text = `${clean}train: {budget: {time: 5m}}\n`;
    expect(judged('over-budget', text, took(420))[0]?.message).toBe(
      'About 7 min, as run run1 went; the budget is 5 min.',
    );
    expect(judged('over-budget', text, took(299))).toEqual([]);
    const other = historyOf([resultOf(clean, took(420))]);
    expect(only(lint(`${text}model: linear\n`, { runs: other }), 'over-budget')).toEqual([]);
  });
});

test('a run that its budget ended says nothing of how long it takes', () => {
  const text = `${clean}train: {budget: {time: 5m}}\n`;
  const warnings = ['`train.budget.time` (5m) ended the training after 3 of at most 9 steps: …'];
  expect(judged('over-budget', text, { timings: { train: 420 } })).toHaveLength(1);
  expect(judged('over-budget', text, { timings: { train: 420 }, warnings })).toEqual([]);
});

describe('no-checkpoint', () => {
  const took = (seconds: number) => ({ timings: { train: seconds } });
  const saving = (every: string) =>
    `${clean}gates: [roc_auc >= 0.7]\ntrain: {checkpoint: {every: ${every}}}\n`;

  test('half an hour of work and no save before its end; without the setting it is saved on the way', () => {
    const text = saving('never');
    const [finding, ...rest] = judged('no-checkpoint', text, took(2_700));
    expect(rest).toEqual([]);
    expect(finding?.message).toBe('A crash loses up to 45 min, as long as run run1 took: nothing is saved.');
    const mended = fixed(text, finding);
    expect(mended).not.toContain('never');
    expect(judged('no-checkpoint', mended, took(2_700))).toEqual([]);
    expect(judged('no-checkpoint', text, took(1_799))).toEqual([]);
  });

  test('a first save after the last tree is none', () => {
    expect(judged('no-checkpoint', saving('5000'), took(2_700))[0]?.message).toContain(
      'the first save comes after 5,000 of 1,000 trees',
    );
    expect(judged('no-checkpoint', saving('200'), took(2_700))).toEqual([]);
    // A linear model takes no steps that could be saved.
    expect(judged('no-checkpoint', `${saving('never')}model: linear\n`, took(2_700))).toEqual([]);
  });

  test('before the first run, the budget of time says how long it may be', () => {
    const text = `${clean}gates: [roc_auc >= 0.7]\ntrain: {checkpoint: {every: never}, budget: {time: 2h}}\n`;
    expect(only(lint(text), 'no-checkpoint')[0]?.message).toBe(
      'A crash loses up to 2 h, as long as the budget allows: nothing is saved.',
    );
    expect(only(lint(text.replace('2h', '20m')), 'no-checkpoint')).toEqual([]);
  });
});
