/** Past runs, deployments and machines that the examples on the pages of rules speak of, of the text at fault. */
import type { RuleId } from '../../server/catalog/rules.ts';
import type { PastDeployment, RunHistory } from '../../server/lint/history.ts';
import type { LintContext } from '../../server/lint/rule.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { clean, load, now } from '../lint/marked.ts';
import { comparison, figure, historyOf, resultOf } from '../lint/pastResults.ts';
import { factsOf } from '../lint/rules/factsOf.ts';
import { plain } from '../lint/tables.ts';

type Changes = NonNullable<Parameters<typeof resultOf>[1]>;
/** What lint knows beside the text when it reads the text at fault or the one that it was mended to. */
export type MakeContext = (
  fault: string,
  about: {
    /** False: what is mended otherwise than by the text has been done, a new run above all. */
    readonly bad: boolean;
    readonly file: string;
  },
) => Partial<LintContext> | Promise<Partial<LintContext>>;

const sound = resultOf(clean).document;
const ended =
  (changes: Changes, more: Parameters<typeof resultOf>[2] = {}): MakeContext =>
  (text) => ({ runs: historyOf([resultOf(text, changes, more)]) });
const scored = (test: number, train: number): Changes => ({
  metrics: { test: { roc_auc: figure(test) }, valid: {}, train: { roc_auc: figure(train) } },
});
const tested = (value: number): Changes => ({
  metrics: { ...sound.metrics, test: { roc_auc: figure(value) } },
});
const importance = (values: readonly (readonly [string, number, number])[]): Changes => ({
  explanations: [
    {
      method: 'permutation',
      metric: 'roc_auc',
      importance: values.map(([column, value, low]) => ({ column, value, low, high: 2 * value - low })),
    },
  ],
});
const gate = (
  text: string,
  passed: boolean,
  [value, low, high]: readonly [number, number, number],
): Changes => ({
  gates: [{ gate: text, passed, value, low, high, reason: `roc_auc is ${value}.` }],
});
/** A new run mends it. */
const untilNewRun =
  (context: MakeContext): MakeContext =>
  (text, about) =>
    about.bad ? context(text, about) : {};
const slice = { slice: 'plan=pro', rows: 300, share: 0.15, metric: 'roc_auc', overall: 0.8, weak: true };
const sliced = (value: number, half: number): Changes => ({
  slices: [{ ...slice, value, low: value - half, high: value + half }],
});
/** Runs that differ by their seed. */
const seeded =
  (values: readonly number[], first: Changes, promoted: number): MakeContext =>
  (text) => ({
    runs: historyOf(
      values.map((value, seed) =>
        resultOf(
          text.replace('seed: 0', `seed: ${seed}`),
          { ...tested(value), ...(seed === 0 ? first : {}) },
          seed === promoted ? { promoted: ['churn/3'] } : {},
        ),
      ),
    ),
  });
const twelve = Array.from({ length: 12 }, (_, i) => 4 + 4 * i);

const fit: Readonly<Partial<Record<RuleId, MakeContext>>> = {
  'too-good': ended(scored(0.995, 0.999)),
  'barely-beats-baseline': ended({
    baselines: { dummy: { roc_auc: figure(0.5) }, linear: { roc_auc: figure(0.79) } },
  }),
  overfit: ended(scored(0.8, 0.95)),
  underfit: ended({ ...scored(0.53, 0.54), model: { ...sound.model, type: 'linear' } }),
  'not-converged': ended({ model: { ...sound.model, iterations: 1000 } }),
  diverged: (text) => {
    const message = 'The network diverged: after epoch 3 its loss is no number any more.';
    const started = '2026-02-02T00:00:00Z';
    const experiment = { ...load(text).experiment };
    return {
      runs: { ...historyOf([]), failures: [{ run: 'run9', started, experiment, code: 'diverged', message }] },
    };
  },
  'bound-hit': ended({
    tuning: {
      search: 'random',
      metric: 'roc_auc',
      best: 11,
      trials: twelve.map((value) => ({
        params: { 'model.gbdt.max_leaves': value },
        value: value / 100,
        budget: 1,
        pruned: false,
      })),
    },
  }),
  'over-budget': () => ({
    runs: historyOf([resultOf(clean, { timings: { read: 5, train: 60, evaluate: 9 } })]),
  }),
  'device-missing': () => ({
    missingDevice: (device) => (device === 'webgpu' ? 'There is no GPU here.' : undefined),
  }),
  'run-stale': (text, { bad }) => ({ runs: historyOf([resultOf(bad ? clean : text)]) }),
  'untracked-config': (_, { bad, file }) => ({ repository: () => ({ tracked: new Set(bad ? [] : [file]) }) }),
};

const judged: Readonly<Partial<Record<RuleId, MakeContext>>> = {
  'ml-not-needed': async (text) => {
    const table = plain(2000);
    const facts = await factsOf({ ...table, churned: table['y'] ?? [] }, `${clean}features: [a, b, city]\n`);
    const alone = facts.links['a']?.strength?.value ?? 0;
    return { facts, runs: historyOf([resultOf(text, tested(alone + 0.005))]) };
  },
  'test-peeking': (text) => ({ runs: historyOf([resultOf(text)], 11) }),
  'seed-picking': untilNewRun(seeded([0.7, 0.72, 0.71], {}, 1)),
  'single-seed-claim': untilNewRun(
    seeded([0.7, 0.74, 0.78], { comparisons: [comparison('linear', 0.03)] }, 9),
  ),
  'difference-not-significant': ended(gate('beats baseline', true, [0.01, -0.01, 0.03])),
  'weak-slice': untilNewRun(ended(sliced(0.6, 0.05))),
  'confused-classes': ended({
    task: 'multiclass',
    classes: ['a', 'b', 'c'],
    confusion: [
      [60, 40, 0],
      [5, 90, 5],
      [0, 5, 95],
    ],
  }),
  'poor-calibration': ended({
    metrics: { ...sound.metrics, test: { ...sound.metrics.test, ece: figure(0.09) } },
    calibrationBins: [
      { predicted: 0.6, observed: 0.3, rows: 100 },
      { predicted: 0.1, observed: 0.1, rows: 500 },
    ],
  }),
  // Errors 1, 2, 3, 2 of truths 0, 10, 20, 30.
  'biased-residuals': ended({
    task: 'regression',
    metric: 'rmse',
    rows: { ...sound.rows, test: 4 },
    metrics: {
      test: {
        rmse: figure(Math.sqrt(4.5)),
        r2: figure(1 - 4.5 / 125),
        explained_variance: figure(1 - 0.5 / 125),
      },
      valid: {},
      train: {},
    },
  }),
  'unused-features': ended(
    importance([
      ['a', 0.1, 0.05],
      ...['b', 'c', 'd', 'e', 'f', 'g'].map((name) => [name, 0.001, -0.002] as const),
    ]),
  ),
  'dominant-feature': ended(
    importance([
      ['a', 0.09, 0.08],
      ['b', 0.01, 0.005],
      ['c', 0.005, 0.001],
    ]),
  ),
  'champion-regression': untilNewRun((text) => ({
    runs: historyOf([
      resultOf(text, sliced(0.7, 0.02)),
      resultOf(`${clean}model: linear\n`, sliced(0.8, 0.02), { promoted: ['churn/3'], champion: true }),
    ]),
  })),
};

const gates: Readonly<Partial<Record<RuleId, MakeContext>>> = {
  'gate-below-baseline': ended({}),
  'gate-unreachable': (text) => ({
    runs: historyOf([0.7, 0.71, 0.72, 0.7, 0.71].map((value) => resultOf(text, tested(value)))),
  }),
  'gate-failed': ended(gate('roc_auc >= 0.9', false, [0.8, 0.78, 0.82])),
  'dirty-worktree': untilNewRun(
    ended({ lineage: { ...sound.lineage, code: 'git:abc+changes' } }, { promoted: ['churn/2'] }),
  ),
  'not-reproducible': untilNewRun((text) => ({
    runs: historyOf([resultOf(text), resultOf(text, tested(0.79))]),
  })),
};

const day = (ago: number) => new Date(now.getTime() - ago * 86_400_000).toISOString();
const window = (ago: number, columns: readonly string[] = []) => ({
  to: day(ago),
  alarm: columns.length > 0,
  columns,
});
const deployment: PastDeployment = { id: 'd1', run: 'run1', requests: 5_000, p95: 45 };
const served =
  (more: Partial<PastDeployment>): MakeContext =>
  (text) => ({
    runs: {
      ...historyOf([resultOf(text, { run: { ...sound.run, started: '2020-01-01T00:00:00Z' } })]),
      deployments: [{ ...deployment, ...more }],
    } satisfies RunHistory,
  });
const checked = { persist: 1, effect: 'medium', watched: 12 } as const;

const deployed: Readonly<Partial<Record<RuleId, MakeContext>>> = {
  'slow-inference': served({}),
  'drift-detected': served({
    check: { ...checked, windows: [window(1), window(0, ['age', 'plan', 'fee', 'city'])] },
  }),
  'train-serve-skew': (text, about) =>
    served({
      check: {
        ...checked,
        windows: [window(0)],
        replayed: { rows: 400, differing: about.bad ? 30 : 0, largest: 0.25 },
      },
    })(text, about),
  'alert-storm': served({
    check: { ...checked, windows: Array.from({ length: 11 }, (_, i) => window((10 - i) / 4, ['age'])) },
  }),
  'model-stale': ended({}, { promoted: ['churn/3'], champion: true }),
  'window-too-small': async () => {
    const random = createRandom(3);
    const numbers = () => Array.from({ length: 25_000 }, () => random.uniform());
    const columns = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`x${i}`, numbers()]));
    return {
      facts: await factsOf({ ...columns, churned: numbers().map((each) => (each > 0.5 ? 1 : 0)) }, clean),
    };
  },
};

export const exampleRuns: Readonly<Partial<Record<RuleId, MakeContext>>> = {
  ...fit,
  ...judged,
  ...gates,
  ...deployed,
};
