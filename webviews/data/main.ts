/** The data panel: an experiment's table as columns, what was found about them, and the rows behind a finding. */
import type { ColumnQuery, FromDataPanel, ToDataPanel } from '../../server/protocol/dataPanel.ts';
import { counted, grouped } from '../../server/protocol/grouped.ts';
import { button, section, textField } from '../ui/controls.ts';
import { element, fill } from '../ui/dom.ts';
import { printable } from '../ui/format.ts';
import { connect, root } from '../ui/host.ts';
import { createColumnGrid } from './columnGrid.ts';
import { findingList } from './findings.ts';
import { rowTable } from './rows.ts';

interface View {
  filter: string;
  sort: ColumnQuery['sort'];
  descending: boolean;
}

const host = connect<ToDataPanel, FromDataPanel, View>(
  { filter: '', sort: 'table', descending: false },
  (message) => {
    if (message.type === 'data') showData(message);
    else if (message.type === 'columns') showColumns(message);
    else showRows(message);
  },
);
const view = host.view;
let from = 0;

const grid = createColumnGrid({
  sortBy(sort) {
    view.descending = view.sort === sort ? !view.descending : sort !== 'name' && sort !== 'kind';
    view.sort = sort;
    ask();
  },
  scrolledTo(first) {
    if (Math.abs(first - from) < 20 && first >= from) return;
    from = Math.max(0, first - 40);
    ask();
  },
});
let typing: ReturnType<typeof setTimeout> | undefined;
const filter = textField('Filter columns by name, kind or role', view.filter, (text) => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    view.filter = text;
    from = 0;
    grid.toTop();
    ask();
  }, 120);
});
const heading = element('h1', {});
const facts = element('p', {});
const found = element('div', {});
const matching = element('p', { role: 'status' });
const rows = element('div', { 'aria-live': 'polite' });
let all = 0;

function showData({ data, columns }: ToDataPanel & { type: 'data' }): void {
  all = columns;
  heading.textContent = `Data of ${printable(data.experiment, 80)}`;
  facts.replaceChildren(
    `${grouped(data.rows)} rows and ${counted(columns, 'column')} of `,
    element('code', {}, printable(data.source, 120)),
    data.target === null ? '.' : ', which predict ',
    ...(data.target === null ? [] : [element('code', {}, printable(data.target, 80)), '.']),
    ' Version ',
    element('code', { title: data.hash }, `${data.hash.slice(0, 19)}…`),
    '.',
  );
  fill(found, data.findings, () => [
    findingList(data.findings, {
      reveal: (finding) => host.post({ type: 'reveal', finding }),
      rows: (title, question) => host.post({ type: 'rows', title, question }),
    }),
  ]);
  if (root().contains(grid.node)) return;
  const run = (command: Extract<FromDataPanel, { type: 'command' }>['command']) => () =>
    host.post({ type: 'command', command });
  root().replaceChildren(
    element(
      'header',
      {},
      element('div', {}, heading, facts),
      element(
        'div',
        { class: 'buttons' },
        button('Infer columns', run('modelwright.experiment.inferColumns'), {
          title: 'Write what holds of each column as a contract into the experiment',
        }),
        button('Pin version', run('modelwright.experiment.pinData'), {
          title: 'Write the hash of the data into the experiment',
        }),
        button('First rows', () =>
          host.post({ type: 'rows', title: 'First rows', question: { of: 'first' } }),
        ),
      ),
    ),
    section('findings', 'What was found', found),
    section('columns', 'Columns', element('div', { class: 'toolbar' }, filter, matching), grid.node),
    rows,
  );
}

function showColumns(message: ToDataPanel & { type: 'columns' }): void {
  const some = message.matching === all ? '' : `${grouped(message.matching)} of `;
  matching.textContent = `${some}${counted(all, 'column')}`;
  grid.show(message, view);
}

function showRows(message: ToDataPanel & { type: 'rows' }): void {
  rows.replaceChildren(section('rows', 'Rows', rowTable(message)));
  rows.scrollIntoView({ block: 'start' });
}

function ask(): void {
  host.keep(view);
  host.post({ type: 'query', query: { ...view, from, count: 120 } });
}
root().replaceChildren(element('p', { class: 'empty', role: 'status' }, 'The data are being read.'));
ask();
