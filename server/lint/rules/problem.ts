/** Rules about the problem that the data poses: task, metric, and whether there is enough to learn from. */

import { removeEdit, yamlScalar } from '../../config/edits.ts';
import { formatName } from '../../config/expression/format.ts';
import { nearest } from '../../config/nearest.ts';
import type { Fix } from '../../protocol/finding.ts';
import { counted, grouped } from '../../protocol/grouped.ts';
import { keepFix, percent, setFix } from '../columns.ts';
import { fixOf } from '../fixes.ts';
import type { Draft, LintContext, Rule } from '../rule.ts';

/** What the target itself makes impossible. */
const unlearnable: ReadonlySet<string> = new Set([
  'task-mismatch',
  'one-class',
  'target-too-large',
  'target-too-fine',
]);

const taskTargetMismatch: Rule = {
  id: 'task-target-mismatch',
  needs: ['config', 'profile'],
  *run({ loaded, facts }) {
    const { problem, target } = facts ?? {};
    const task = loaded.experiment?.task;
    if (problem !== undefined && unlearnable.has(problem.code)) {
      const path = loaded.isWritten('task') && problem.code === 'task-mismatch' ? 'task' : 'target';
      yield {
        path,
        message: `${problem.message} ${problem.help}`,
        data: { column: problem.column, task },
        // What the values say by themselves.
        fixes: path === 'task' ? setFix(loaded, 'task', 'auto') : [],
      };
    }
    if (target === undefined) return;
    const { name, distinct } = target;
    if (task === 'regression' && distinct === 2) {
      yield {
        path: 'task',
        message: `\`${name}\` has 2 distinct values; task is regression, whose errors say little about them.`,
        data: { column: name, distinct, task },
        fixes: setFix(loaded, 'task', 'binary'),
      };
    }
    const whole = facts?.profile.columns.find((column) => column.name === name)?.numbers?.whole ?? true;
    if (task === 'multiclass' && distinct > 50 && !whole) {
      yield {
        path: 'task',
        message: `\`${name}\` has ${grouped(distinct)} distinct numbers with fractions; task is multiclass.`,
        data: { column: name, distinct, task },
        fixes: setFix(loaded, 'task', 'regression'),
      };
    }
  },
};

/** What makes a run impossible and has no rule that says it better. */
const positiveUnknown: Rule = {
  id: 'unknown-value',
  needs: ['config', 'profile'],
  *run({ loaded, facts }) {
    const { problem } = facts ?? {};
    if (problem?.code !== 'positive-not-found') return;
    const { positive, target } = loaded.experiment ?? {};
    const values = facts?.profile.columns.find(({ name }) => name === target)?.top ?? [];
    const near = nearest(
      String(positive),
      values.map(({ value }) => String(value)),
    );
    const meant = values.find(({ value }) => String(value) === near);
    yield {
      path: 'positive',
      message: `${problem.message} ${problem.help}`,
      data: { column: problem.column },
      fixes: [
        ...(meant === undefined ? [] : setFix(loaded, 'positive', yamlScalar(meant.value))),
        ...fixOf('Take the rarer class', removeEdit(loaded.source, 'positive')),
      ],
    };
  },
};

const accuracyOnImbalanced: Rule = {
  id: 'accuracy-on-imbalanced',
  needs: ['config', 'profile'],
  *run(context) {
    const majority = majorityOf(context);
    if (context.facts?.target?.metric !== 'accuracy' || majority === undefined || majority.share < 0.8)
      return;
    const better = context.facts.target.task === 'binary' ? 'pr_auc' : 'macro_f1';
    yield {
      path: 'metric',
      message: `Always answering "${majority.label}" already scores ${majority.share.toFixed(3)}: accuracy rewards ignoring the rest.`,
      data: { accuracy: majority.share, class: majority.label },
      fixes: setFix(context.loaded, 'metric', better),
    };
  },
};

function majorityOf({ facts }: LintContext): { label: string; share: number } | undefined {
  const classes = facts?.target?.classes ?? [];
  const rows = classes.reduce((sum, each) => sum + each.rows, 0);
  const most = [...classes].sort((a, b) => b.rows - a.rows)[0];
  return most && { label: String(most.label), share: most.rows / rows };
}

const rocAucOnRare: Rule = {
  id: 'roc-auc-on-rare',
  needs: ['config', 'profile'],
  *run({ loaded, facts }) {
    const { metric, prevalence } = facts?.target ?? {};
    if (metric !== 'roc_auc' || typeof prevalence !== 'number' || prevalence >= 0.05) return;
    yield {
      path: 'metric',
      message: `${percent(prevalence)} positives: ROC AUC hides false alarms, of which a small rate is many.`,
      data: { prevalence },
      fixes: setFix(loaded, 'metric', 'pr_auc'),
    };
  },
};

const tooFewRows: Rule = {
  id: 'too-few-rows',
  needs: ['config', 'profile'],
  *run({ loaded, facts }) {
    const least = loaded.experiment?.data.quality.min_rows ?? 0;
    if (facts === undefined || facts.target === undefined) return;
    const rows = facts.rows - facts.target.missing;
    if (rows >= least) return;
    const path = loaded.isWritten('data.quality.min_rows') ? 'data.quality.min_rows' : 'data.source';
    yield {
      path,
      message: `Only ${grouped(rows)} rows have a target; training needs ${grouped(least)}.`,
      data: { rows, least },
    };
  },
};

const classImbalance: Rule = {
  id: 'class-imbalance',
  needs: ['config', 'profile'],
  *run({ loaded, facts }) {
    const rows = facts?.target?.classes.map((each) => each.rows) ?? [];
    if (rows.length < 2 || loaded.experiment?.train.imbalance.strategy !== 'none') return;
    const ratio = Math.min(...rows) / Math.max(...rows);
    if (ratio >= 0.1) return;
    yield {
      path: 'train.imbalance',
      message: `1:${Math.round(1 / ratio)} imbalance, untreated: the rarer class counts for little in training.`,
      data: { ratio, column: facts?.target?.name },
      fixes: setFix(loaded, 'train.imbalance', 'weights'),
    };
  },
};

/** More rare classes than these have one cause, and are told together. */
const mostRare = 3;

const rareClass: Rule = {
  id: 'rare-class',
  needs: ['config', 'profile'],
  *run(context) {
    const { loaded, facts } = context;
    const least = Math.max(10, loaded.experiment?.split.cv?.folds ?? 0);
    const rare = (facts?.target?.classes ?? []).filter(({ rows }) => rows < least);
    const quantity = quantityHint(context);
    const fixes = quantity === undefined ? [] : setFix(loaded, 'task', 'regression');
    if (rare.length > mostRare) {
      const labels = rare.map(({ label }) => `"${label}"`);
      const named = labels.slice(0, mostRare).join(', ');
      yield {
        path: 'target',
        message: `${rare.length} classes (${named} …) have fewer than ${least} rows each: too few to learn them and to test them${quantity ?? ''}.`,
        data: { column: facts?.target?.name, classes: rare.map(({ label }) => label) },
        fixes,
      };
      return;
    }
    for (const { label, rows } of rare) {
      yield {
        path: 'target',
        message: `Class "${label}" has ${counted(rows, 'row')}: too few to learn it and to test it${quantity ?? ''}.`,
        data: { column: facts?.target?.name, class: label, rows },
        // Of a quantity no value is left out.
        fixes: quantity === undefined ? withoutClass(context, label) : fixes,
      };
    }
  },
};

/** Two classes must be left. */
function withoutClass({ loaded, facts }: LintContext, label: unknown): readonly Fix[] {
  const { name, classes } = facts?.target ?? { classes: [] };
  if (name === undefined || classes.length < 3) return [];
  const value = typeof label === 'string' ? `'${label.replaceAll("'", "''")}'` : String(label);
  return keepFix(loaded, `Leave out "${label}"`, `${formatName(name)} != ${value}`);
}

/** At most twenty whole numbers are taken for classes where no task is written. */
function quantityHint({ loaded, facts }: LintContext): string | undefined {
  const target = facts?.target;
  const column = facts?.profile.columns.find(({ name }) => name === target?.name);
  if (target?.task !== 'multiclass' || column?.kind !== 'numeric' || loaded.isWritten('task'))
    return undefined;
  return `; if \`${target.name}\` is a quantity, the task is regression`;
}

/** Only what is written counts: trees under early stopping are a ceiling (lint.md, reading 2). */
const tooComplex: Rule = {
  id: 'too-complex',
  needs: ['config', 'profile', 'split'],
  *run({ loaded, facts }) {
    const { experiment } = loaded;
    const rows = facts?.split?.train.rows ?? 0;
    if (experiment === undefined) return;
    const { type, gbdt } = experiment.model;
    if (['mlp', 'cnn'].includes(type) && rows < 1000 && loaded.isWritten('model.type')) {
      yield tooComplexFor('model.type', {
        what: 'A neural network',
        rows,
        fixes: setFix(loaded, 'model.type', 'linear'),
      });
    }
    const explicit = loaded.isWritten('model.gbdt.trees') && experiment.train.early_stop === false;
    const leaves = gbdt.trees * gbdt.max_leaves;
    if (type === 'gbdt' && explicit && leaves > rows) {
      yield tooComplexFor('model.gbdt.trees', {
        what: `${grouped(leaves)} leaves`,
        rows,
        fixes: setFix(loaded, 'train.early_stop', '10'),
      });
    }
  },
};

function tooComplexFor(
  path: string,
  { what, rows, fixes }: { readonly what: string; readonly rows: number; readonly fixes: readonly Fix[] },
): Draft {
  return {
    path,
    fixes,
    message: `${what} for ${grouped(rows)} training rows: it can learn them by heart.`,
    data: { rows },
  };
}

export const problemRules: readonly Rule[] = [
  taskTargetMismatch,
  positiveUnknown,
  accuracyOnImbalanced,
  rocAucOnRare,
  tooFewRows,
  classImbalance,
  rareClass,
  tooComplex,
];
