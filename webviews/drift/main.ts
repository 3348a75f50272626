/** The drift panel: which columns of the rows that come in are no longer those of the model's test, by how much, and since when. */

import { grouped } from '../../server/protocol/grouped.ts';
import type { MonitorDocument } from '../../server/protocol/monitor.ts';
import { describeOutside } from '../../server/protocol/outside.ts';
import type { FromDriftPanel, ToDriftPanel } from '../../server/protocol/panels.ts';
import { button, section } from '../ui/controls.ts';
import { element, fill } from '../ui/dom.ts';
import { number4, percent, printable } from '../ui/format.ts';
import { connect, root } from '../ui/host.ts';
import { columnTable } from './columnTable.ts';
import { columnDetail } from './detail.ts';
import { timeline } from './timeline.ts';
import { headline, togetherWords } from './words.ts';

interface View {
  readonly scroll: number;
  readonly column: string;
}

const host = connect<ToDriftPanel, FromDriftPanel, View>({ scroll: 0, column: '' }, receive, {
  label: 'Compare again',
  press: () => host.post({ type: 'compare', replay: false }),
});
const state = element('div', { class: 'drift-state' });
const page = element('div', {});
let selected = host.view.column;
let restored = false;

function receive(message: Exclude<ToDriftPanel, { type: 'failure' }>): void {
  if (!root().contains(state)) root().replaceChildren(state, page);
  switch (message.type) {
    case 'working':
      showWork(message.replay);
      break;
    case 'stopped':
      state.replaceChildren(
        element('p', { role: 'status' }, 'Stopped. '),
        button('Compare', () => host.post({ type: 'compare', replay: false }), { primary: true }),
      );
      break;
    case 'drift':
      state.replaceChildren();
      show(message.document);
      break;
  }
}

function showWork(replay: boolean): void {
  const words = replay
    ? 'Sliding windows over the reference itself, to see how often they alarm…'
    : 'Reading the rows and permuting their labels…';
  state.replaceChildren(
    element('progress', { 'aria-label': 'Comparing' }),
    element('p', { class: 'soft', role: 'status' }, words),
    button('Stop', () => host.post({ type: 'stop' })),
  );
}

function show(document: MonitorDocument): void {
  const { report, windows } = document;
  const columns = report?.columns ?? [];
  if (!columns.some(({ column }) => column === selected)) selected = strongest(document);
  const detail = element('div', { id: 'detail', 'aria-live': 'polite' });
  const choose = (name: string) => {
    selected = name;
    host.keep({ scroll: window.scrollY, column: name });
    const column = columns.find((each) => each.column === name);
    fill(detail, column ?? null, () => (column === undefined ? [] : [columnDetail(column)]));
  };
  page.replaceChildren(
    header(document),
    report === null
      ? element('div', { class: 'empty' }, element('p', {}, 'There are no rows to compare yet.'))
      : element(
          'div',
          {},
          element('p', { class: 'primary-metric' }, headline(report)),
          ...togetherWords(report),
        ),
    ...(windows.length > 1 ? [section('windows', 'Windows', timeline(document))] : []),
    ...(columns.length === 0
      ? []
      : [section('columns', 'Columns', columnTable(columns, { selected, choose })), detail]),
    ...(document.outside.length === 0
      ? []
      : [section('outside', 'Outside what training saw', outsideList(document))]),
    footer(document),
  );
  choose(selected);
  if (restored) return;
  restored = true;
  window.scrollTo(0, host.view.scroll);
  window.addEventListener('scrollend', () => host.keep({ scroll: window.scrollY, column: selected }));
}

/** Values that the model's serving contract (features.validate) does not know. */
function outsideList({ outside, windows }: MonitorDocument): HTMLElement {
  const all = windows.reduce((sum, { rows }) => sum + rows, 0);
  return element(
    'ul',
    {},
    ...describeOutside(outside, all).map((sentence) => element('li', {}, printable(sentence, 300))),
  );
}

function strongest({ report }: MonitorDocument): string {
  const order = ['drifted', 'noticed', 'steady', 'unknown'];
  const sorted = (report?.columns ?? []).toSorted(
    (a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict),
  );
  return sorted[0]?.column ?? '';
}

function header({ subject, deployment, model, run }: MonitorDocument): HTMLElement {
  const what = deployment === null ? printable(subject, 200) : `what deployment ${subject} was asked`;
  return element(
    'header',
    {},
    element(
      'div',
      {},
      element('h1', {}, 'Drift'),
      element('p', { class: 'soft' }, `${what}, against the test rows of ${printable(model, 120)}`),
    ),
    element(
      'div',
      { class: 'buttons' },
      button('Compare again', () => host.post({ type: 'compare', replay: false }), { primary: true }),
      button('Replay', () => host.post({ type: 'compare', replay: true }), {
        title:
          'Slide windows over the reference itself: how often does this configuration alarm without drift?',
      }),
      button('Run', () => host.post({ type: 'openRun', id: run }), { title: `Open run ${run}` }),
    ),
  );
}

function footer({ report, replay, reference, ...document }: MonitorDocument): HTMLElement {
  const parts = [
    `Reference: ${grouped(reference.rows)} test rows, ${grouped(reference.sampled)} of them kept`,
    windowWords(document),
    ...(report === null
      ? []
      : [
          `${grouped(report.rows.current)} rows now, ${grouped(report.sampled.current)} of them tested`,
          `alpha ${number4(report.alpha)} over all columns, ${report.correction === 'maxt' ? `largest of all statistics under ${grouped(report.permutations)} joint permutations` : report.correction}`,
          `effect ${report.effect}`,
        ]),
    replay === null
      ? 'realised false-alarm rate: not measured yet, Replay does'
      : `realised false-alarm rate: ${percent(replay.rate)} (${replay.alarms} of ${replay.windows} windows of ${grouped(replay.rows)} rows; 95 % interval ${percent(replay.low)} to ${percent(replay.high)})`,
  ];
  return element('footer', {}, ...parts.map((words) => element('p', {}, words)));
}

function windowWords({
  deployment,
  window: length,
  persist,
}: Pick<MonitorDocument, 'deployment' | 'window' | 'persist'>): string {
  return deployment === null
    ? 'the whole file is one window'
    : `windows of ${length}, alarm when ${persist} of the last ${Math.max(3, persist)} have drifted`;
}

host.post({ type: 'ready' });
