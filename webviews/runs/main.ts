/** The runs panel: all runs in one table, of which only the rows in view are there. */
import type { FromRunsPanel, RunQuery, ToRunsPanel } from '../../server/protocol/panels.ts';
import { button, textField } from '../ui/controls.ts';
import { element, fill } from '../ui/dom.ts';
import { connect, root } from '../ui/host.ts';
import { createGrid } from './grid.ts';

interface View {
  filter: string;
  sort: string;
  descending: boolean;
  selected: string[];
}

const rowHeight = 28;
const host = connect<ToRunsPanel, FromRunsPanel, View>(
  { filter: '', sort: 'started', descending: true, selected: [] },
  (window) => show(window),
);
const view = host.view;
let from = 0;

const grid = createGrid({
  rowHeight,
  selected: new Set(view.selected),
  sortBy(column) {
    view.descending = view.sort === column ? !view.descending : column === 'started' || column === 'value';
    view.sort = column;
    ask();
  },
  scrolledTo(first) {
    if (Math.abs(first - from) < 20 && first >= from) return;
    from = Math.max(0, first - 40);
    ask();
  },
  selectionChanged(ids) {
    view.selected = [...ids];
    host.keep(view);
    showActions();
    showFooter();
  },
  open: (id) => host.post({ type: 'open', id }),
});

const heading = element('h1', { class: 'visually-hidden' }, 'Runs');
const problem = element('p', { role: 'alert', class: 'alert', hidden: true });
const actions = element('div', { class: 'buttons' });
let typing: ReturnType<typeof setTimeout> | undefined;
const filter = textField('Filter: words, or status = failed roc_auc > 0.7', view.filter, (text) => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    view.filter = text;
    from = 0;
    grid.toTop();
    ask();
  }, 120);
});
const counts = element('p', { role: 'status' });
const footer = element('footer', {}, counts);
const empty = element(
  'div',
  { class: 'empty' },
  element('h2', {}, 'Nothing was run yet'),
  element(
    'p',
    {},
    'Runs of all experiments of this folder come together here, with their results side by side.',
  ),
  button('Run an experiment', () => host.post({ type: 'run' }), { primary: true }),
);
let laidOut = false;

function show(message: ToRunsPanel & { type: 'window' }): void {
  if (!laidOut) {
    laidOut = true;
    root().replaceChildren(
      heading,
      element('div', { class: 'toolbar' }, filter, actions),
      problem,
      grid.node,
      empty,
      footer,
    );
    showActions();
  }
  empty.hidden = message.total > 0;
  grid.node.hidden = message.total === 0;
  problem.hidden = message.problem === '';
  problem.textContent = message.problem;
  grid.show(message, view);
  known = message;
  showFooter();
}

let known = { matching: 0, total: 0 };

function showFooter(): void {
  const { matching, total } = known;
  const chosen = view.selected.length === 0 ? '' : `, ${view.selected.length} selected`;
  counts.textContent = `${matching === total ? '' : `${matching} of `}${total} ${total === 1 ? 'run' : 'runs'}${chosen}`;
}

function showActions(): void {
  const count = view.selected.length;
  fill(actions, count, () => {
    if (count < 2) return [];
    const compare = () => host.post({ type: 'compare', ids: view.selected.slice(0, 20) });
    return [button(`Compare ${count}`, compare, { primary: true })];
  });
}

function ask(): void {
  host.keep(view);
  const query: RunQuery = {
    filter: view.filter,
    sort: view.sort,
    descending: view.descending,
    from,
    count: 120,
  };
  host.post({ type: 'query', query });
}
ask();
