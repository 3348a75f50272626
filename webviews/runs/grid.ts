/** A table of many rows of which only those in view exist; sorted by its heads, moved in by the arrow keys. */
import type { ToRunsPanel } from '../../server/protocol/panels.ts';
import type { RunEntry } from '../../server/protocol/workbench.ts';
import { element, fill } from '../ui/dom.ts';
import { type Column, columnsOf } from './columns.ts';

export interface GridOptions {
  readonly rowHeight: number;
  readonly selected: Set<string>;
  sortBy(column: string): void;
  /** The first row in view. */
  scrolledTo(first: number): void;
  selectionChanged(ids: ReadonlySet<string>): void;
  open(id: string): void;
}

export interface Grid {
  readonly node: HTMLElement;
  show(
    rows: ToRunsPanel & { type: 'window' },
    order: { readonly sort: string; readonly descending: boolean },
  ): void;
  toTop(): void;
}

export function createGrid(options: GridOptions): Grid {
  const { rowHeight, selected } = options;
  const head = element('thead', {});
  const body = element('tbody', {});
  const table = element(
    'table',
    { 'aria-label': 'Runs', 'aria-multiselectable': true, role: 'grid' },
    head,
    body,
  );
  const node = element('div', { class: 'grid' }, table);
  /** The row that the keyboard is at, by run; rows come and go. */
  let current = '';
  let shown: readonly RunEntry[] = [];

  node.addEventListener('scroll', () => options.scrolledTo(Math.floor(node.scrollTop / rowHeight)));

  function toggle(id: string): void {
    if (!selected.delete(id)) selected.add(id);
    rowOf(id)?.setAttribute('aria-selected', String(selected.has(id)));
    options.selectionChanged(selected);
  }

  function rowOf(id: string): HTMLElement | null {
    return body.querySelector(`tr[data-id="${CSS.escape(id)}"]`);
  }

  function focusRow(id: string): void {
    rowOf(current)?.setAttribute('tabindex', '-1');
    current = id;
    const row = rowOf(id);
    row?.setAttribute('tabindex', '0');
    row?.focus();
    row?.scrollIntoView({ block: 'nearest' });
  }

  body.addEventListener('keydown', (event) => {
    const at = shown.findIndex(({ id }) => id === current);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20, Home: -1e9, End: 1e9 }[event.key];
    if (step !== undefined) {
      const next = shown[Math.min(shown.length - 1, Math.max(0, at + step))];
      if (next !== undefined) focusRow(next.id);
    } else if (event.key === 'Enter') options.open(current);
    else if (event.key === ' ') toggle(current);
    else return;
    event.preventDefault();
  });
  body.addEventListener('click', (event) => {
    const row = event.target instanceof Element ? event.target.closest('tr[data-id]') : null;
    const id = row?.getAttribute('data-id');
    if (id === null || id === undefined) return;
    focusRow(id);
    if (event.ctrlKey || event.metaKey) toggle(id);
    else options.open(id);
  });

  function rowElement(run: RunEntry, index: number, columns: readonly Column[]): HTMLElement {
    return element(
      'tr',
      {
        'data-id': run.id,
        'aria-rowindex': index + 2,
        'aria-selected': selected.has(run.id),
        tabindex: run.id === current ? 0 : -1,
      },
      ...columns.map((column, place) => {
        const tag = place === 0 ? 'th' : 'td';
        const scope = place === 0 ? 'row' : null;
        const role = place === 0 ? 'rowheader' : 'gridcell';
        const cell = column.cell(run);
        const title = typeof cell === 'string' && cell.length > 24 ? cell : null;
        const box = place === 0 ? [checkbox(run)] : [];
        return element(tag, { scope, role, class: column.number ? 'number' : null, title }, ...box, cell);
      }),
    );
  }

  function checkbox(run: RunEntry): HTMLElement {
    const box = element('input', {
      type: 'checkbox',
      checked: selected.has(run.id),
      tabindex: -1,
      'aria-label': `Select run ${run.id}`,
    });
    box.addEventListener('click', (event) => {
      event.stopPropagation();
      toggle(run.id);
    });
    return box;
  }

  return {
    node,
    toTop() {
      node.scrollTop = 0;
    },
    show(message, order) {
      shown = message.rows;
      if (!shown.some(({ id }) => id === current)) current = shown[0]?.id ?? '';
      const columns = columnsOf(message);
      table.setAttribute('aria-rowcount', String(message.matching + 1));
      fill(head, [columns.map(({ name }) => name), order.sort, order.descending], () => [
        element('tr', { 'aria-rowindex': 1 }, ...columns.map((column) => headCell(column, order, options))),
      ]);
      const before = message.from * rowHeight;
      const after = (message.matching - message.from - shown.length) * rowHeight;
      const focused = body.contains(document.activeElement);
      fill(
        body,
        [message.from, message.matching, shown, columns.map(({ name }) => name), message.progress],
        () => [
          spacer(before),
          ...shown.map((run, index) => rowElement(run, message.from + index, columns)),
          spacer(after),
        ],
      );
      if (focused && !body.contains(document.activeElement)) rowOf(current)?.focus({ preventScroll: true });
    },
  };
}

function headCell(
  { name, title, number }: Column,
  order: { readonly sort: string; readonly descending: boolean },
  options: GridOptions,
): HTMLElement {
  const sorted = order.sort === name;
  const arrow = sorted ? (order.descending ? ' ↓' : ' ↑') : '';
  return element(
    'th',
    {
      scope: 'col',
      class: number ? 'number' : null,
      'aria-sort': sorted ? (order.descending ? 'descending' : 'ascending') : null,
    },
    element(
      'button',
      { type: 'button', onclick: () => options.sortBy(name), title: `Sort by ${name}` },
      `${title}${arrow}`,
    ),
  );
}

function spacer(height: number): HTMLElement {
  const cell = element('td', {});
  cell.style.height = `${Math.max(0, height)}px`;
  return element('tr', { class: 'spacer', 'aria-hidden': true }, cell);
}
