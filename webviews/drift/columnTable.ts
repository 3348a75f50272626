/** A line a column: verdict, effect, p, importance and both distributions in small. Arrow keys walk from name to name. */
import type { ColumnDrift } from '../../server/protocol/drift.ts';
import { table } from '../ui/controls.ts';
import { element, svg } from '../ui/dom.ts';
import { interval, number4, printable } from '../ui/format.ts';
import { smallChart } from './chart.ts';

interface Choice {
  readonly selected: string;
  choose(column: string): void;
}

const order = ['drifted', 'noticed', 'unknown', 'steady'] as const;

export function columnTable(columns: readonly ColumnDrift[], { selected, choose }: Choice): HTMLElement {
  const sorted = columns.toSorted(
    (a, b) =>
      order.indexOf(a.verdict) - order.indexOf(b.verdict) || (b.importance ?? -1) - (a.importance ?? -1),
  );
  const important = columns.some(({ importance }) => importance !== null);
  const names = sorted.map(({ column }) => {
    const name = element(
      'button',
      {
        class: 'column-name',
        'aria-pressed': column === selected,
        title: printable(column, 400),
        onclick: () => pick(column),
      },
      printable(column, 60),
    );
    name.addEventListener('keydown', (event) => walk(event, names));
    return name;
  });
  const pick = (column: string) => {
    for (const [index, name] of names.entries())
      name.setAttribute('aria-pressed', String(sorted[index]?.column === column));
    choose(column);
  };
  return table({
    caption: 'What drifted first; a name shows the column below',
    columns: [
      { title: 'Column' },
      { title: 'Verdict' },
      { title: 'Test' },
      { title: 'Effect', number: true },
      { title: 'Adjusted p', number: true },
      ...(important ? [{ title: 'Importance', number: true }] : []),
      { title: 'Reference and now' },
    ],
    rows: sorted.map((column, index) => [
      names[index] ?? '',
      verdictMark(column),
      column.test === 'none' ? '–' : column.test,
      effectCell(column),
      number4(column.pAdjusted),
      ...(important ? [column.importance === null ? '–' : number4(column.importance)] : []),
      column.distribution === null ? '–' : smallChart(column.distribution),
    ]),
  });
}

function walk(event: KeyboardEvent, names: readonly HTMLElement[]): void {
  const step = { ArrowUp: -1, ArrowDown: 1, Home: -1e9, End: 1e9 }[event.key];
  const at = names.findIndex((name) => name.contains(document.activeElement));
  if (step === undefined || at === -1) return;
  event.preventDefault();
  names[Math.min(names.length - 1, Math.max(0, at + step))]?.focus();
}

function effectCell({ effect, low, high, size }: ColumnDrift): HTMLElement | string {
  if (effect === null) return '–';
  return element(
    'span',
    {},
    number4(effect),
    element(
      'span',
      { class: 'soft' },
      ` ${interval({ low: low ?? 'NaN', high: high ?? 'NaN' })} ${size === 'none' ? '' : size}`,
    ),
  );
}

const shapes = {
  drifted: 'M8 2.5L14 13H2Z',
  noticed: 'M8 3v6M8 11.5v1.5',
  steady: 'M3 8.5l3.2 3.2L13 4.8',
  unknown: 'M4 8h8',
} as const;

const words = { drifted: 'drifted', noticed: 'noticed', steady: 'steady', unknown: 'not tested' } as const;

/** A shape and a word: never colour alone. */
export function verdictMark({ verdict, reason }: Pick<ColumnDrift, 'verdict' | 'reason'>): HTMLElement {
  const mark = svg(
    'svg',
    { viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    svg('path', { d: shapes[verdict] }),
  );
  return element(
    'span',
    { class: `status drift-${verdict}`, title: printable(reason, 400) },
    mark,
    words[verdict],
  );
}
