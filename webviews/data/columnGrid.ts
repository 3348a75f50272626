/** The table of columns: of thousands only those in view exist; sorted by its heads, moved in by the arrow keys. */
import type { ColumnQuery, ToDataPanel } from '../../server/protocol/dataPanel.ts';
import { grouped } from '../../server/protocol/grouped.ts';
import type { DataColumn } from '../../server/protocol/languageCalls.ts';
import { element, fill } from '../ui/dom.ts';
import { number4, percent, printable } from '../ui/format.ts';
import { distribution } from './distribution.ts';

const rowHeight = 28;
type Sort = ColumnQuery['sort'];

interface Head {
  readonly title: string;
  readonly sort?: Sort;
  readonly number: boolean;
  cell(column: DataColumn): Node | string;
}

const heads: readonly Head[] = [
  { title: 'Column', sort: 'name', number: false, cell: ({ name }) => printable(name, 120) },
  {
    title: 'Kind',
    sort: 'kind',
    number: false,
    cell: ({ kind, derived }) => (derived ? `${kind}, derived` : kind),
  },
  { title: 'Role', number: false, cell: ({ role }) => printable(role, 60) },
  {
    title: 'Missing',
    sort: 'missing',
    number: true,
    cell: ({ missing }) => (missing === 0 ? '0' : percent(missing)),
  },
  { title: 'Distinct', sort: 'distinct', number: true, cell: ({ distinct }) => grouped(distinct) },
  { title: 'Distribution', number: false, cell: distribution },
  { title: 'Link with the target', sort: 'link', number: true, cell: ({ link }) => linkText(link) },
  {
    title: 'Findings',
    sort: 'findings',
    number: true,
    cell: ({ findings }) => (findings === 0 ? '' : String(findings)),
  },
];

const measures: Readonly<Record<string, string>> = { auc: 'AUC', r2: 'R²' };

function linkText(link: DataColumn['link']): string {
  return link === null ? '' : `${measures[link.measure] ?? link.measure} ${number4(link.value)}`;
}

export interface ColumnGrid {
  readonly node: HTMLElement;
  show(
    message: ToDataPanel & { type: 'columns' },
    order: { readonly sort: Sort; readonly descending: boolean },
  ): void;
  toTop(): void;
}

export function createColumnGrid(options: {
  sortBy(sort: Sort): void;
  /** The first row in view. */
  scrolledTo(first: number): void;
}): ColumnGrid {
  const head = element('thead', {});
  const body = element('tbody', {});
  const table = element('table', { 'aria-label': 'Columns', role: 'grid' }, head, body);
  const node = element('div', { class: 'grid columns' }, table);
  let current = 0;

  node.addEventListener('scroll', () => options.scrolledTo(Math.floor(node.scrollTop / rowHeight)));
  body.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const rows = [...body.querySelectorAll<HTMLElement>('tr[aria-rowindex]')];
    const active = document.activeElement;
    const at = active instanceof HTMLElement ? rows.indexOf(active) : -1;
    focusRow(rows[Math.min(rows.length - 1, Math.max(0, at + step))]);
  });

  function focusRow(row: HTMLElement | undefined): void {
    if (row === undefined) return;
    body.querySelector('tr[tabindex="0"]')?.setAttribute('tabindex', '-1');
    current = Number(row.getAttribute('aria-rowindex'));
    row.setAttribute('tabindex', '0');
    row.focus();
    row.scrollIntoView({ block: 'nearest' });
  }

  function rowOf(column: DataColumn, index: number, first: boolean): HTMLElement {
    const here = index === current || (current === 0 && first);
    return element(
      'tr',
      { 'aria-rowindex': index, tabindex: here ? 0 : -1 },
      ...heads.map(({ cell, number, title }, place) => {
        const shown = cell(column);
        const full = place === 0 ? printable(column.name, 1000) : typeof shown === 'string' ? shown : title;
        return element(
          place === 0 ? 'th' : 'td',
          {
            scope: place === 0 ? 'row' : null,
            role: place === 0 ? 'rowheader' : 'gridcell',
            class: number ? 'number' : null,
            title: full.length > 24 ? full : null,
          },
          shown,
        );
      }),
    );
  }

  return {
    node,
    toTop() {
      node.scrollTop = 0;
    },
    show({ from, columns, matching }, order) {
      table.setAttribute('aria-rowcount', String(matching + 1));
      fill(head, [order.sort, order.descending], () => [
        element('tr', { 'aria-rowindex': 1 }, ...heads.map((each) => headCell(each, order, options.sortBy))),
      ]);
      const focused = body.contains(document.activeElement);
      fill(body, [from, matching, columns], () => [
        spacer(from * rowHeight),
        ...columns.map((column, index) => rowOf(column, from + index + 2, index === 0)),
        spacer((matching - from - columns.length) * rowHeight),
      ]);
      if (focused) body.querySelector<HTMLElement>('tr[tabindex="0"]')?.focus({ preventScroll: true });
    },
  };
}

function headCell(
  { title, sort, number }: Head,
  order: { readonly sort: Sort; readonly descending: boolean },
  sortBy: (sort: Sort) => void,
): HTMLElement {
  const sorted = sort !== undefined && order.sort === sort;
  const attributes = {
    scope: 'col',
    class: number ? 'number' : null,
    'aria-sort': sorted ? (order.descending ? 'descending' : 'ascending') : null,
  };
  if (sort === undefined) return element('th', attributes, title);
  const arrow = sorted ? (order.descending ? ' ↓' : ' ↑') : '';
  return element(
    'th',
    attributes,
    element(
      'button',
      { type: 'button', onclick: () => sortBy(sort), title: `Sort by ${title.toLowerCase()}` },
      `${title}${arrow}`,
    ),
  );
}

function spacer(height: number): HTMLElement {
  const cell = element('td', {});
  cell.style.height = `${Math.max(0, height)}px`;
  return element('tr', { class: 'spacer', 'aria-hidden': true }, cell);
}
