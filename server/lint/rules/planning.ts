/** Rules about what a candidate has not tried or not tied down: tuning, restraint, guardrails, what it starts from. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseMetricName } from '../../catalog/metrics.ts';
import { appendEdit, setEdit, yamlScalar } from '../../config/edits.ts';
import type { Experiment } from '../../config/experiment.ts';
import { formatName } from '../../config/expression/format.ts';
import { parseGate } from '../../config/expression/gate.ts';
import { fields } from '../../config/fields.ts';
import { flowOf, insertEdits } from '../../config/inserts.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import { isMap } from '../../config/schema/nodes.ts';
import type { DataFacts } from '../../data/facts/facts.ts';
import type { Fix } from '../../protocol/finding.ts';
import { grouped } from '../../protocol/grouped.ts';
import { setFix } from '../columns.ts';
import { fixOf } from '../fixes.ts';
import { figureOf, number4, resultOf } from '../history.ts';
import type { Rule } from '../rule.ts';
import { writtenAt } from '../walk.ts';

const decisiveFields = fields.filter(({ impact }) => impact === 3).map(({ path }) => path);

const untuned: Rule = {
  id: 'untuned',
  needs: ['config'],
  *run({ loaded }) {
    const { experiment } = loaded;
    if (experiment === undefined || loaded.isWritten('tune')) return;
    const family = experiment.model.type === 'auto' ? 'gbdt' : experiment.model.type;
    const decisive = decisiveFields.filter((path) => path.startsWith(`model.${family}.`));
    if (decisive.length === 0 || decisive.some((path) => loaded.isWritten(path))) return;
    const names = decisive.map((path) => path.split('.').at(-1)).join(', ');
    yield {
      path: 'model.type',
      message: `${names} ${decisive.length === 1 ? 'was' : 'were'} never tuned: ${family} runs with the defaults that matter most.`,
      data: { parameters: decisive },
      fixes: setFix(loaded, 'tune', '30'),
    };
  },
};

/** How many columns the features become: a category is as many as it keeps levels. */
function encodedColumns({ features, categories }: DataFacts): number {
  return features.reduce((sum, { name }) => sum + (categories[name]?.kept ?? 1), 0);
}

const noRegularization: Rule = {
  id: 'no-regularization',
  needs: ['config'],
  *run({ loaded, facts }) {
    const { experiment } = loaded;
    if (experiment === undefined) return;
    const { type, linear } = experiment.model;
    if (type === 'linear' && linear.penalty === 'none' && facts?.split !== undefined) {
      const [columns, rows] = [encodedColumns(facts), facts.split.train.rows];
      if (columns <= rows / 10) return;
      yield {
        path: 'model.linear.penalty',
        message: `Nothing limits the fit: ${grouped(columns)} columns for ${grouped(rows)} training rows.`,
        data: { columns, rows },
        fixes: setFix(loaded, 'model.linear.penalty', 'l2'),
      };
    }
    const without = ['model.mlp.dropout', 'train.optimizer.weight_decay'];
    if (type === 'mlp' && without.every((path) => writtenAt(loaded, path) === 0)) {
      yield {
        path: 'model.mlp.dropout',
        message: 'Nothing limits the fit: neither dropout nor weight decay.',
        fixes: setFix(loaded, 'model.mlp.dropout', '0.1'),
      };
    }
  },
};

/** Families that take steps over batches. */
const batched: readonly string[] = ['mlp', 'cnn', 'text', 'transfer', 'automl', 'command'];

const batchTooLarge: Rule = {
  id: 'batch-too-large',
  needs: ['config', 'profile', 'split'],
  *run({ loaded, facts }) {
    const { experiment } = loaded;
    const batch = experiment?.train['batch'];
    const rows = facts?.split?.train.rows ?? 0;
    if (experiment === undefined || typeof batch !== 'number' || batch <= rows / 4) return;
    if (!batched.includes(experiment.model.type)) return;
    yield {
      path: 'train.batch',
      message: `${grouped(batch)} of ${grouped(rows)} rows per step: an epoch has too few steps to learn in.`,
      data: { batch, rows },
      fixes: setFix(loaded, 'train.batch', 'auto'),
    };
  },
};

const pretrainedUnpinned: Rule = {
  id: 'pretrained-unpinned',
  needs: ['text'],
  *run({ loaded }) {
    const base = writtenAt(loaded, 'model.transfer.base');
    if (typeof base !== 'string' || /^(?:\.{0,2}\/|file:)/.test(base)) return;
    const missing = ['revision', 'license'].filter((each) => !loaded.isWritten(`model.transfer.${each}`));
    if (missing.length === 0) return;
    yield {
      path: 'model.transfer.base',
      message: `\`${base}\` can change under you: it is used without ${missing.join(' and ')}.`,
      data: { base, missing },
    };
  },
};

const singleMetric: Rule = {
  id: 'single-metric',
  needs: ['config'],
  *run({ loaded, facts }) {
    const { experiment } = loaded;
    if (experiment === undefined) return;
    const gates = (experiment.gates ?? []).flatMap((text) => parseGate(text).ast ?? []);
    const headline = experiment.metric ?? facts?.target?.metric;
    const named = gates.flatMap((gate) => (gate.kind === 'compare' ? [gate.metric] : []));
    const metrics = new Set([
      ...(headline === undefined ? [] : [headline]),
      ...named.map(({ name }) => name),
    ]);
    const guarded = named.some(({ slice }) => slice !== undefined) || metrics.size > 1;
    if (
      guarded ||
      Array.isArray(writtenAt(loaded, 'evaluate.slices')) ||
      loaded.isWritten('evaluate.fairness')
    )
      return;
    const [metric = 'the primary metric'] = metrics;
    const guard = guardrailOf(metric, experiment.task === 'auto' ? facts?.target?.task : experiment.task);
    yield {
      path: loaded.isWritten('gates') ? 'gates' : 'registry',
      at: 'key',
      message: `Nothing guards against gaming ${parseMetricName(metric) === undefined ? metric : `\`${metric}\``}: no second metric and no slice has a gate.`,
      data: { metric },
      fixes:
        guard === undefined
          ? []
          : fixOf(`Add ${guard}`, appendEdit(loaded.source, 'gates', yamlScalar(guard))),
    };
  },
};

/** A second view of the same errors: of probabilities beside ranks, of typical errors beside large ones. */
function guardrailOf(metric: string, task: string | undefined): string | undefined {
  if (task === 'regression') return metric === 'mae' ? 'rmse < baseline' : 'mae < baseline';
  if (task !== 'binary' && task !== 'multiclass') return undefined;
  return metric === 'log_loss' ? 'brier < baseline' : 'log_loss < baseline';
}

/** One column, cut once or more, is what a rule of one line can use. */
const mlNotNeeded: Rule = {
  id: 'ml-not-needed',
  needs: ['config', 'profile', 'runs'],
  *run({ loaded, facts, runs }) {
    const { experiment } = loaded;
    const result = experiment && resultOf(runs, experiment);
    const measure = facts?.target?.task === 'regression' ? 'r2' : 'roc_auc';
    const model = result && figureOf(result.document.metrics.test, measure);
    if (facts === undefined || model === undefined || isRule(experiment)) return;
    const chance = measure === 'r2' ? 0 : 0.5;
    const single = facts.features
      .flatMap(({ name }) => {
        const strength = facts.links[name]?.strength;
        return strength == null ? [] : [{ name, value: strength.value, error: strength.error }];
      })
      .toSorted((a, b) => b.value - a.value)[0];
    if (single === undefined || model.value <= chance) return;
    const share = (single.value - chance) / (model.value - chance);
    if (share < 0.95 || single.value + 1.96 * single.error < model.low) return;
    yield {
      path: 'model.type',
      message: `A one-line rule on \`${single.name}\` scores ${measure} ${number4(single.value)}; the model ${number4(model.value)}.`,
      data: { column: single.name, single: single.value, model: model.value },
      fixes: ruleFix(loaded, facts, single.name),
    };
  },
};

/** A rule that cuts the column in two; what either side is worth is for a person to say, until then what all rows are. */
function ruleFix(loaded: LoadedExperiment, facts: DataFacts, name: string): readonly Fix[] {
  const condition = cutOf(facts, name);
  const usual = usualAnswer(facts);
  if (condition === undefined || usual === undefined) return [];
  const rules = [`{if: ${yamlScalar(condition)}, then: ${usual}}`, `{if: 'true', then: ${usual}}`];
  const model = loaded.source.valueAt('model');
  const edits =
    model === undefined || isMap(model)
      ? insertEdits(loaded.source, [
          { path: 'model.type', value: 'heuristic' },
          { path: 'model.heuristic', value: rules },
        ])
      : setEdit(loaded.source, 'model', flowOf({ type: 'heuristic', heuristic: rules }));
  return fixOf(`Use rules on ${name}, to be filled in`, edits);
}

/** The share of the positive class, the most frequent class, or the mean. */
function usualAnswer({ target, profile }: DataFacts): string | undefined {
  if (target === undefined) return undefined;
  if (target.prevalence !== null) return number4(target.prevalence);
  const [most] = target.classes.toSorted((a, b) => b.rows - a.rows);
  if (most !== undefined) return yamlScalar(most.label);
  const mean = profile.columns.find((each) => each.name === target.name)?.mean;
  return typeof mean === 'number' ? number4(mean) : undefined;
}

/** A number at its median, a word by the one that most rows have. */
function cutOf({ profile }: DataFacts, name: string): string | undefined {
  const column = profile.columns.find((each) => each.name === name);
  const median = column?.quantiles?.['0.5'];
  if (typeof median === 'number') return `${formatName(name)} > ${number4(median)}`;
  const [most] = column?.top ?? [];
  if (most === undefined) return undefined;
  const value = typeof most.value === 'string' ? `'${most.value.replaceAll("'", "''")}'` : String(most.value);
  return `${formatName(name)} == ${value}`;
}

function isRule(experiment: Experiment | undefined): boolean {
  return experiment === undefined || ['dummy', 'heuristic'].includes(experiment.model.type);
}

const notebookSoup: Rule = {
  id: 'notebook-soup',
  needs: ['text'],
  *run({ loaded }) {
    const steps = writtenAt(loaded, 'data.pipeline.steps');
    const commands = [
      ...['train', 'predict'].map((name) => `model.command.${name}`),
      ...(Array.isArray(steps) ? steps.map((_, i) => `data.pipeline.steps.${i}.run`) : []),
    ];
    for (const path of commands) {
      const command = writtenAt(loaded, path);
      const notebook = typeof command === 'string' ? /[^\s"']+\.ipynb/.exec(command)?.[0] : undefined;
      if (notebook === undefined) continue;
      yield {
        path,
        message: `Production step is a notebook: \`${notebook}\` depends on the order in which its cells were run.`,
        data: { notebook },
        fixes: scriptFix(loaded, path, { command: String(command), notebook }),
      };
    }
  },
};

/** The script of that name, where somebody has taken it out of the notebook already. */
function scriptFix(
  loaded: LoadedExperiment,
  path: string,
  { command, notebook }: { readonly command: string; readonly notebook: string },
): readonly Fix[] {
  const script = notebook.replace(/\.ipynb$/, '.py');
  if (!existsSync(resolve(loaded.directory, script))) return [];
  const rest = command.slice(command.indexOf(notebook) + notebook.length);
  const run = `python ${script}${rest}`;
  return fixOf(`Run ${script}`, setEdit(loaded.source, path, yamlScalar(run)));
}

export const planningRules: readonly Rule[] = [
  untuned,
  noRegularization,
  batchTooLarge,
  pretrainedUnpinned,
  singleMetric,
  mlNotNeeded,
  notebookSoup,
];
