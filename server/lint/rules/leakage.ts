/** Rules about features that know the answer, and about rows that are not independent. */

import { joined } from '../../config/configNode.ts';
import { yamlScalar } from '../../config/edits.ts';
import { nameTokens } from '../../data/facts/names.ts';
import { leakedByName } from '../../data/task.ts';
import type { Fix } from '../../protocol/finding.ts';
import { grouped } from '../../protocol/grouped.ts';
import { benjaminiHochberg } from '../../statistics/corrections.ts';
import { wilson } from '../../statistics/intervals.ts';
import { columnPath, excludeFix, isToldOfJoin, percent, score, setFix } from '../columns.ts';
import type { Draft, LintContext, Rule } from '../rule.ts';
import { drawnTestFix } from '../splitFixes.ts';

/**
 * Both must hold (lint.md, reading 9): a small tree predicts the target with a power of 0.8, and the AUC or R² is above
 * 0.95 with 99 % certainty, corrected over the columns. What the target is computed from needs no statistics.
 */
const targetLeak: Rule = {
  id: 'target-leak',
  needs: ['config'],
  sampleSafe: 'judged',
  *run(context) {
    const { loaded, facts } = context;
    const { experiment } = loaded;
    const named = experiment === undefined ? [] : namedLeaks(context);
    yield* named;
    const told = new Set(named.map(({ data }) => data?.['column']));
    const features = (facts?.features ?? []).filter(({ name }) => !told.has(name));
    const certain = benjaminiHochberg(
      features.map(({ name }) => facts?.links[name]?.strength?.p ?? Number.NaN),
    );
    for (const [index, { name }] of features.entries()) {
      const { measure = 'auc', strength, pps, missingness } = facts?.links[name] ?? {};
      if (strength && (certain[index] ?? 1) <= 0.01 && (pps ?? 0) >= 0.8) {
        yield leak(
          context,
          name,
          `alone predicts \`${experiment?.target}\` at ${score(measure, strength.value)}`,
          {
            [measure]: strength.value,
            low: strength.low,
            pps,
          },
        );
      } else if (missingness && measure === 'auc' && missingness.low >= 0.9) {
        const what = `is empty where \`${experiment?.target}\` is decided (${score(measure, missingness.value)})`;
        yield leak(context, name, what, { auc: missingness.value, low: missingness.low });
      }
    }
  },
};

function namedLeaks({ loaded, facts }: LintContext): Draft[] {
  const { experiment } = loaded;
  const column = experiment && leakedByName(experiment);
  if (column === undefined) return [];
  const link = facts?.links[column];
  const shown = link?.strength ? ` (${score(link.measure, link.strength.value)})` : '';
  const why =
    column === experiment?.target
      ? 'is the target itself'
      : `is what \`${experiment?.target}\` is computed from${shown}`;
  return [
    {
      path: columnPath(loaded, column),
      message: `\`${column}\` ${why}: every score on it would be an illusion, and the run refuses it.`,
      data: { column, ...(link?.strength ? { [link.measure]: link.strength.value } : {}) },
      fixes: excludeFix(loaded, column),
      sure: column === experiment?.target || shown === '',
    },
  ];
}

function leak(
  { loaded }: LintContext,
  column: string,
  what: string,
  numbers: Record<string, unknown>,
): Draft {
  return {
    path: columnPath(loaded, column),
    message: `\`${column}\` ${what}. Is it known when predicting?`,
    data: { column, ...numbers },
    fixes: [...excludeFix(loaded, column), ...setFix(loaded, `data.columns.${column}.available`, 'after')],
  };
}

const targetCopy: Rule = {
  id: 'target-copy',
  needs: ['config', 'profile'],
  *run({ loaded, facts }) {
    for (const { name } of facts?.features ?? []) {
      if (facts?.links[name]?.copy !== true) continue;
      yield {
        path: columnPath(loaded, name),
        message: `\`${name}\` is \`${facts.target?.name}\` renamed: each value of one goes with one value of the other.`,
        data: { column: name },
        fixes: excludeFix(loaded, name),
      };
    }
  },
};

/** Of the rows: lint.md, `after-outcome-feature`. */
const laterShare = 0.001;

/** What lies ahead may be known: when a bill is due, a contract ends, a delivery is planned. */
const aheadWords: ReadonlySet<string> = new Set(
  'due deadline end ends expire expires expiry expiration expected estimated planned scheduled target promised next renewal maturity until valid to eta appointment departure checkin checkout'.split(
    ' ',
  ),
);

function isPlanned(column: string): boolean {
  return nameTokens(column).some((token) => aheadWords.has(token));
}

const afterOutcomeFeature: Rule = {
  id: 'after-outcome-feature',
  needs: ['config'],
  sampleSafe: 'judged',
  *run({ loaded, facts }) {
    const { data, features } = loaded.experiment ?? {};
    for (const { column, rows, of } of facts?.later ?? []) {
      if (data?.columns[column]?.available !== undefined || isPlanned(column)) continue;
      if (wilson(rows, of, 0.99).low <= laterShare) continue;
      yield {
        path: columnPath(loaded, column),
        message: `\`${column}\` is later than the prediction (\`${loaded.experiment?.problem?.prediction_time ?? data?.time}\`) in ${percent(rows / of)} of the rows: it cannot be known then.`,
        data: { column, rows, share: rows / of },
        fixes: [
          ...excludeFix(loaded, column),
          ...setFix(loaded, `data.columns.${column}.available`, 'before'),
        ],
      };
    }
    for (const column of features?.include ?? []) {
      if (data?.columns[column]?.available !== 'after') continue;
      yield {
        path: columnPath(loaded, column),
        message: `\`${column}\` is declared \`available: after\` the outcome, and yet a feature.`,
        data: { column },
        fixes: excludeFix(loaded, column),
        sure: true,
      };
    }
  },
};

const outcomeWords = [
  'outcome',
  'result',
  'closed',
  'cancel',
  'cancelled',
  'canceled',
  'resolution',
  'resolved',
  'final',
];

const suspiciousName: Rule = {
  id: 'suspicious-name',
  needs: ['config', 'profile'],
  sampleSafe: 'certain',
  *run({ loaded, facts }) {
    const { experiment } = loaded;
    const stems = nameTokens(experiment?.target ?? '')
      .filter((token) => token.length >= 5)
      .map((token) => token.slice(0, 5));
    for (const { name } of facts?.features ?? []) {
      const contract = experiment?.data.columns[name];
      if (contract?.available !== undefined || contract?.available_at !== undefined) continue;
      const tokens = nameTokens(name);
      const word = tokens.find(
        (token) => outcomeWords.includes(token) || stems.some((stem) => token.startsWith(stem)),
      );
      if (word === undefined) continue;
      yield {
        path: columnPath(loaded, name),
        message: `Is \`${name}\` known at prediction time? "${word}" sounds like the outcome.`,
        data: { column: name },
        fixes: ['before', 'after'].flatMap((when) => setFix(loaded, `data.columns.${name}.available`, when)),
      };
    }
  },
};

/** Being empty predicts the target: corrected over the columns, and silent where it is strong enough to be a leak. */
const informativeMissing: Rule = {
  id: 'informative-missing',
  needs: ['config', 'profile'],
  *run(context) {
    const { loaded, facts } = context;
    const told = new Set<string>();
    const missing = new Map(facts?.profile.columns.map((column) => [column.name, column.missing]));
    const features = facts?.features ?? [];
    const found = features.map(({ name }) => facts?.links[name]?.missingness);
    const adjusted = benjaminiHochberg(found.map((link) => link?.p ?? Number.NaN));
    for (const [index, { name }] of features.entries()) {
      const link = found[index];
      const measure = facts?.links[name]?.measure ?? 'auc';
      if (!link || (adjusted[index] ?? 1) > 0.05 || (measure === 'auc' && link.low >= 0.9)) continue;
      if (isToldOfJoin(context, told, { name, missing: missing.get(name) ?? 0 })) continue;
      yield {
        path: columnPath(loaded, name),
        message: `Being empty in \`${name}\` predicts the target (${score(measure, link.value)}): check why.`,
        data: { column: name, [measure]: link.value, low: link.low },
        fixes: indicatorFix(context, name),
      };
    }
  },
};

/** A number that is filled in without a mark; by default the mark is there, or the model sees the gap itself. */
function indicatorFix({ loaded, facts }: LintContext, name: string): readonly Fix[] {
  const { features } = loaded.experiment ?? {};
  const kind = facts?.features.find((each) => each.name === name)?.kind;
  const impute = features?.columns[name]?.impute ?? features?.numeric.impute ?? 'auto';
  if (kind !== 'numeric' || ['auto', 'none', 'indicator'].includes(String(impute))) return [];
  return setFix(loaded, joined(joined('features.columns', name), 'impute'), 'indicator');
}

const idPredictsTarget: Rule = {
  id: 'id-predicts-target',
  needs: ['config', 'profile'],
  *run({ loaded, facts }) {
    const { data } = loaded.experiment ?? {};
    if (data?.time !== undefined || facts === undefined) return;
    const { order } = facts;
    const id = data?.id === undefined ? undefined : facts.links[data.id];
    // Given files are not divided by chance, and differ where the sides do.
    const given = facts.split?.method === 'predefined';
    if (order && !given && order.low > leastOf(order.measure)) {
      const time = facts.profile.columns.find(
        ({ kind, monotone }) => kind === 'datetime' && monotone !== null,
      );
      const shown = score(order.measure, order.value);
      yield {
        path: 'data.source',
        message:
          time === undefined
            ? `The row number predicts the target (${shown}): a sorted file? Chance splits would hide what the order means.`
            : `The rows stand in the order of \`${time.name}\`, which predicts the target (${shown}): a chance split tests on moments between those it has learnt from.`,
        data: { [order.measure]: order.value, low: order.low, ...(time ? { column: time.name } : {}) },
        fixes: time === undefined ? [] : setFix(loaded, 'data.time', yamlScalar(time.name)),
      };
    } else if (data?.id !== undefined && id?.strength && id.strength.low > leastOf(id.measure)) {
      yield {
        path: 'data.id',
        message: `\`${data.id}\` predicts the target (${score(id.measure, id.strength.value)}): ids that were given in some order of outcome.`,
        data: { column: data.id, [id.measure]: id.strength.value, low: id.strength.low },
      };
    }
  },
};

function leastOf(measure: 'auc' | 'r2'): number {
  return measure === 'auc' ? 0.55 : 0.05;
}

const temporalLeak: Rule = {
  id: 'temporal-leak',
  needs: ['config', 'split'],
  *run({ loaded, facts }) {
    const { time, test } = facts?.split ?? {};
    if (!time || !test || time.testBeforeTrain === 0) return;
    const trending = time.trend !== null && time.trend.p < 0.01;
    const share = time.testBeforeTrain / test.rows;
    const path = loaded.isWritten('split.method') ? 'split.method' : 'data.source';
    const why = trending ? `, and \`${time.trend?.column}\` moves with time` : '';
    yield {
      path,
      message: `${percent(share)} of the test rows precede training rows in \`${time.column}\`${why}: the future is used.`,
      data: {
        column: time.column,
        share,
        ...(time.trend ? { trend: time.trend.column, p: time.trend.p } : {}),
      },
      severity: trending ? 'error' : 'warning',
      fixes: setFix(loaded, 'split.method', 'time'),
    };
  },
};

const timeTie: Rule = {
  id: 'time-tie',
  needs: ['config', 'split'],
  *run({ loaded, facts }) {
    const { time, method } = facts?.split ?? {};
    if (!time || method !== 'predefined' || time.ties === 0 || time.testBeforeTrain > 0) return;
    yield {
      path: 'data.source',
      message: `${grouped(time.ties)} test rows share their \`${time.column}\` with training rows: cut the files between two times, not within one.`,
      data: { column: time.column, rows: time.ties },
      fixes: drawnTestFix(loaded),
    };
  },
};

const groupLeak: Rule = {
  id: 'group-leak',
  needs: ['config', 'split'],
  *run({ loaded, facts }) {
    const shared = facts?.split?.sharedGroups ?? 0;
    const group = loaded.experiment?.data.group;
    if (shared === 0 || group === undefined) return;
    yield {
      path: loaded.isWritten('split.method') ? 'split.method' : 'data.group',
      message: `${grouped(shared)} values of \`${group}\` have rows both in training and in test: the model may know them by heart.`,
      data: { column: group, groups: shared },
      fixes:
        facts?.split?.method === 'predefined'
          ? drawnTestFix(loaded)
          : setFix(loaded, 'split.method', 'group'),
    };
  },
};

/** Names for entities that repeat; levels of anything else must be many and small to be taken for one. */
const entityWords = [
  'id',
  'uuid',
  'key',
  'user',
  'customer',
  'client',
  'patient',
  'subject',
  'person',
  'device',
  'machine',
  'household',
  'session',
  'account',
];

/** Levels with more rows than this are categories that will be met again, such as the districts of a town. */
export const mostRowsEach = 20;

/** Whether a column looks like entities whose rows resemble each other; used by id-as-feature too. */
export function isGrouping({ facts }: LintContext, name: string): boolean {
  const column = facts?.profile.columns.find((each) => each.name === name);
  const grouping = facts?.links[name]?.grouping;
  if (!column || !grouping || grouping.groups < 20 || grouping.repeated < 0.5 || grouping.low < 0.2)
    return false;
  const rowsEach = (facts?.rows ?? 0) / grouping.groups;
  const named = nameTokens(name).some((token) => entityWords.includes(token));
  if (column.kind === 'categorical') return rowsEach >= 2 && (named || rowsEach <= mostRowsEach);
  return named && (column.numbers?.whole ?? false) && rowsEach >= 2;
}

const undeclaredGroup: Rule = {
  id: 'undeclared-group',
  needs: ['config', 'profile'],
  *run(context) {
    const { loaded, facts } = context;
    if (loaded.experiment?.data.group !== undefined) return;
    for (const { name } of facts?.features ?? []) {
      const { grouping, copy, pps } = facts?.links[name] ?? {};
      if (!grouping || copy || (pps ?? 0) >= 0.8 || !isGrouping(context, name)) continue;
      yield {
        path: columnPath(loaded, name),
        message: `\`${name}\` repeats (${grouped(grouping.groups)} values) and its rows look alike (intra-class correlation ${grouping.value.toFixed(2)}): split by it, or scores will be too good.`,
        data: { column: name, icc: grouping.value, low: grouping.low, groups: grouping.groups },
        fixes: setFix(loaded, 'data.group', name),
      };
    }
  },
};

export const leakageRules: readonly Rule[] = [
  targetLeak,
  targetCopy,
  afterOutcomeFeature,
  suspiciousName,
  informativeMissing,
  idPredictsTarget,
  temporalLeak,
  timeTie,
  groupLeak,
  undeclaredGroup,
];
