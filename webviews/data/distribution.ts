/** A column's distribution as a small drawing that says the same in words. */

import { grouped } from '../../server/protocol/grouped.ts';
import type { DataColumn } from '../../server/protocol/languageCalls.ts';
import { element, svg } from '../ui/dom.ts';
import { printable } from '../ui/format.ts';

const [width, height] = [120, 20];

/** Bars of a number between its 1 % and 99 % quantiles, or of the most frequent values. */
export function distribution(column: DataColumn): Node | string {
  const { counts } = column;
  const most = Math.max(0, ...counts);
  if (most === 0) return '';
  const words = inWords(column);
  const step = width / Math.max(8, counts.length);
  const bars = counts.map((rows, index) => {
    const tall = rows === 0 ? 0 : Math.max(1, (rows / most) * height);
    return svg('rect', { x: index * step, y: height - tall, width: Math.max(1, step - 1), height: tall });
  });
  const picture = svg(
    'svg',
    {
      class: 'distribution',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-label': words,
    },
    ...bars,
  );
  return element('span', { title: words }, picture);
}

function inWords({ words, counts, low, middle, high }: DataColumn): string {
  if (words.length === 0)
    return `From ${printable(low, 30)} to ${printable(high, 30)} (1 % and 99 % quantiles), half below ${printable(middle, 30)}`;
  const shown = words
    .slice(0, 5)
    .map((word, index) => `${printable(word, 30)} ${grouped(counts[index] ?? 0)}`);
  return `Most frequent: ${shown.join(', ')}`;
}
