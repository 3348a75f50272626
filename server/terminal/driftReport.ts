/** A comparison of rows in words: one sentence, then a line a column. */

import type { ColumnDrift, DriftReport } from '../protocol/drift.ts';
import { grouped } from '../protocol/grouped.ts';
import type { MonitorDocument } from '../protocol/monitor.ts';
import { describeOutside } from '../protocol/outside.ts';
import { number4, printable, type Style, table } from './style.ts';

/** Columns that are shown; all of them are in the JSON. */
const shownColumns = 60;

export function renderDrift(report: DriftReport, style: Style): string {
  const { columns, multivariate, rows, sampled, alpha, correction, permutations } = report;
  const order = ['drifted', 'noticed', 'unknown', 'steady'];
  const sorted = columns.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const [head = '', ...lines] = table(
    [
      ['column', 'kind', 'verdict', 'test', 'effect', 'size', 'adjusted p', 'what changed'],
      ...sorted.slice(0, shownColumns).map(rowOf),
    ],
    [4, 6],
  );
  const hidden = columns.length - Math.min(columns.length, shownColumns);
  const only = (['reference', 'current'] as const)
    .filter((side) => report.only[side].length > 0)
    .map((side) => `Only in the ${side}: ${report.only[side].map((name) => printable(name, 40)).join(', ')}`);
  const together =
    multivariate.test === 'none'
      ? []
      : [
          `All columns together: ${multivariate.drifted ? 'drifted' : 'no drift'}, ${multivariate.test} ${multivariate.auc === null ? `distance ${number4(multivariate.statistic === null ? Number.NaN : Number(multivariate.statistic))}` : `AUC ${number4(multivariate.auc)}`}, adjusted p ${number4(multivariate.pAdjusted ?? Number.NaN)}${multivariate.drifted && multivariate.top.length > 0 ? `; told apart by ${multivariate.top.map((name) => printable(name, 40)).join(', ')}` : ''}`,
        ];
  const sizes = `${grouped(rows.reference)} rows against ${grouped(rows.current)}, tested on ${grouped(sampled.reference)} and ${grouped(sampled.current)}`;
  const rule = correction === 'maxt' ? `max-T over ${permutations} permutations` : correction;
  return [
    style.bold(headline(report)),
    '',
    style.dim(head),
    ...lines,
    ...(hidden > 0 ? [`… and ${hidden} more columns`] : []),
    '',
    ...together,
    ...only,
    style.dim(`${sizes}; alpha ${alpha} over all columns, ${rule}, effect ${report.effect}`),
  ].join('\n');
}

/** How many columns drifted, and which. */
export function headline({ columns, multivariate }: DriftReport): string {
  const drifted = columns.filter((column) => column.drifted);
  const tested = columns.filter(({ test }) => test !== 'none').length;
  if (tested === 0) return 'Too few rows to tell anything yet.';
  if (drifted.length === 0)
    return multivariate.drifted
      ? `None of ${tested} columns has drifted alone, but together they have.`
      : `None of ${tested} columns has drifted.`;
  const names = drifted.slice(0, 5).map(({ column }) => printable(column, 40));
  const more = drifted.length > names.length ? ', …' : '';
  return `${drifted.length} of ${tested} columns ${drifted.length === 1 ? 'has' : 'have'} drifted: ${names.join(', ')}${more}`;
}

function rowOf({
  column,
  kind,
  verdict,
  test,
  effect,
  size,
  pAdjusted,
  reason,
  tests,
}: ColumnDrift): string[] {
  return [
    printable(column, 32),
    kind,
    verdict,
    test,
    effect === null ? '' : number4(effect),
    size,
    pAdjusted === null ? '' : number4(pAdjusted),
    printable(tests[0]?.words ?? reason, 100),
  ];
}

/** In a word. */
function verdictOf({
  tested,
  drifted,
  alarm,
}: Pick<MonitorDocument['windows'][number], 'tested' | 'drifted' | 'alarm'>): string {
  if (!tested) return 'too few rows';
  return alarm ? 'alarm' : drifted ? 'drifted' : 'steady';
}

/** Windows first, then the newest one's columns. */
export function renderMonitor(document: MonitorDocument, style: Style): string {
  const { windows, report, replay: replayed, persist, window } = document;
  const lines = table([
    ['window', 'to', 'rows', 'verdict', 'drifted columns'],
    ...windows.map(({ from, to, rows, columns, ...window }) => [
      from === null ? 'whole file' : from.slice(0, 16).replace('T', ' '),
      to === null ? '' : to.slice(0, 16).replace('T', ' '),
      String(rows),
      verdictOf(window),
      columns.map((name) => printable(name, 24)).join(', '),
    ]),
  ]);
  const falseAlarms =
    replayed === null
      ? []
      : [
          `Replay: ${replayed.alarms} of ${replayed.windows} windows of ${replayed.rows} rows of the reference itself alarm, ${number4(100 * replayed.rate)} % [${number4(100 * replayed.low)}, ${number4(100 * replayed.high)}]; nothing has drifted there.`,
        ];
  const all = windows.reduce((sum, { rows }) => sum + rows, 0);
  const outside = describeOutside(document.outside, all)
    .slice(0, shownColumns)
    .map((sentence) => printable(sentence, 200));
  const rule =
    document.deployment === null
      ? 'the whole file is one window'
      : `windows of ${window}, alarm when ${persist} of the last ${Math.max(3, persist)} have drifted`;
  return [
    `${printable(document.model)}, run ${document.run}: ${rule}`,
    '',
    ...lines,
    '',
    ...(report === null ? [] : [renderDrift(report, style)]),
    ...outside,
    ...falseAlarms,
  ].join('\n');
}
