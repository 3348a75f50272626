/** A finished run in words: metrics beside the baselines, gates, where things are and what comes next. */
import { summarizeFolds } from '../cards/tuning.ts';
import type { Finding } from '../protocol/finding.ts';
import { grouped } from '../protocol/grouped.ts';
import { toJson } from '../protocol/json.ts';
import type { RunDocument, Tuning } from '../protocol/run.ts';
import { describeUncertainty } from '../protocol/uncertaintyWords.ts';
import type { RunComparison } from '../runs/compare.ts';
import type { RunPlan } from '../runs/estimate/expected.ts';
import { duration, number4, printable, type Style, table } from './style.ts';

type Estimates = RunDocument['metrics']['test'];

export function renderRun(document: RunDocument, style: Style): string {
  return [
    headline(document, style),
    ...pastLines(document),
    ...tuningLines(document),
    ...selectionLines(document),
    '',
    ...metricTable(document, style),
    '',
    ...uncertaintyLines(document),
    ...comparisonLines(document, style),
    ...gateLines(document, style),
    ...sliceLines(document, style),
    ...warningLines(document, style),
    ...whereLines(document, style),
  ].join('\n');
}

/** One line a severity that occurs; the details are one command away. */
export function renderFindingSummary(findings: readonly Finding[], style: Style): string {
  const count = (severity: Finding['severity']) =>
    findings.filter((finding) => finding.severity === severity).length;
  const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;
  const parts = [
    count('error') > 0 ? style.red(plural(count('error'), 'error')) : '',
    count('warning') > 0 ? style.yellow(plural(count('warning'), 'warning')) : '',
    count('info') > 0 ? plural(count('info'), 'note') : '',
  ].filter((part) => part !== '');
  // What will end the run before its time is worth more than a count, before it has begun.
  const over = findings
    .filter(({ rule }) => rule === 'over-budget')
    .map(({ message }) => `${style.yellow('warning')}: ${printable(message, 300)}`);
  const summary = parts.length === 0 ? style.green('nothing found') : parts.join(', ');
  return [`Lint: ${summary}`, ...over].join('\n');
}

function headline(document: RunDocument, style: Style): string {
  const { run, rows, split, model } = document;
  const folds = split.folds > 0 ? `, ${split.folds}-fold cross-validation` : '';
  const sides = `${grouped(rows.train)} train, ${grouped(rows.valid)} valid, ${grouped(rows.test)} test rows`;
  const seconds = Object.values(document.timings).reduce((sum, each) => sum + each, 0);
  return [
    `${style.bold(printable(run.experiment))}  run ${style.bold(run.id)}  ${run.status} in ${duration(seconds)}`,
    `${document.task} of ${printable(document.target)}: ${model.type}, ${model.iterations} iterations; ${sides} (${split.method} split${folds})`,
  ].join('\n');
}

/** As of when rows were joined and looked back at. */
function pastLines({ lineage: { joins = [], windows = [] } }: RunDocument): string[] {
  const newest = (instant: string | null) => (instant === null ? '' : `, the newest of ${instant}`);
  const [first] = windows;
  const latest = windows
    .map((window) => window.newest ?? '')
    .toSorted()
    .at(-1);
  return [
    ...joins.map(
      (join) =>
        `joined ${printable(join.name, 40)}: ${grouped(join.matched)} rows have a match in ${printable(join.source, 200)}${newest(join.newest)}`,
    ),
    ...(first === undefined
      ? []
      : [
          `looked back from ${printable(first.at, 200)}: ${printable(windows.map(({ name }) => name).join(', '), 200)}${newest(latest || null)}`,
        ]),
  ];
}

/** What the search found, and on how many trials. */
function tuningLines({ tuning }: RunDocument): string[] {
  const found = tuning?.trials[tuning.best];
  if (tuning === undefined || found === undefined) return [];
  const settings = Object.entries(found.params).map(
    ([path, value]) =>
      `${path} ${typeof value === 'number' && !Number.isInteger(value) ? number4(value) : printable(toJson(value), 40)}`,
  );
  const stopped = tuning.trials.filter(({ pruned }) => pruned).length;
  const value = `${tuning.metric} ${number4(Number(found.value))} on held-out training rows`;
  return [
    `tuned (${tuning.search}): trial ${tuning.best + 1} of ${tuning.trials.length}${stopped > 0 ? `, ${stopped} of them stopped early` : ''}; ${value}`,
    `  ${settings.join(', ')}`,
    ...nestedLine(tuning),
  ];
}

/** Names that are shown of a list. */
const shownNames = 8;

function selectionLines({ selection }: RunDocument): string[] {
  if (selection === undefined) return [];
  const { method, kept, dropped } = selection;
  const named = (names: readonly string[]) =>
    [
      ...names.slice(0, shownNames).map((name) => printable(name, 40)),
      ...(names.length > shownNames ? [`${grouped(names.length - shownNames)} more`] : []),
    ].join(', ');
  const all = kept.length + dropped.length;
  return [
    `selected (${method}): ${grouped(kept.length)} of ${grouped(all)} features: ${named(kept)}${dropped.length === 0 ? '' : `; dropped: ${named(dropped)}`}`,
  ];
}

/** Of settings that were found without the rows that judge them. */
function nestedLine({ nested, metric }: Tuning): string[] {
  if (nested === undefined) return [];
  const { mean, least, most } = summarizeFolds(nested);
  const ends = `${number4(least)} to ${number4(most)}`;
  return [
    `  nested cross-validation: ${metric} ${number4(mean)} over ${nested.folds.length} outer folds (${ends})`,
  ];
}

function metricTable(document: RunDocument, style: Style): string[] {
  const { metrics, split } = document;
  const isTested = document.rows.test > 0;
  const of = isTested ? metrics.test : metrics.valid;
  // Baselines are judged by test rows alone.
  const baselines = isTested ? Object.keys(document.baselines) : [];
  const names = Object.keys(of);
  if (names.length === 0) return [];
  const side = isTested ? 'test rows' : split.folds > 0 ? 'held out in folds' : 'validation rows';
  const primaryFirst = [document.metric, ...names.filter((name) => name !== document.metric)];
  const cell = (estimates: Estimates | undefined, name: string) => {
    const found = estimates?.[name];
    if (found === undefined) return '–';
    const { value, low, high } = found;
    const interval =
      typeof low === 'number' && typeof high === 'number' ? ` [${number4(low)}, ${number4(high)}]` : '';
    return `${number4(Number(value))}${interval}`;
  };
  const rows = [
    [side, document.model.type, ...baselines.map((name) => printable(name, 24))],
    ...primaryFirst.map((name) => [
      name,
      cell(of, name),
      ...baselines.map((baseline) => cell(document.baselines[baseline], name)),
    ]),
  ];
  const [head, first, ...rest] = table(rows);
  return [style.dim(head ?? ''), style.bold(first ?? ''), ...rest];
}

function uncertaintyLines({ uncertainty }: RunDocument): string[] {
  return uncertainty === undefined ? [] : [describeUncertainty(uncertainty), ''];
}

function comparisonLines(document: RunDocument, style: Style): string[] {
  const lines = document.comparisons.map(({ to, metric, difference, low, high, pAdjusted }) => {
    const sign = Number(difference) >= 0 ? '+' : '';
    return `against ${printable(to, 24)}: ${metric} ${sign}${number4(Number(difference))} [${number4(Number(low))}, ${number4(Number(high))}], adjusted p ${number4(Number(pAdjusted))}`;
  });
  return lines.length === 0 ? [] : [...lines.map(style.dim), ''];
}

function gateLines(document: RunDocument, style: Style): string[] {
  if (document.gates.length === 0) return [];
  const lines = document.gates.map(({ gate, passed, reason }) => {
    const mark = passed ? style.green('pass') : style.red('FAIL');
    return `${mark}  ${printable(gate, 100)}${reason === '' ? '' : `: ${printable(reason, 160)}`}`;
  });
  return [style.bold('Gates'), ...lines, ''];
}

function sliceLines(document: RunDocument, style: Style): string[] {
  const weak = document.slices.filter((slice) => slice.weak).slice(0, 5);
  if (weak.length === 0) return [];
  const lines = weak.map(
    ({ slice, metric, value, overall, rows }) =>
      `${printable(slice, 60)}: ${metric} ${number4(Number(value))} against ${number4(Number(overall))} (${rows} rows)`,
  );
  return [style.bold('Weak slices'), ...lines, ''];
}

function warningLines(document: RunDocument, style: Style): string[] {
  if (document.warnings.length === 0) return [];
  return [
    ...document.warnings.map((warning) => `${style.yellow('warning')}: ${printable(warning, 300)}`),
    '',
  ];
}

function whereLines(document: RunDocument, style: Style): string[] {
  const { artifacts, parity, run } = document;
  return [
    ...table([
      ['model', `${artifacts.model}  (agrees with the trainer within ${number4(parity.maxAbsDifference)})`],
      ['predictions', artifacts.predictions],
      ['card', artifacts.card],
    ]),
    '',
    `Next: ${style.bold(`modelwright predict run:${run.id} DATA -o predictions.csv`)}  or  ${style.bold(`modelwright card run:${run.id}`)}`,
  ];
}

/** `run --dry-run`. */
export function renderPlan(plan: RunPlan): string {
  const rows = plan.stages.map(({ stage, detail, seconds }) => [
    stage,
    duration(seconds),
    printable(detail, 80),
  ]);
  const memory = `${number4(plan.memoryBytes / 1e9)} GB`;
  return [
    ...table(rows, [1]),
    '',
    `About ${duration(plan.seconds)} and ${memory} of memory; nothing was run.`,
    ...plan.over.map(({ message }) => message),
  ].join('\n');
}

/** `runs compare`: what differs in the settings, then in the results. */
export function renderComparison(comparison: RunComparison, style: Style): string {
  const cell = (value: unknown) =>
    typeof value === 'number' ? number4(value) : printable(toJson(value) ?? '', 32);
  const settings = comparison.parameters.map(({ path, values }) => [path, ...values.map(cell)]);
  const results = comparison.metrics.map(({ name, values, difference, low, high, p }) => [
    name,
    ...values.map(cell),
    Number.isNaN(difference)
      ? ''
      : `${difference >= 0 ? '+' : ''}${number4(difference)} [${number4(low)}, ${number4(high)}]`,
    Number.isNaN(p) ? '' : number4(p),
  ]);
  return [
    style.bold('Settings that differ'),
    ...(settings.length === 0 ? ['none'] : table([['', ...comparison.runs], ...settings])),
    '',
    style.bold('Test metrics'),
    ...table([['', ...comparison.runs, 'last - first', 'p'], ...results]),
  ].join('\n');
}
