/** Observed share over mean score; on the dashed diagonal the model says what happens. */
import type { CalibrationPoint } from '../../server/protocol/card.ts';
import { element, svg } from '../ui/dom.ts';
import { number4 } from '../ui/format.ts';

const [size, pad] = [280, 32];

export function calibrationChart(caption: string, bins: readonly CalibrationPoint[]): HTMLElement {
  const most = Math.min(
    1,
    1.05 * Math.max(0.01, ...bins.flatMap(({ predicted, observed }) => [predicted, observed])),
  );
  const x = (value: number) => pad + (value / most) * (size - pad - 8);
  const y = (value: number) => size - pad - (value / most) * (size - pad - 8);
  const text = (left: number, top: number, words: string, anchor: string) =>
    svg('text', { x: left, y: top, 'text-anchor': anchor }, words);
  const line = (name: string, from: readonly [number, number], to: readonly [number, number]) =>
    svg('line', { class: name, x1: x(from[0]), y1: y(from[1]), x2: x(to[0]), y2: y(to[1]) });
  return element(
    'figure',
    {},
    element('figcaption', {}, caption),
    svg(
      'svg',
      {
        class: 'calibration',
        viewBox: `0 0 ${size + 120} ${size}`,
        role: 'img',
        'aria-label': `${caption}; the table below holds the same figures`,
      },
      line('axis', [0, 0], [most, 0]),
      line('axis', [0, 0], [0, most]),
      line('guide', [0, 0], [most, most]),
      svg('polyline', {
        points: bins.map(({ predicted, observed }) => `${x(predicted)},${y(observed)}`).join(' '),
      }),
      ...bins.map(({ predicted, observed }) => svg('circle', { cx: x(predicted), cy: y(observed), r: 3 })),
      text(x(0), size - 16, '0', 'middle'),
      text(x(most), size - 16, number4(most), 'end'),
      text(x(most / 2), size - 4, 'mean score', 'middle'),
      text(x(most) + 8, y(most) + 8, 'share of positives', 'start'),
    ),
  );
}
