/** Which columns of a table a person asked for, in which order, and those of them that are in view. */
import type { ColumnQuery } from '../server/protocol/dataPanel.ts';
import type { DataColumn } from '../server/protocol/languageCalls.ts';

export function selectColumns(
  columns: readonly DataColumn[],
  { filter, sort, descending, from, count }: ColumnQuery,
): { readonly columns: DataColumn[]; readonly matching: number } {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = columns.filter(({ name, kind, role }) => {
    const text = `${name} ${kind} ${role}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const sign = descending ? -1 : 1;
  const sorted =
    sort === 'table'
      ? descending
        ? matching.toReversed()
        : matching
      : matching.toSorted((a, b) => sign * compare(keyOf(a, sort), keyOf(b, sort)));
  return { columns: sorted.slice(from, from + count), matching: matching.length };
}

function keyOf(column: DataColumn, sort: Exclude<ColumnQuery['sort'], 'table'>): string | number {
  // A column whose link was not measured says less than one without a link.
  return sort === 'link' ? (column.link?.value ?? -1) : column[sort];
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number'
    ? a - b
    : String(a).localeCompare(String(b), 'en', { numeric: true });
}
