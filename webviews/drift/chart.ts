/** Both distributions of a column over each other: the reference filled, the rows of now as an outline. */
import type { Distribution } from '../../server/protocol/drift.ts';
import { svg } from '../ui/dom.ts';
import { number4, printable } from '../ui/format.ts';

export function smallChart(distribution: Distribution): SVGElement {
  const { reference, current } = distribution;
  const chart = bars(reference, current, { width: 96, height: 24, gap: 0.5 });
  return svg(
    'svg',
    {
      class: 'twin small',
      viewBox: '0 0 96 24',
      role: 'img',
      'aria-label': shortWords(distribution),
      preserveAspectRatio: 'none',
    },
    ...chart,
  );
}

/** Levels lie, numbers stand. */
export function largeChart(distribution: Distribution, title: string): SVGElement {
  return distribution.kind === 'numbers' ? numberChart(distribution, title) : levelChart(distribution, title);
}

const size = { width: 640, height: 200, foot: 24 } as const;

function numberChart(
  { edges, reference, current }: Extract<Distribution, { kind: 'numbers' }>,
  title: string,
): SVGElement {
  const { width, height, foot } = size;
  const marks = [0, Math.floor(edges.length / 2), edges.length - 1].map((index, place) =>
    svg(
      'text',
      {
        x: (width * index) / (edges.length - 1),
        y: height + foot - 8,
        'text-anchor': (['start', 'middle', 'end'] as const)[place] ?? 'middle',
      },
      number4(edges[index]),
    ),
  );
  return svg(
    'svg',
    { class: 'twin large', viewBox: `0 0 ${width} ${height + foot}`, role: 'img', 'aria-label': title },
    ...bars(reference, current, { width, height, gap: 1 }),
    svg('line', { class: 'axis', x1: 0, x2: width, y1: height, y2: height }),
    ...marks,
  );
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly gap: number;
}

function bars(
  reference: readonly number[],
  current: readonly number[],
  { width, height, gap }: Frame,
): SVGElement[] {
  const most = Math.max(1e-9, ...reference, ...current);
  const step = width / reference.length;
  const y = (share: number) => height - (share / most) * (height - 2);
  // One path for all bars: a table of hundreds of columns is a document that a screen reader walks through.
  const filled = reference.map((share, index) => {
    const [from, to] = [index * step + gap / 2, index * step + gap / 2 + Math.max(0.5, step - gap)];
    return `M${from} ${height}V${y(share)}H${to}V${height}Z`;
  });
  const outline = current.flatMap((share, index) => [
    `${index * step},${y(share)}`,
    `${(index + 1) * step},${y(share)}`,
  ]);
  return [
    svg('path', { class: 'reference', d: filled.join('') }),
    svg('polyline', {
      class: 'current',
      points: [`0,${height}`, ...outline, `${width},${height}`].join(' '),
    }),
  ];
}

const line = 28;
const labelWidth = 200;

function levelChart(
  { levels, reference, current }: Extract<Distribution, { kind: 'levels' }>,
  title: string,
): SVGElement {
  const most = Math.max(1e-9, ...reference, ...current);
  const width = (share: number) => (share / most) * (size.width - labelWidth - 8);
  const rows = levels.flatMap((level, index) => [
    svg('text', { x: labelWidth - 8, y: index * line + 18, 'text-anchor': 'end' }, printable(level, 28)),
    svg('rect', {
      class: 'reference',
      x: labelWidth,
      y: index * line + 4,
      width: width(reference[index] ?? 0),
      height: 10,
    }),
    svg('rect', {
      class: 'current',
      x: labelWidth,
      y: index * line + 14,
      width: width(current[index] ?? 0),
      height: 9,
    }),
  ]);
  return svg(
    'svg',
    {
      class: 'twin large',
      viewBox: `0 0 ${size.width} ${levels.length * line + 4}`,
      role: 'img',
      'aria-label': title,
    },
    ...rows,
  );
}

function shortWords(distribution: Distribution): string {
  if (distribution.kind === 'levels') return 'Shares of levels; in numbers below when the column is chosen';
  const median = (side: 'reference' | 'current') => number4(distribution.quantiles[side][2]);
  return `Median ${median('reference')}, now ${median('current')}`;
}
