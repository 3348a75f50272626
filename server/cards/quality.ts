/** The card on quality: figures with intervals in words and tables, beside the baselines, and the parts that are worse. */

import { metricNamed } from '../catalog/metrics.ts';
import { predictsValue } from '../catalog/tasks.ts';
import type { Block, TableColumn, Text } from '../protocol/card.ts';
import type { Comparison, RunDocument, Slice } from '../protocol/run.ts';
import { describeUncertainty } from '../protocol/uncertaintyWords.ts';
import { describeTuning } from './tuning.ts';
import {
  formatCount,
  formatEstimate,
  formatInterval,
  formatNumber,
  formatP,
  formatPercent,
  name,
  readMessage,
} from './wording.ts';

export function describeQuality(document: RunDocument, level: number): Block[] {
  const { metric } = document;
  const { side, estimates } = rowsJudgedOn(document);
  const primary = estimates[metric];
  const meaning = describeMetric(metric);
  const intro: Text = [
    `On ${side}, `,
    name(metric),
    ` is ${formatNumber(primary?.value ?? 'NaN')}`,
    primary && formatInterval(primary)
      ? `; the ${formatPercent(level)} interval is ${formatInterval(primary)}`
      : '',
    `.${meaning ? ` ${meaning}` : ''}`,
  ];
  const compared = document.comparisons.map((comparison) => describeComparison(comparison));
  return [
    { kind: 'text', text: intro },
    ...(compared.length > 0 ? [{ kind: 'list', items: compared } as const] : []),
    figures(document),
    ...uncertaintyBlocks(document),
    ...gateBlocks(document),
    ...describeTuning(document),
    ...calibrationBlocks(document),
    ...confusionBlocks(document),
  ];
}

/** The rows that say how good a model is: where none were kept for testing, those that chose it, which flatter it. */
export function rowsJudgedOn({ rows, metrics, split }: RunDocument) {
  if (rows.test > 0)
    return {
      side: `${formatCount(rows.test)} test rows that training never saw`,
      brief: 'the test rows',
      estimates: metrics.test,
    };
  const brief = split.folds > 0 ? 'the rows held out in folds' : 'the validation rows';
  return { side: `${brief}, since none were kept for testing`, brief, estimates: metrics.valid };
}

/** One sentence on all gates. */
export function verdictOfGates({ gates }: RunDocument): string {
  const failed = gates.filter(({ passed }) => !passed).length;
  if (gates.length === 0) return 'No gates are set.';
  if (failed === 0)
    return gates.length === 1 ? 'Its gate is passed.' : `All ${gates.length} gates are passed.`;
  return `${failed} of ${gates.length} gates ${failed === 1 ? 'is' : 'are'} not passed.`;
}

export function describeSlices({ slices, metric, task }: RunDocument): Block[] {
  if (slices.length === 0) {
    return [
      {
        kind: 'text',
        text: ['No part of the test rows was large enough to be judged alone, or none was asked for.'],
      },
    ];
  }
  const weak = slices.filter((slice) => slice.weak);
  const verdict: Text =
    weak.length === 0
      ? [`Of ${slices.length} parts of the test rows none is clearly weaker than the rest.`]
      : [
          `${weak.length} of ${slices.length} parts of the test rows ${weak.length === 1 ? 'is' : 'are'} clearly weaker than the rest.`,
        ];
  const lower = isLower(metric);
  const order = (slice: Slice) =>
    Number.isNaN(Number(slice.value)) ? Number.POSITIVE_INFINITY : (lower ? -1 : 1) * Number(slice.value);
  const worst = slices.toSorted((a, b) => Number(b.weak) - Number(a.weak) || order(a) - order(b));
  const shown = worst.slice(0, 20);
  const rest = worst.length - shown.length;
  return [
    { kind: 'text', text: verdict },
    {
      kind: 'table',
      caption: `${predictsValue(task) ? 'Error' : 'Quality'} by part of the test rows, worst first${rest > 0 ? `; ${formatCount(rest)} better ones left out` : ''}`,
      columns: [
        column('Rows where'),
        column('Rows', true),
        column('Share', true),
        column(metric, true),
        column('Verdict'),
      ],
      rows: shown.map((slice) => [
        [name(slice.slice)],
        [formatCount(slice.rows)],
        [formatPercent(slice.share)],
        [formatEstimate(slice)],
        [slice.weak ? 'weak' : ''],
      ]),
    },
  ];
}

function describeMetric(metric: string): string {
  const entry = metricNamed(metric.replace(/@\d+$/, '@k'));
  return entry ? `${entry.doc}; ${entry.direction} is better.` : '';
}

function isLower(metric: string): boolean {
  return metricNamed(metric.replace(/@\d+$/, '@k'))?.direction === 'lower';
}

function describeComparison({ to, metric, difference, low, high, p, pAdjusted, test }: Comparison): Text {
  const better = isLower(metric) ? Number(difference) < 0 : Number(difference) > 0;
  const interval = formatInterval({ low, high });
  const size = formatNumber(Math.abs(Number(difference)));
  const verdict =
    Number(difference) === 0
      ? 'No different from'
      : better
        ? `Better by ${size} than`
        : `Worse by ${size} than`;
  const corrected = pAdjusted === p ? '' : `, corrected ${formatP(pAdjusted)}`;
  return [
    `${verdict} `,
    name(to),
    ' in ',
    name(metric),
    ` (difference ${formatNumber(difference)}${interval ? `, interval ${interval}` : ''}; ${test} test, ${formatP(p)}${corrected}).`,
  ];
}

function figures({ metrics, baselines, model }: RunDocument): Block {
  const others = Object.entries(baselines);
  const hasValid = Object.keys(metrics.valid).length > 0;
  return {
    kind: 'table',
    caption: 'Figures with their intervals; baselines on the same test rows',
    columns: [
      column('Metric'),
      column('Better'),
      column(`${model.type}, test`, true),
      ...others.map(([baseline]) => column(`${baseline}, test`, true)),
      ...(hasValid ? [column('validation', true)] : []),
      column('training', true),
    ],
    rows: Object.entries(metrics.test).map(([metric, estimate]) => [
      [name(metric)],
      [isLower(metric) ? 'lower' : 'higher'],
      [formatEstimate(estimate)],
      ...others.map(([, figures]) => [formatEstimate(figures[metric])]),
      ...(hasValid ? [[formatEstimate(metrics.valid[metric])]] : []),
      [formatEstimate(metrics.train[metric])],
    ]),
  };
}

function uncertaintyBlocks({ uncertainty }: RunDocument): Block[] {
  return uncertainty === undefined ? [] : [{ kind: 'text', text: [describeUncertainty(uncertainty)] }];
}

function gateBlocks({ gates }: RunDocument): Block[] {
  if (gates.length === 0) return [];
  return [
    {
      kind: 'table',
      caption: 'Gates',
      columns: [column('Gate'), column('Verdict'), column('Why')],
      rows: gates.map(({ gate, passed, reason }) => [
        [name(gate)],
        [passed ? 'passed' : 'not passed'],
        readMessage(reason),
      ]),
    },
  ];
}

function calibrationBlocks({ calibrationBins, positive, metrics }: RunDocument): Block[] {
  if (calibrationBins.length === 0) return [];
  const caption = 'Calibration: what was said against what happened';
  return [
    {
      kind: 'text',
      text: [
        'Where the model says 10 %, about 10 % should come out ',
        name(positive),
        metrics.test['ece']
          ? `; over all test rows the gap is ${formatEstimate(metrics.test['ece'])} on average.`
          : '.',
      ],
    },
    { kind: 'calibration', caption, bins: calibrationBins },
    {
      kind: 'table',
      caption,
      columns: [column('Mean score', true), column('Share of positives', true), column('Rows', true)],
      rows: calibrationBins.map((bin) => [
        [formatNumber(bin.predicted)],
        [formatNumber(bin.observed)],
        [formatCount(bin.rows)],
      ]),
    },
  ];
}

/** Beyond this many classes the matrix is left to the run. */
const readableClasses = 12;

function confusionBlocks({ confusion, classes, model, rows }: RunDocument): Block[] {
  if (!confusion || rows.test === 0 || classes.length > readableClasses) return [];
  const threshold = model.threshold === null ? '' : `, at the threshold ${formatNumber(model.threshold)}`;
  return [
    {
      kind: 'table',
      caption: `Test rows by true class (down) and predicted class (across)${threshold}`,
      columns: [column('True class'), ...classes.map((label) => ({ title: [name(label)], number: true }))],
      rows: confusion.map((line, index) => [
        [name(classes[index])],
        ...line.map((count) => [formatCount(count)]),
      ]),
    },
  ];
}

function column(title: string, number = false): TableColumn {
  return { title: [title], number };
}
