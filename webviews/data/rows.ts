/** Rows of the table as they stand in the source, at most a hundred. */
import type { ToDataPanel } from '../../server/protocol/dataPanel.ts';
import { grouped } from '../../server/protocol/grouped.ts';
import { table } from '../ui/controls.ts';
import { element } from '../ui/dom.ts';
import { printable } from '../ui/format.ts';
import { spoken } from './findings.ts';

export function rowTable({ title, rows }: ToDataPanel & { type: 'rows' }): HTMLElement {
  const { columns, rows: shown, total, allColumns } = rows;
  if (shown.length === 0) return element('p', {}, `${printable(title, 400)} No row is like that any more.`);
  const some =
    total > shown.length ? `${grouped(shown.length)} of ${grouped(total)} rows` : `${grouped(total)} rows`;
  const wide = allColumns > columns.length ? `, ${columns.length} of ${grouped(allColumns)} columns` : '';
  return element(
    'div',
    {},
    element('p', {}, ...spoken(title)),
    table({
      caption: `${some}${wide}; row numbers are those of the source`,
      columns: [{ title: 'Row', number: true }, ...columns.map((name) => ({ title: printable(name, 60) }))],
      rows: shown.map(({ row, cells }) => [grouped(row), ...cells.map(cellOf)]),
    }),
  );
}

function cellOf(cell: string | null): Node | string {
  return cell === null ? element('span', { class: 'soft' }, 'missing') : printable(cell, 120);
}
