/** Horizontal bars with a whisker where there is an interval; the table after it holds the same figures. */
import { element, svg } from './dom.ts';
import { number4 } from './format.ts';

/** `low` and `high` are NaN without an interval. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export function barChart(caption: string, bars: readonly Bar[]): HTMLElement {
  const values = bars.flatMap(({ value, low, high }) => [value, low, high]).filter(Number.isFinite);
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  const x = (value: number) => (100 * (value - least)) / (most - least || 1);
  const rows = bars.flatMap(({ label, value, low, high }) => {
    const shown = Number.isFinite(value) ? value : 0;
    const picture = svg(
      'svg',
      { viewBox: '0 0 100 14', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      svg('rect', {
        class: 'value',
        x: Math.min(x(0), x(shown)),
        y: 2,
        width: Math.abs(x(shown) - x(0)),
        height: 10,
      }),
      svg('line', { class: 'axis', x1: x(0), x2: x(0), y1: 0, y2: 14 }),
    );
    if (Number.isFinite(low) && Number.isFinite(high))
      picture.append(svg('line', { class: 'whisker', x1: x(low), x2: x(high), y1: 7, y2: 7 }));
    return [element('span', {}, label), picture, element('span', { class: 'number' }, number4(value))];
  });
  return element(
    'figure',
    {},
    element('figcaption', {}, caption),
    element(
      'div',
      { class: 'bars', role: 'img', 'aria-label': `${caption}; the table below holds the same figures` },
      ...rows,
    ),
  );
}
