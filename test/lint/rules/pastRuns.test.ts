import { describe, expect, test } from 'vitest';
import type { GateResult } from '../../../server/protocol/run.ts';
import { clean, fixed, lint, load, only } from '../marked.ts';
import { comparison, figure, historyOf, judged, resultOf } from '../pastResults.ts';

const gated = (gate: string): string => `${clean}gates: [${gate}]\n`;
const ended = (gate: string, more: Partial<GateResult>): { gates: GateResult[] } => ({
  gates: [{ gate, passed: true, value: 0.8, low: 0.78, high: 0.82, reason: 'roc_auc is 0.8.', ...more }],
});
const sound = resultOf(clean).document;

describe('gates beside what runs reached', () => {
  test('gate-failed: at the gate, with what the run got', () => {
    const text = gated('roc_auc >= 0.9');
    const [finding, ...rest] = judged('gate-failed', text, ended('roc_auc >= 0.9', { passed: false }));
    expect(rest).toEqual([]);
    expect(finding?.message).toBe('Run run1 failed `roc_auc >= 0.9`: roc_auc is 0.8.');
    expect(
      load(text).text.text.slice(load(text).text.offsetAt(finding?.range.start ?? { line: 0, character: 0 })),
    ).toMatch(/^roc_auc >= 0.9/);
    expect(judged('gate-failed', text, ended('roc_auc >= 0.9', {}))).toEqual([]);
  });

  test('gate-failed: a gate that was changed since has not failed yet', () => {
    const runs = historyOf([resultOf(gated('roc_auc >= 0.9'), ended('roc_auc >= 0.9', { passed: false }))]);
    expect(only(lint(gated('roc_auc >= 0.7'), { runs }), 'gate-failed')).toEqual([]);
  });

  test('gate-below-baseline: raised by its fix', () => {
    const text = gated('roc_auc >= 0.45');
    const [finding] = judged('gate-below-baseline', text);
    expect(finding?.message).toBe(
      'Dummy scores roc_auc 0.5; the gate asks for 0.45, which learning nothing passes.',
    );
    expect(fixed(text, finding)).toBe(gated('roc_auc >= 0.71'));
    expect(judged('gate-below-baseline', gated('roc_auc >= 0.71'))).toEqual([]);
    expect(judged('gate-below-baseline', gated('ece <= 0.05'))).toEqual([]);
    expect(judged('gate-below-baseline', gated('log_loss < 0.65'))).toHaveLength(1);
    expect(judged('gate-below-baseline', gated('log_loss < 0.55'))).toEqual([]);
  });

  test('gate-unreachable: above every past run by more than three standard deviations', () => {
    const text = gated('roc_auc >= 0.9');
    const runs = historyOf(
      [0.7, 0.71, 0.72, 0.7, 0.71].map((value) =>
        resultOf(text, { metrics: { ...sound.metrics, test: { roc_auc: figure(value) } } }),
      ),
    );
    const [finding] = only(lint(text, { runs }), 'gate-unreachable');
    expect(finding?.message).toBe('Best ever roc_auc 0.72 in 5 runs; the gate asks for 0.9.');
    expect(only(lint(gated('roc_auc >= 0.74'), { runs }), 'gate-unreachable')).toEqual([]);
    expect(only(lint(text, { runs: historyOf(runs.results.slice(1)) }), 'gate-unreachable')).toEqual([]);
  });

  test('difference-not-significant: a gain that is claimed and can be chance', () => {
    const text = gated('beats baseline');
    const unsure = ended('beats baseline', { value: 0.01, low: -0.01, high: 0.03 });
    const [finding] = judged('difference-not-significant', text, unsure);
    expect(finding?.message).toMatch(/^roc_auc vs\. baseline: 0\.01 \[-0\.01, 0\.03\]; the interval holds 0/);
    const mended = fixed(text, finding);
    expect(mended).toBe(gated('beats baseline (significant)'));
    expect(
      only(lint(mended, { runs: historyOf([resultOf(text, unsure)]) }), 'difference-not-significant'),
    ).toEqual([]);
    expect(
      judged(
        'difference-not-significant',
        text,
        ended('beats baseline', { value: 0.1, low: 0.05, high: 0.15 }),
      ),
    ).toEqual([]);
    const bounded = 'roc_auc >= baseline - 0.02';
    expect(
      judged(
        'difference-not-significant',
        gated(bounded),
        ended(bounded, { value: 0.01, low: -0.01, high: 0.03 }),
      ),
    ).toEqual([]);
  });
});

describe('run-stale', () => {
  const stale = (text: string) => only(lint(text, { runs: historyOf([resultOf(clean)]) }), 'run-stale');

  test('says that the text has changed since, unless it changed no result', () => {
    expect(stale(clean)).toEqual([]);
    expect(stale(`${clean}description: words\ncard: {owner: me}\n`)).toEqual([]);
    expect(stale(`${clean}model: linear\n`)[0]?.message).toBe(
      'The last results (run run1 of 2026-02-01) are from an older version of this file.',
    );
  });

  test('a text that was run before, and is written again, has its results', () => {
    const runs = historyOf([resultOf(`${clean}model: linear\n`), resultOf(clean)]);
    expect(only(lint(clean, { runs }), 'run-stale')).toEqual([]);
  });

  test('the code counts only where a command runs it', () => {
    const code = () => 'git:abc';
    const runs = { ...historyOf([resultOf(clean)]), code };
    expect(only(lint(clean, { runs }), 'run-stale')).toEqual([]);
    const text = `${clean}model: {type: command, command: {train: python t.py}}\n`;
    const [finding] = only(lint(text, { runs: { ...historyOf([resultOf(text)]), code } }), 'run-stale');
    expect(finding?.message).toMatch(/from an older commit/);
  });
});

describe('test-peeking', () => {
  const candidate = gated('roc_auc >= 0.6');
  const looked = (looks: number, text = candidate) =>
    only(lint(text, { runs: historyOf([resultOf(text)], looks) }), 'test-peeking')[0];

  test('more looks than the budget: warns with the expected optimism, an error at five times the budget', () => {
    // 0.02 / 1.96 · √(2 ln 11)
    expect(looked(11)?.message).toMatch(
      /^Test set used 11 times; best-of-11 optimism about 0\.02235 of roc_auc/,
    );
    expect(looked(11)?.severity).toBe('warning');
    expect(looked(51)?.severity).toBe('error');
    expect(looked(10)).toBeUndefined();
    expect(looked(11, `${candidate}split: {test_budget: 20}\n`)).toBeUndefined();
    expect(looked(99, `${candidate}split: {lock: false}\n`)).toBeUndefined();
  });

  test('while one explores nothing is said', () => {
    expect(looked(60, clean)).toBeUndefined();
  });
});

describe('seeds', () => {
  const candidate = gated('roc_auc >= 0.6');
  const seeded = (seed: number) => `${candidate}train: {seed: ${seed}}\n`;
  const seeds = (values: readonly number[], promoted: number) =>
    values.map((value, seed) =>
      resultOf(
        seeded(seed),
        { metrics: { ...sound.metrics, test: { roc_auc: figure(value) } } },
        seed === promoted ? { promoted: ['churn/3'] } : {},
      ),
    );
  const picked = (values: readonly number[], promoted: number) =>
    only(lint(seeded(0), { runs: historyOf(seeds(values, promoted)) }), 'seed-picking');

  test('seed-picking: three seeds, the best one promoted', () => {
    expect(picked([0.7, 0.72, 0.71], 1)[0]?.message).toBe(
      'Seeds 0, 1, 2: roc_auc spreads by 0.01; you promoted the best (churn/3), which is luck.',
    );
    expect(picked([0.7, 0.72, 0.71], 0)).toEqual([]);
    expect(picked([0.7, 0.72], 1)).toEqual([]);
    expect(picked([0.7, 0.72, 0.71], 9)).toEqual([]);
  });

  test('single-seed-claim: a difference smaller than the spread over seeds', () => {
    const claim = (difference: number) => {
      const [first, ...others] = seeds([0.7, 0.74, 0.78], 9);
      if (first === undefined) throw new Error('three are given');
      const own = {
        ...first,
        document: { ...first.document, comparisons: [comparison('linear', difference)] },
      };
      return only(lint(seeded(0), { runs: historyOf([own, ...others]) }), 'single-seed-claim');
    };
    expect(claim(0.03)[0]?.message).toBe(
      'Against linear, a difference of 0.03 in roc_auc is less than the spread of 0.04 over 3 seeds.',
    );
    expect(claim(0.05)).toEqual([]);
  });
});

test('not-reproducible: two runs of the same everything that differ', () => {
  const text = gated('roc_auc >= 0.6');
  const pair = (value: number, more = {}) =>
    only(
      lint(text, {
        runs: historyOf([
          resultOf(text),
          resultOf(text, { metrics: { ...sound.metrics, test: { roc_auc: figure(value) } }, ...more }),
        ]),
      }),
      'not-reproducible',
    );
  expect(pair(0.79)[0]?.message).toMatch(/^Two identical runs differ by 0\.01 in roc_auc/);
  expect(pair(0.8)).toEqual([]);
  expect(pair(0.79, { lineage: { ...resultOf(text).document.lineage, code: 'git:other' } })).toEqual([]);
});

test('dirty-worktree: a promoted run with uncommitted code', () => {
  const text = gated('roc_auc >= 0.6');
  const promoted = (code: string, versions: readonly string[]) =>
    only(
      lint(text, {
        runs: historyOf([
          resultOf(text, { lineage: { ...resultOf(text).document.lineage, code } }, { promoted: versions }),
        ]),
      }),
      'dirty-worktree',
    );
  expect(promoted('git:abc+changes', ['churn/2'])[0]?.message).toBe(
    'churn/2 cannot be rebuilt from git: run run1 had uncommitted changes.',
  );
  expect(promoted('git:abc', ['churn/2'])).toEqual([]);
  expect(promoted('git:abc+changes', [])).toEqual([]);
});
