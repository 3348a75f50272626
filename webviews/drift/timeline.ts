/** Windows of a deployment's log, oldest first: how many columns drifted in each, and which raised the alarm. */

import { grouped } from '../../server/protocol/grouped.ts';
import type { MonitorDocument } from '../../server/protocol/monitor.ts';
import { table } from '../ui/controls.ts';
import { element, svg } from '../ui/dom.ts';
import { printable, time } from '../ui/format.ts';

const [height, step] = [48, 20];

export function timeline({ windows }: MonitorDocument): HTMLElement {
  const most = Math.max(1, ...windows.map(({ columns }) => columns.length));
  const width = Math.max(1, windows.length) * step;
  const marks = windows.flatMap(({ columns, tested, drifted, alarm }, index) => {
    const tall = drifted ? Math.max(8, (columns.length / most) * (height - 8)) : 3;
    const bar = svg('rect', {
      class: drifted ? 'drifted' : tested ? 'steady' : 'untested',
      x: index * step + 3,
      y: height - tall,
      width: step - 6,
      height: tall,
    });
    const flag = svg('path', { class: 'flag', d: `M${index * step + 10} 0l5 6h-10Z` });
    return alarm ? [bar, flag] : [bar];
  });
  const alarms = windows.filter(({ alarm }) => alarm).length;
  const words = `${windows.length} windows, ${windows.filter(({ drifted }) => drifted).length} drifted, ${alarms} ${alarms === 1 ? 'alarm' : 'alarms'}`;
  return element(
    'figure',
    {},
    element('figcaption', {}, `${words}; a triangle marks an alarm`),
    svg(
      'svg',
      {
        class: 'timeline',
        viewBox: `0 0 ${width} ${height}`,
        width,
        height,
        role: 'img',
        'aria-label': `${words}; the table below holds the same`,
      },
      ...marks,
    ),
    element(
      'details',
      {},
      element('summary', {}, 'As a table'),
      table({
        caption: 'Windows, newest first',
        columns: [
          { title: 'From' },
          { title: 'To' },
          { title: 'Rows', number: true },
          { title: 'Verdict' },
          { title: 'Drifted columns' },
        ],
        rows: windows
          .toReversed()
          .map(({ from, to, rows, columns, ...window }) => [
            from === null ? '–' : time(from),
            to === null ? '–' : time(to),
            grouped(rows),
            verdictOf(window),
            columns.map((name) => printable(name, 40)).join(', '),
          ]),
      }),
    ),
  );
}

function verdictOf({
  tested,
  drifted,
  alarm,
}: Pick<MonitorDocument['windows'][number], 'tested' | 'drifted' | 'alarm'>): string {
  if (!tested) return 'too few rows';
  return alarm ? 'alarm' : drifted ? 'drifted' : 'steady';
}
