/** Rules about how a model answers: what it must not record, what does not exist when it answers, what a test can show. */
import { secondsIn } from '../../config/duration.ts';
import { appendEdit, setEdit, yamlScalar } from '../../config/edits.ts';
import type { Experiment } from '../../config/experiment.ts';
import { isMap } from '../../config/schema/nodes.ts';
import { grouped } from '../../protocol/grouped.ts';
import { normalQuantile } from '../../statistics/distributions.ts';
import { setFix } from '../columns.ts';
import { fixOf } from '../fixes.ts';
import { perSecond } from '../quantities.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { writtenAt } from '../walk.ts';

const featureUnavailableOnline: Rule = {
  id: 'feature-unavailable-online',
  needs: ['config'],
  *run({ loaded }) {
    const mode = writtenAt(loaded, 'serve.mode') ?? 'realtime';
    if (!loaded.isWritten('serve') || mode === 'batch') return;
    if (writtenAt(loaded, 'features.store.online') !== false) return;
    const view = String(writtenAt(loaded, 'features.store.view') ?? 'the feature store');
    yield {
      path: 'features.store.online',
      message: `The features of \`${view}\` do not exist at serving time: the view is not online, and ${String(mode)} serving looks them up.`,
      data: { view },
      fixes: setFix(loaded, 'features.store.online', 'true'),
    };
  },
};

const optimizeUnchecked: Rule = {
  id: 'optimize-unchecked',
  needs: ['text'],
  *run({ loaded }) {
    const optimize = writtenAt(loaded, 'serve.optimize');
    if (!isMap(optimize) || optimize['max_drop'] !== undefined) return;
    const used = ['quantize', 'prune', 'distill'].find(
      (each) => optimize[each] !== undefined && optimize[each] !== 'none',
    );
    if (used === undefined) return;
    yield {
      path: `serve.optimize.${used}`,
      message: `Compressed by \`${used}\`, and no \`max_drop\` says how much worse it may score.`,
      data: { used },
      fixes: setFix(loaded, 'serve.optimize.max_drop', '0.005'),
    };
  },
};

const piiInLog: Rule = {
  id: 'pii-in-log',
  needs: ['config'],
  *run({ loaded, facts }) {
    const { experiment } = loaded;
    const log = writtenAt(loaded, 'serve.log');
    const redacted = isMap(log) ? [log['redact']].flat() : [];
    // Without a word of one's own, declared personal data is left out.
    if (experiment === undefined || !isMap(log) || log['redact'] === undefined || log['inputs'] === false)
      return;
    if (redacted.includes('pii')) return;
    for (const column of personal(experiment, facts)) {
      if (redacted.includes(column)) continue;
      yield {
        path: 'serve.log.redact',
        message: `\`${column}\` would be logged with every request, and it is personal data.`,
        data: { column },
        fixes: fixOf(`Redact ${column}`, appendEdit(loaded.source, 'serve.log.redact', yamlScalar(column))),
      };
    }
  },
};

/** Columns that a request can hold and that are declared, or found, to be about persons. */
function personal({ data, features }: Experiment, facts: RuleContext['facts']): readonly string[] {
  const declared = Object.entries(data.columns)
    .filter(([, { pii }]) => pii !== undefined && pii !== false)
    .map(([name]) => name)
    .filter((name) => !features.exclude.includes(name));
  const names = new Set(facts?.features.map(({ name }) => name));
  const found = (facts?.profile.columns ?? [])
    .filter(
      ({ name, texts }) => names.has(name) && Object.values(texts?.pii ?? {}).some((share) => share >= 0.01),
    )
    .map(({ name }) => name);
  return [...new Set([...declared, ...found])];
}

/** Fleiss, Levin and Paik (2003), formula 4.14 without continuity correction: units in each arm for two proportions. */
export function unitsPerArm(
  rate: number,
  relativeEffect: number,
  { alpha, power }: { alpha: number; power: number },
): number {
  const other = rate * (1 + relativeEffect);
  const mean = (rate + other) / 2;
  const pooled = normalQuantile(1 - alpha / 2) * Math.sqrt(2 * mean * (1 - mean));
  const separate = normalQuantile(power) * Math.sqrt(rate * (1 - rate) + other * (1 - other));
  return ((pooled + separate) / (other - rate)) ** 2;
}

const abUnderpowered: Rule = {
  id: 'ab-underpowered',
  needs: ['config'],
  *run({ loaded }) {
    const ab = writtenAt(loaded, 'serve.rollout.ab');
    const traffic = perSecond(writtenAt(loaded, 'problem.constraints.throughput'));
    const duration = secondsIn(writtenAt(loaded, 'serve.rollout.hold'));
    if (!isMap(ab) || traffic === undefined || duration === undefined) return;
    const rate = rateToday(loaded.experiment, ab['metric']);
    const { mde, power = 0.8, alpha = 0.05 } = ab;
    const [effect, chance, falseAlarm] = [mde, power, alpha].map(shareOf);
    if (rate === undefined || effect === undefined || chance === undefined || falseAlarm === undefined)
      return;
    if (rate * (1 + effect) >= 1) return;
    const needed = 2 * Math.ceil(unitsPerArm(rate, effect, { alpha: falseAlarm, power: chance }));
    const reached = Math.floor(traffic * duration);
    if (needed <= reached) return;
    yield {
      path: 'serve.rollout.hold',
      message: `Needs ${grouped(needed)} units to see a change of ${effect * 100} % in ${String(ab['metric'])}, you have at most ${grouped(reached)} in ${String(writtenAt(loaded, 'serve.rollout.hold'))}.`,
      data: { needed, reached },
      fixes: fixOf(
        'Test long enough',
        setEdit(loaded.source, 'serve.rollout.hold', `${Math.ceil(needed / traffic / 86_400)}d`),
      ),
    };
  },
};

/** Where the figure stands today, if it is a rate; of other figures the variance is not known. */
function rateToday(experiment: Experiment | undefined, kpi: unknown): number | undefined {
  const problem = experiment?.['problem'];
  const success = isMap(problem) && Array.isArray(problem['success']) ? problem['success'] : [];
  const entry: unknown = success.find((each: unknown) => isMap(each) && each['kpi'] === kpi);
  const baseline = isMap(entry) ? entry['baseline'] : undefined;
  return typeof baseline === 'number' && baseline > 0 && baseline < 1 ? baseline : undefined;
}

/** `5%` or 0.05. */
function shareOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const [, amount] = /^(\d+(?:\.\d+)?)\s?%$/.exec(String(value)) ?? [];
  return amount === undefined ? undefined : Number(amount) / 100;
}

const abPeeking: Rule = {
  id: 'ab-peeking',
  needs: ['text'],
  *run({ loaded }) {
    const ab = writtenAt(loaded, 'serve.rollout.ab');
    const guard = writtenAt(loaded, 'serve.rollout.guard');
    if (!isMap(ab) || ab['metric'] === undefined || ab['sequential'] === true) return;
    // Without a guard nobody looks before the end.
    if (Array.isArray(guard) && guard.length === 0) return;
    yield {
      path: 'serve.rollout.ab',
      at: 'key',
      message: 'The guard looks at a test of fixed length all the time, which inflates its error.',
      data: { metric: ab['metric'] },
      fixes: setFix(loaded, 'serve.rollout.ab.sequential', 'true'),
    };
  },
};

export const servingRules: readonly Rule[] = [
  featureUnavailableOnline,
  optimizeUnchecked,
  piiInLog,
  abUnderpowered,
  abPeeking,
];
