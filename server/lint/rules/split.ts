/** Rules about the sides of a split: whether they can measure, and whether they are alike. */
import { predictsValue } from '../../catalog/tasks.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import type { DataFacts } from '../../data/facts/facts.ts';
import type { Overlap } from '../../data/facts/factsOverlap.ts';
import { afterRows } from '../../data/facts/factsSplit.ts';
import { leftOutSentence } from '../../data/facts/lostCells.ts';
import { counted, grouped } from '../../protocol/grouped.ts';
import { twoProportions } from '../../statistics/tests.ts';
import { columnPath, percent, setFix } from '../columns.ts';
import type { Draft, LintContext, Rule } from '../rule.ts';
import { drawnTestFix, foldsFix } from '../splitFixes.ts';

/** Only given files and `dedupe: none` can let it happen (lint.md, reading 11). */
const splitOverlap: Rule = {
  id: 'split-overlap',
  needs: ['config', 'split'],
  *run({ loaded, facts }) {
    const { overlap, test } = facts?.split ?? {};
    if (!overlap || !test || !facts || !isBeyondChance(overlap, facts)) return;
    const { rows, copied, byChance } = overlap;
    const share = rows / test.rows;
    const usual = byChance / test.rows;
    const gives = usual < 0.01 ? '' : `, where chance alone would give ${percent(usual)}`;
    yield {
      path: loaded.isWritten('split.dedupe') ? 'split.dedupe' : 'data.source',
      message: copied
        ? `All ${grouped(rows)} test rows are training rows in the same order: they are a copy, remembered and not predicted.`
        : `${percent(share)} of the test rows (${grouped(rows)}) are also in training${gives}: they are remembered, not predicted.`,
      data: { share, rows, copied },
      severity: share >= 0.01 ? 'error' : share >= 0.001 ? 'warning' : 'info',
      fixes: loaded.isWritten('split.dedupe')
        ? setFix(loaded, 'split.dedupe', 'exact')
        : drawnTestFix(loaded),
    };
  },
};

/**
 * Coarse features repeat by chance: more rows are equal than columns that were independent would give a hundredth of, or
 * than the rows of each side, which repeat themselves as well, make likely.
 */
function isBeyondChance({ rows, copied, byChance, deviation }: Overlap, facts: DataFacts): boolean {
  const { train, test } = facts.split ?? {};
  if (rows === 0 || !train || !test) return false;
  // A pair of rows is one of training and one of test this often.
  const pairs = (2 * train.rows * test.rows) / facts.rows ** 2;
  if (copied || rows > beyondChance * facts.twins.expectedRepeats * pairs) return true;
  return rows - byChance > Math.max(0.05 * test.rows, farDeviations * deviation);
}

/** Once in a billion draws. */
const farDeviations = 6;

/** Equal rows count as faults when there are this many times more than independent columns would give. */
export const beyondChance = 100;

const testTooSmall: Rule = {
  id: 'test-too-small',
  needs: ['config', 'split'],
  *run({ loaded, facts }) {
    const { split, target } = facts ?? {};
    if (!split || !target) return;
    yield* ofOneClass(loaded, split, target);
    if (split.folds > 0 || split.halfWidth === null) return;
    // Errors of numbers are relative to their own size, which heavy tails alone make uncertain: from a thousand rows on
    // more of them hardly help.
    const relative = predictsValue(target.task);
    if (split.halfWidth <= (relative ? 0.15 : 0.05) || (relative && split.test.rows >= 1000)) return;
    const positives = target.task === 'binary' ? split.test.classes[1] : undefined;
    const what =
      positives === undefined
        ? `${grouped(split.test.rows)} test rows`
        : `${grouped(positives)} positives in ${grouped(split.test.rows)} test rows`;
    yield {
      path: loaded.isWritten('split') ? 'split.test' : 'data.source',
      message: `${what}: ${target.metric} is known to ±${relative ? percent(split.halfWidth) : split.halfWidth.toFixed(3)}, too little to tell models apart.`,
      data: {
        rows: split.test.rows,
        ...(positives === undefined ? {} : { positives }),
        halfWidth: split.halfWidth,
      },
      fixes: foldsFix(loaded),
    };
  },
};

/** Folds do not help: it is these rows that gates, comparisons and the card speak of. */
function* ofOneClass(
  loaded: LoadedExperiment,
  { test }: NonNullable<DataFacts['split']>,
  target: NonNullable<DataFacts['target']>,
): Iterable<Draft> {
  if (test.rows === 0 || target.classes.length < 2) return;
  const present = target.classes.filter((_, index) => (test.classes[index] ?? 0) > 0);
  const [only] = present;
  if (only === undefined || present.length > 1) return;
  yield {
    path: loaded.isWritten('split') ? 'split' : 'data.source',
    message: `All ${grouped(test.rows)} test rows are "${only.label}": nothing tells whether the other ${target.classes.length === 2 ? 'class is' : 'classes are'} found, and ${target.metric} may have no value.`,
    data: { rows: test.rows, class: only.label },
  };
}

const unseenLabel: Rule = {
  id: 'unseen-label',
  needs: ['config', 'split'],
  *run({ loaded, facts }) {
    const { split, target } = facts ?? {};
    for (const [index, { label }] of (target?.classes ?? []).entries()) {
      const tested = split?.test.classes[index] ?? 0;
      if (tested === 0 || (split?.train.classes[index] ?? 0) > 0) continue;
      yield {
        path: 'split',
        message: `Class "${label}" has ${grouped(tested)} test rows and none in training: it cannot be learnt.`,
        data: { column: target?.name, class: label, rows: tested },
        // Along time the classes come and go, and dividing by chance would test on the past.
        fixes:
          split?.method === 'random' && split.time === null
            ? setFix(loaded, 'split.method', 'stratified')
            : drawnTestFix(loaded),
      };
    }
  },
};

/** A warning where more rows have new levels than chance gives, since rare levels always fall on one side. */
const unseenCategory: Rule = {
  id: 'unseen-category',
  needs: ['config', 'split'],
  *run({ loaded, facts }) {
    const { split, profile, rows: all = 0 } = facts ?? {};
    for (const { column, levels, rows, byChance } of split?.unseen ?? []) {
      const share = rows / (split?.test.rows ?? 1);
      const distinct = profile?.columns.find(({ name }) => name === column)?.distinct ?? 0;
      // Names and ids are always new: id-as-feature says so.
      if (distinct > 0.5 * all) continue;
      yield {
        path: columnPath(loaded, column),
        message: `${counted(levels, 'level')} of \`${column}\` (${percent(share)} of the test rows) are not in training.`,
        data: { column, levels, rows, share },
        severity: share > 0.05 && rows > byChance ? 'warning' : 'info',
        fixes: drawnTestFix(loaded),
      };
    }
  },
};

const cvInfeasible: Rule = {
  id: 'cv-infeasible',
  needs: ['config', 'split'],
  *run({ loaded, facts }) {
    const short = facts?.split?.infeasible;
    if (!short) return;
    const { folds, available, of } = short;
    yield {
      path: 'split.cv',
      message: `${folds} folds need ${folds} ${of}; there are ${grouped(available)}.`,
      data: { folds, available, of },
      // Fewer folds along time begin elsewhere: how many then have rows before them is not known.
      fixes: available >= 2 && of !== afterRows ? setFix(loaded, 'split.cv', String(available)) : [],
    };
  },
};

/** A group that lies across a cut in time costs the rows on the other side of it. */
const groupsAcrossTime: Rule = {
  id: 'insufficient-data',
  needs: ['config', 'split'],
  *run({ loaded, facts }) {
    const { experiment } = loaded;
    const message = experiment && facts && leftOutSentence(experiment, facts);
    const rows = facts?.split?.absent ?? 0;
    const share = rows / (facts?.rows ?? 1);
    if (message === undefined || share < 0.01) return;
    yield {
      path: loaded.isWritten('split.method') ? 'split.method' : 'data.group',
      message,
      data: { rows, share },
      severity: share > 0.2 ? 'warning' : 'info',
    };
  },
};

/** What keeps the rows from being divided at all. */
const splitImpossible: Rule = {
  id: 'missing-required',
  needs: ['config', 'profile'],
  *run({ facts }) {
    const splitProblem = facts?.splitProblem;
    if (splitProblem?.code !== 'split-needs-column') return;
    const { message, help, column } = splitProblem;
    yield { path: 'split', message: `${message} ${help}`, data: column === undefined ? {} : { column } };
  },
};

const foldsEmpty = 'split-folds-empty';

const foldsWithoutTraining: Rule = {
  id: 'cv-infeasible',
  needs: ['config', 'profile'],
  *run({ loaded, facts }) {
    const problem = facts?.splitProblem;
    if (problem?.code !== foldsEmpty) return;
    const path = loaded.isWritten('split.cv') ? 'split.cv' : 'split';
    yield { path, message: `${problem.message} ${problem.help}`, data: { code: problem.code } };
  },
};

const sideEmpty: Rule = {
  id: 'no-test-set',
  needs: ['config', 'profile'],
  *run({ facts }) {
    const splitProblem = facts?.splitProblem;
    if (splitProblem === undefined) return;
    if (splitProblem.code === 'split-needs-column' || splitProblem.code === foldsEmpty) return;
    yield {
      path: 'split',
      message: `${splitProblem.message} ${splitProblem.help}`,
      data: { code: splitProblem.code },
    };
  },
};

/** Beyond chance at p < 0.01, and by 0.15: absolute for two classes, total variation for more (reading 12). */
const labelShiftSplit: Rule = {
  id: 'label-shift-split',
  needs: ['config', 'split'],
  *run(context) {
    const { facts } = context;
    const { train, test } = facts?.split ?? {};
    const classes = facts?.target?.classes ?? [];
    if (!train || !test || classes.length < 2 || train.rows === 0 || test.rows === 0) return;
    const gaps = classes.map((_, c) => ({
      gap: (test.classes[c] ?? 0) / test.rows - (train.classes[c] ?? 0) / train.rows,
      p: twoProportions(train.classes[c] ?? 0, train.rows, test.classes[c] ?? 0, test.rows).p,
    }));
    const shift = gaps.reduce((sum, { gap }) => sum + Math.abs(gap), 0) / 2;
    if (shift < 0.15 || Math.min(...gaps.map(({ p }) => p)) * classes.length >= leastChance(context)) return;
    yield {
      path: 'split',
      message: shiftMessage(context, shift),
      data: { shift, column: facts?.target?.name },
      fixes: drawnTestFix(context.loaded),
    };
  },
};

/** Of a hundred splits by chance one is this uneven by chance, and each person who opens such a file would be warned. */
function leastChance({ facts }: LintContext): number {
  return ['random', 'group', 'hash'].includes(facts?.split?.method ?? '') ? 0.001 : 0.01;
}

function shiftMessage({ facts }: LintContext, shift: number): string {
  const { train, test } = facts?.split ?? {};
  const { classes = [], name } = facts?.target ?? {};
  if (classes.length > 2 || !train || !test)
    return `The classes of \`${name}\` differ between training and test by ${percent(shift)}.`;
  const rate = (side: typeof train) => percent((side.classes[1] ?? 0) / side.rows);
  return `The rate of \`${name}\` ${classes[1]?.label} goes from ${rate(train)} in training to ${rate(test)} in test: scores will not mean what they say.`;
}

export const splitRules: readonly Rule[] = [
  splitOverlap,
  testTooSmall,
  unseenLabel,
  unseenCategory,
  cvInfeasible,
  groupsAcrossTime,
  splitImpossible,
  foldsWithoutTraining,
  sideEmpty,
  labelShiftSplit,
];
