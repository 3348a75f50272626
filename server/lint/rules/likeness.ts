/** Rules about the likeness of training and test rows: too alike one by one, or not alike as a whole; and what few rows can show. */
import { setEdit } from '../../config/edits.ts';
import { parseGate } from '../../config/expression/gate.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import { isMap } from '../../config/schema/nodes.ts';
import { halfWidth } from '../../data/facts/factsNoise.ts';
import { grouped } from '../../protocol/grouped.ts';
import { benjaminiHochberg } from '../../statistics/corrections.ts';
import { columnPath, excludeFix, percent, setFix } from '../columns.ts';
import { fixOf } from '../fixes.ts';
import type { LintContext, Rule } from '../rule.ts';
import { drawnTestFix, foldsFix } from '../splitFixes.ts';
import { itemPath } from '../walk.ts';

/** A classifier tells the sides apart (lint.md): an AUC of 0.625, for certain, where the split does not mean them to differ. */
const testNotRepresentative: Rule = {
  id: 'test-not-representative',
  needs: ['config', 'split'],
  *run({ loaded, facts }) {
    const apart = facts?.looks?.shift?.apart;
    if (!apart || apart.auc < 0.625 || apart.p >= 0.01 || followsTime({ loaded, facts })) return;
    const names = apart.top.map((name) => `\`${name}\``).join(', ');
    yield {
      path: placeOfSides(loaded),
      message: `The test rows look unlike training: ${names} tell them apart (AUC ${apart.auc.toFixed(3)}), so the score is of other rows.`,
      data: { auc: apart.auc, columns: apart.top },
      fixes: drawnTestFix(loaded),
    };
  },
};

/** Given files may be a split in time. */
function followsTime({ facts }: Pick<LintContext, 'loaded' | 'facts'>): boolean {
  const { time, test } = facts?.split ?? {};
  return time !== undefined && time !== null && test !== undefined && time.testBeforeTrain === 0;
}

function placeOfSides(loaded: LoadedExperiment): string {
  const place = ['data.source.test', 'split.test', 'split.method'].find((path) => loaded.source.has(path));
  return place ?? 'data.source';
}

/** Effect and correction as in drift.md, 4.3: a shift must be both certain and large. */
const featureShift: Rule = {
  id: 'feature-shift-split',
  needs: ['config', 'split'],
  *run({ loaded, facts }) {
    const shifted = (facts?.looks?.shift?.columns ?? [])
      .filter(({ effect, p }) => effect >= 0.2 && p < 0.01)
      .sort((a, b) => b.effect - a.effect);
    if (shifted.length === 0) return;
    const shown = shifted.slice(0, 3).map(({ column, effect }) => `\`${column}\` (by ${effect.toFixed(2)})`);
    const [first] = shifted;
    yield {
      path: placeOfSides(loaded),
      message: `${shifted.length === 1 ? 'A feature differs' : `${grouped(shifted.length)} features differ`} between training and test: ${shown.join(', ')}${shifted.length > 3 ? ' …' : ''}. The score holds for the rows it was taken on.`,
      data: {
        ...(shifted.length === 1 ? { column: first?.column } : {}),
        columns: shifted.map(({ column }) => column),
        effect: first?.effect,
      },
      fixes: drawnTestFix(loaded),
    };
  },
};

const relationShift: Rule = {
  id: 'relation-shift-split',
  needs: ['config', 'split'],
  *run({ loaded, facts }) {
    const columns = facts?.looks?.shift?.columns ?? [];
    const certain = benjaminiHochberg(columns.map(({ relation }) => relation?.p ?? 1));
    for (const [index, { column, relation }] of columns.entries()) {
      if (!relation || Math.abs(relation.train - relation.test) <= 0.2 || (certain[index] ?? 1) >= 0.01)
        continue;
      const where = relation.train > relation.test ? 'training' : 'test';
      yield {
        path: columnPath(loaded, column),
        message: `\`${column}\` works in ${where} only: its predictive power is ${relation.train.toFixed(2)} in training and ${relation.test.toFixed(2)} in test.`,
        data: { column, train: relation.train, test: relation.test },
        fixes: excludeFix(loaded, column),
      };
    }
  },
};

/** Shingles of three words, Jaccard 0.85, a hundredth of the test rows (reading 12). */
const nearDuplicateOverlap: Rule = {
  id: 'near-duplicate-overlap',
  needs: ['config', 'split'],
  *run({ loaded, facts }) {
    for (const { column, rows, seen } of facts?.looks?.near ?? []) {
      const share = rows / seen;
      if (rows === 0 || share < 0.01) continue;
      const among =
        seen < (facts?.split?.test.rows ?? 0) ? `${grouped(seen)} test texts looked at` : 'test texts';
      yield {
        path: columnPath(loaded, column),
        message: `${grouped(rows)} of the ${among} in \`${column}\` (${percent(share)}) nearly repeat one in training: they are remembered, not predicted.`,
        data: { column, rows, seen, share },
        fixes: canMove(loaded, facts) ? setFix(loaded, 'split.dedupe', oneSide) : [],
      };
    }
  },
};

/** Less than the likeness of the texts, since the target is a cell of the row too, and can differ. */
const oneSide = '0.7';

/** Not between given files, nor over a moment in time; and the split compares rows, which must be little but this text. */
function canMove({ experiment }: LoadedExperiment, facts: LintContext['facts']): boolean {
  const { source } = experiment?.data ?? {};
  const given = isMap(source) || experiment?.split.method === 'predefined';
  const columns = facts?.profile.columns.length ?? 0;
  // The text and the target.
  return !given && columns <= 2 && facts?.split?.method.includes('time') !== true;
}

/** Resolved folds count: they are 5 under 5,000 rows unless something else is written (reading 1). */
const noCrossValidation: Rule = {
  id: 'no-cross-validation',
  needs: ['config', 'split'],
  *run({ loaded, facts }) {
    const { split, rows = 0, target } = facts ?? {};
    const withTarget = rows - (target?.missing ?? 0);
    if (!split || split.folds > 0 || withTarget >= 5000 || hasValidFile(loaded)) return;
    yield {
      path: ['split.cv', 'split.valid'].find((path) => loaded.source.has(path)) ?? 'data.source',
      message: `One split of ${grouped(withTarget)} rows is a lottery: other validation rows would choose another model.`,
      data: { rows: withTarget },
      fixes: foldsFix(loaded),
    };
  },
};

function hasValidFile({ experiment }: LoadedExperiment): boolean {
  return isMap(experiment?.data.source) && typeof experiment.data.source['valid'] === 'string';
}

/** Without runs only gates of the form `reference ± number` can be judged (reading 4). */
const gateWithinNoise: Rule = {
  id: 'gate-within-noise',
  needs: ['config', 'split'],
  *run({ loaded, facts }) {
    for (const text of loaded.experiment?.gates ?? []) {
      const { ast } = parseGate(text);
      if (ast?.kind !== 'compare' || ast.right.kind !== 'reference' || ast.significant) continue;
      const margin = Math.abs(ast.right.offset);
      const width = ast.metric.slice === undefined ? widthOf(ast.metric.name, facts) : undefined;
      if (width === undefined || margin === 0 || margin >= width) continue;
      const path = itemPath(loaded, 'gates', text);
      yield {
        path,
        message: `The test rows know ${ast.metric.name} to ±${width.toFixed(3)}: the gate cannot see a change of ${margin}.`,
        data: { metric: ast.metric.name, margin, halfWidth: width },
        fixes: fixOf(
          'Ask for a significant difference',
          setEdit(loaded.source, path, JSON.stringify(`${text} (significant)`)),
        ),
      };
    }
  },
};

/** Half-width of a metric of classes on the test rows; errors of numbers have no width in their own units beforehand. */
function widthOf(metric: string, facts: LintContext['facts']): number | undefined {
  const { split, target } = facts ?? {};
  if (!split || !target || target.task === 'regression') return undefined;
  if (metric === target.metric) return split.halfWidth ?? undefined;
  const rows = {
    rows: split.test.rows,
    target: () => new Float64Array(split.test.rows),
    classes: split.test.classes,
    trainMean: split.train.mean,
  };
  return halfWidth(metric, rows) ?? undefined;
}

export const likenessRules: readonly Rule[] = [
  testNotRepresentative,
  featureShift,
  relationShift,
  nearDuplicateOverlap,
  noCrossValidation,
  gateWithinNoise,
];
