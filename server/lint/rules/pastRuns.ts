/** Rules about many runs together: what is older than the file, looked at too often, picked by luck, or not repeated. */
import { setEdit } from '../../config/edits.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import { canonicalJson, configHash } from '../../config/resolve.ts';
import { isMap } from '../../config/schema/nodes.ts';
import { normalQuantile } from '../../statistics/distributions.ts';
import { fixOf } from '../fixes.ts';
import { headlineOf, lastOf, number4, type PastResult, type RunHistory, resultOf } from '../history.ts';
import type { Rule } from '../rule.ts';
import { directionOf, spread, stochasticFamilies } from './results.ts';

const runStale: Rule = {
  id: 'run-stale',
  needs: ['config', 'runs'],
  *run({ loaded, facts, runs }) {
    const { experiment } = loaded;
    const last = runs && lastOf(runs);
    if (experiment === undefined || runs === undefined || last === undefined) return;
    const config = configHash(experiment);
    const same = runs.results.filter(({ document }) => document.lineage.config === config);
    const current = same.filter(
      ({ document }) => facts === undefined || document.lineage.data === facts.hash,
    );
    const older =
      same.length === 0 ? 'text' : current.length === 0 ? 'data' : olderCode(current, runs, loaded);
    if (older === undefined) return;
    const { id, started } = (same[0] ?? last).document.run;
    const what = { text: 'version of this file', data: 'version of the data', code: 'commit' }[older];
    yield {
      path: '',
      message: `The last results (run ${id} of ${started.slice(0, 10)}) are from an older ${what}.`,
      data: { run: id, older },
    };
  },
};

/** The code of a model that runs in this process is the program's own; only what a command runs can have changed. */
function olderCode(
  current: readonly PastResult[],
  { code }: RunHistory,
  { experiment }: LoadedExperiment,
): 'code' | undefined {
  if (experiment?.model.type !== 'command' || code === undefined) return undefined;
  const now = code();
  return now === undefined || current.some(({ document }) => document.lineage.code === now)
    ? undefined
    : 'code';
}

/** Expected gain of the best of k equal models on one test set: sd √(2 ln k), an upper bound (see the catalogue). */
const testPeeking: Rule = {
  id: 'test-peeking',
  needs: ['config', 'runs'],
  *run({ loaded, runs }) {
    const last = runs && lastOf(runs);
    const { split } = loaded.experiment ?? {};
    if (runs === undefined || last === undefined || split?.['lock'] === false) return;
    const { document } = last;
    const budget = Number(split?.['test_budget'] ?? 10);
    const looks = runs.looksAt(document.split.hash);
    if (looks <= budget || document.rows.test === 0) return;
    const figure = headlineOf(last);
    const error =
      figure === undefined ? Number.NaN : (figure.high - figure.low) / (2 * normalQuantile(0.975));
    const optimism = error * Math.sqrt(2 * Math.log(looks));
    const gain = Number.isFinite(optimism)
      ? `; best-of-${looks} optimism about ${number4(optimism)} of ${document.metric}`
      : '';
    yield {
      path: 'split.test',
      message: `Test set used ${looks} times${gain}. What is chosen now is fitted to it.`,
      data: { looks, budget, optimism },
      ...(looks > 5 * budget ? { severity: 'error' as const } : {}),
    };
  },
};

/** Results that differ from this one by the seed alone, itself among them. */
function otherSeeds(results: readonly PastResult[], of: PastResult): readonly PastResult[] {
  const key = withoutSeed(of);
  return results.filter((each) => each.document.metric === of.document.metric && withoutSeed(each) === key);
}

const seedless = new WeakMap<PastResult, string>();

function withoutSeed(result: PastResult): string {
  const known = seedless.get(result);
  if (known !== undefined) return known;
  const { train, description: _, tags: __, card: ___, lint: ____, ...rest } = result.experiment;
  const { seed: _____, ...training } = isMap(train) ? train : {};
  const key = canonicalJson({ ...rest, train: training, data: [rest['data'], result.document.lineage.data] });
  seedless.set(result, key);
  return key;
}

const seedOf = ({ document }: PastResult): number => document.lineage.seed;

const seedPicking: Rule = {
  id: 'seed-picking',
  needs: ['config', 'runs'],
  *run({ runs }) {
    const promoted = runs?.results.find((result) => result.promoted.length > 0);
    if (runs === undefined || promoted === undefined) return;
    const group = otherSeeds(runs.results, promoted).filter((each) => headlineOf(each) !== undefined);
    const seeds = [...new Set(group.map(seedOf))].toSorted((a, b) => a - b);
    const sign = directionOf(promoted.document.metric);
    const values = group.map((each) => headlineOf(each)?.value ?? Number.NaN);
    const own = headlineOf(promoted)?.value ?? Number.NaN;
    if (seeds.length < 3 || sign === undefined) return;
    const { deviation } = spread(values);
    if (deviation === 0 || values.some((value) => sign * (value - own) > 0)) return;
    const shown = seeds.length > 8 ? `${seeds.slice(0, 8).join(', ')}, …` : seeds.join(', ');
    yield {
      path: 'train.seed',
      message: `Seeds ${shown}: ${promoted.document.metric} spreads by ${number4(deviation)}; you promoted the best (${promoted.promoted[0]}), which is luck.`,
      data: { seeds, deviation, run: promoted.document.run.id },
    };
  },
};

const singleSeedClaim: Rule = {
  id: 'single-seed-claim',
  needs: ['config', 'runs'],
  *run({ loaded, runs }) {
    const { experiment } = loaded;
    const result = experiment && resultOf(runs, experiment);
    if (runs === undefined || result === undefined || Number(experiment?.evaluate['seeds'] ?? 1) > 1) return;
    const { document } = result;
    if (!stochasticFamilies.includes(document.model.type)) return;
    const values = otherSeeds(runs.results, result).flatMap((each) => headlineOf(each)?.value ?? []);
    const { deviation } = spread(values);
    if (values.length < 3 || deviation === 0) return;
    for (const { to, metric, difference } of document.comparisons) {
      const gap = Math.abs(Number(difference));
      if (metric !== document.metric || to === 'dummy' || !(gap < deviation)) continue;
      yield {
        path: 'train.seed',
        message: `Against ${to}, a difference of ${number4(gap)} in ${metric} is less than the spread of ${number4(deviation)} over ${values.length} seeds.`,
        data: { to, difference: gap, deviation, seeds: values.length },
      };
    }
  },
};

/** Sums of floating-point numbers differ by less; beyond it, something random was not seeded. */
const tolerance = 1e-6;

const notReproducible: Rule = {
  id: 'not-reproducible',
  needs: ['config', 'runs'],
  *run({ runs, loaded }) {
    const [first] = runs?.results ?? [];
    const value = first && headlineOf(first)?.value;
    if (first === undefined || value === undefined) return;
    const twin = runs?.results.find((other) => other !== first && isTwin(first, other));
    const before = twin && headlineOf(twin)?.value;
    if (twin === undefined || before === undefined) return;
    const difference = Math.abs(value - before);
    if (difference <= tolerance * Math.max(1, Math.abs(value))) return;
    yield {
      path: 'train.deterministic',
      message: `Two identical runs differ by ${number4(difference)} in ${first.document.metric}: ${twin.document.run.id} and ${first.document.run.id}.`,
      data: { runs: [twin.document.run.id, first.document.run.id], difference },
      fixes:
        loaded.experiment?.train['deterministic'] === false
          ? fixOf('Set deterministic: true', setEdit(loaded.source, 'train.deterministic', 'true'))
          : [],
    };
  },
};

function isTwin({ document: a }: PastResult, { document: b }: PastResult): boolean {
  return (
    a.metric === b.metric &&
    a.split.hash === b.split.hash &&
    (['data', 'config', 'code', 'environment', 'seed'] as const).every(
      (of) => a.lineage[of] === b.lineage[of],
    )
  );
}

const dirtyWorktree: Rule = {
  id: 'dirty-worktree',
  needs: ['config', 'runs'],
  *run({ runs }) {
    for (const { promoted, document } of runs?.results ?? []) {
      if (promoted.length === 0 || !document.lineage.code.endsWith('+changes')) continue;
      yield {
        path: 'registry',
        message: `${promoted[0]} cannot be rebuilt from git: run ${document.run.id} had uncommitted changes.`,
        data: { run: document.run.id, code: document.lineage.code, version: promoted[0] },
      };
    }
  },
};

export const pastRunRules: readonly Rule[] = [
  runStale,
  testPeeking,
  seedPicking,
  singleSeedClaim,
  notReproducible,
  dirtyWorktree,
];
