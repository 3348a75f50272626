/** Rules about the table as a whole: its version, its contract, its target and its rows. */
import { removeEdit, setEdit } from '../../config/edits.ts';
import { aggregates, columnsOf } from '../../config/expression/check.ts';
import { formatName } from '../../config/expression/format.ts';
import { parseExpression } from '../../config/expression/parse.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import { isMap } from '../../config/schema/nodes.ts';
import { matchesVersion } from '../../data/sources/hash.ts';
import type { Fix } from '../../protocol/finding.ts';
import { counted, grouped } from '../../protocol/grouped.ts';
import { keepFix, percent, setFix } from '../columns.ts';
import { fixOf } from '../fixes.ts';
import type { LintContext, Rule } from '../rule.ts';
import { itemPath } from '../walk.ts';
import { beyondChance } from './split.ts';
import { isTypePromise } from './trust.ts';

const dataUnpinned: Rule = {
  id: 'data-unpinned',
  needs: ['config'],
  *run({ loaded, facts }) {
    const { source, version } = loaded.experiment?.data ?? {};
    if (source === undefined || (version !== undefined && version !== 'none')) return;
    yield {
      path: 'data.source',
      message: 'No version is pinned: results cannot be tied to these data.',
      fixes:
        facts === undefined
          ? []
          : fixOf('Pin data version', setEdit(loaded.source, 'data.version', facts.hash)),
    };
  },
};

const dataChanged: Rule = {
  id: 'data-changed',
  needs: ['config', 'profile'],
  *run({ loaded, facts }) {
    const version = loaded.experiment?.data.version;
    if (version === undefined || facts === undefined || !version.startsWith('sha256:')) return;
    if (matchesVersion(version, facts.hash)) return;
    yield {
      path: 'data.version',
      message: `The data changed: their hash is ${facts.hash.slice(0, 23)}…, not the pinned one.`,
      data: { hash: facts.hash, version },
      fixes: setFix(loaded, 'data.version', facts.hash),
    };
  },
};

const expectationFailed: Rule = {
  id: 'expectation-failed',
  needs: ['config', 'profile'],
  sampleSafe: 'judged',
  *run(context) {
    const { facts, loaded } = context;
    for (const { path: promise, column, message, count: rows, rows: first } of facts?.contract ?? []) {
      if (isTypePromise(promise)) continue;
      const expected = expectationAt(promise, loaded);
      const path = expected === undefined ? promise : itemPath(loaded, 'data.expect', expected);
      const places =
        first.length === 0
          ? ''
          : `; rows ${first.map((row) => grouped(row)).join(', ')}${rows > first.length ? ' …' : ''}`;
      const share = rows === 0 ? '' : ` (${percent(rows / (facts?.rows ?? 1))} of the rows${places})`;
      yield {
        path,
        message: `${message[0]?.toUpperCase() ?? ''}${message.slice(1)}${share}.`,
        data: { ...(column === undefined ? {} : { column }), rows, first },
        fixes:
          expected === undefined ? promiseFixes(context, path, column) : expectationFixes(loaded, expected),
      };
    }
  },
};

/** The text of `data.expect` that a promise is. */
function expectationAt(promise: string, { experiment }: LoadedExperiment): string | undefined {
  const index = /^data\.expect\.(\d+)$/.exec(promise)?.[1];
  return index === undefined ? undefined : experiment?.data.expect[Number(index)];
}

/** Without the rows that break it, where that can be asked of a row alone. */
function expectationFixes(loaded: LoadedExperiment, text: string): readonly Fix[] {
  const { ast } = parseExpression(text);
  const ofAll = ast === undefined || aggregates(ast) || columnsOf(ast).length === 0;
  return ofAll ? [] : keepFix(loaded, 'Leave out the rows that break it', `(${text})`);
}

/** A bound as wide as the values are, or without the rows that break the promise. */
function promiseFixes(
  { loaded, facts }: LintContext,
  path: string,
  column: string | undefined,
): readonly Fix[] {
  const promise = path.split('.').at(-1);
  const profile = facts?.profile.columns.find(({ name }) => name === column);
  if (column === undefined) return [];
  const contract = loaded.experiment?.data.columns[column];
  const name = formatName(column);
  const bound = promise === 'max' ? profile?.max : promise === 'min' ? profile?.min : undefined;
  const limit = promise === 'max' ? contract?.max : contract?.min;
  if (typeof bound === 'number' && typeof limit === 'number')
    return [
      ...setFix(loaded, path, String(bound)),
      ...keepFix(
        loaded,
        'Leave out the rows beyond it',
        `(${name} is null or ${name} ${promise === 'max' ? '<=' : '>='} ${limit})`,
      ),
    ];
  if (promise === 'nullable')
    return [
      ...setFix(loaded, path, 'true'),
      ...keepFix(loaded, 'Leave out the rows without it', `${name} is not null`),
    ];
  return promise === 'unique' || promise === 'in' || promise === 'regex'
    ? fixOf(`Remove ${path}`, removeEdit(loaded.source, path))
    : [];
}

const targetMissing: Rule = {
  id: 'target-missing',
  needs: ['config', 'profile'],
  sampleSafe: 'judged',
  *run({ loaded, facts }) {
    const { target, problem } = facts ?? {};
    const name = loaded.experiment?.target;
    const isEmpty = problem?.code === 'target-empty' && facts?.sampled === undefined;
    const missing = isEmpty ? (facts?.rows ?? 0) : (target?.missing ?? 0);
    if (missing === 0 || name === undefined) return;
    yield {
      path: 'target',
      message: `${counted(missing, 'row has', 'rows have')} no \`${name}\` and can be neither learnt from nor scored.`,
      data: { column: name, rows: missing, share: missing / (facts?.rows ?? 1) },
      fixes: keepFix(loaded, 'Leave out rows without it', `${formatName(name)} is not null`),
    };
  },
};

/**
 * Repeated rows are a warning when there are this many times more than independent columns would give. Where more than
 * 5 % repeat by nature, as answers to a few questions do, there are .5 to 2.4 times as many (statsmodels' fair, randhie).
 */
const copiesBeyondChance = 20;
/** Fewer different rows leave so few for the test, as equal ones stay on one side, that its scores say nothing. */
const fewDifferent = 20;

/** Information above 0; a warning above the larger of 5 % and `max_duplicates` (lint.md, reading 8). */
const duplicateRows: Rule = {
  id: 'duplicate-rows',
  needs: ['config', 'profile'],
  *run({ loaded, facts }) {
    const { repeats, expectedRepeats } = facts?.twins ?? { repeats: 0, expectedRepeats: 0 };
    if (repeats === 0) return;
    const rows = facts?.rows ?? 1;
    const share = repeats / rows;
    const isTally = rows - repeats < fewDifferent && share > 0.5;
    const most = Math.max(0.05, loaded.experiment?.data.quality.max_duplicates ?? 0);
    const many = share > most && repeats > copiesBeyondChance * expectedRepeats;
    const { data, split } = loaded.experiment ?? {};
    const given = isMap(data?.source) && data.source['test'] !== undefined;
    const apart = given || split?.dedupe === 'none';
    const kept = given
      ? 'The files say on which side they are'
      : apart
        ? 'The split does not keep them on one side'
        : 'The split keeps them on one side';
    const left = isTally && !apart ? `: of the ${rows - repeats} that differ, few are left to test` : '';
    yield {
      path: 'data.source',
      message: `${counted(repeats, 'row')} (${percent(share)}) ${repeats === 1 ? 'repeats an earlier one' : 'repeat earlier ones'}. ${kept}${left}.`,
      data: { rows: repeats, share },
      severity: many || left !== '' ? 'warning' : 'info',
      fixes: left === '' ? [] : setFix(loaded, 'split.dedupe', 'none'),
    };
  },
};

/**
 * Below it, or where it is one pair, information: what is expected by chance takes the columns for independent, and of
 * those that depend on each other (a total, its price and its count) a few rows in ten thousand are equal more often.
 */
const fewConflicts = 0.001;

const conflictingLabels: Rule = {
  id: 'conflicting-labels',
  needs: ['config', 'profile'],
  *run(context) {
    const { conflicting, expectedTwins, example } = context.facts?.twins ?? {
      conflicting: 0,
      expectedTwins: 0,
      example: [],
    };
    if (conflicting === 0 || conflicting <= beyondChance * expectedTwins || isCoarse(context)) return;
    const share = conflicting / (context.facts?.rows ?? 1);
    const rows = example.map((row) => grouped(row)).join(' and ');
    yield {
      path: 'target',
      message: `${grouped(conflicting)} rows have the features of another row and another \`${context.facts?.target?.name}\` (such as rows ${rows}).`,
      data: { rows: conflicting, share, example },
      severity: conflicting > 2 && share >= fewConflicts ? 'warning' : 'info',
    };
  },
};

/** A table without one feature of many values: equal features are no evidence that rows are copies. */
function isCoarse({ facts }: LintContext): boolean {
  const names = new Set(facts?.features.map(({ name }) => name));
  const rows = facts?.rows ?? 0;
  return !(facts?.profile.columns ?? []).some(
    ({ name, distinct }) => names.has(name) && distinct > 0.2 * rows,
  );
}

export const dataRules: readonly Rule[] = [
  dataUnpinned,
  dataChanged,
  expectationFailed,
  targetMissing,
  duplicateRows,
  conflictingLabels,
];
