/** A curve that grows: drawn by uPlot in the theme's colours, with a cursor for the keyboard and a table twin. */
import uPlot from 'uplot';
import { element } from './dom.ts';
import { number4 } from './format.ts';

export interface Curve {
  readonly node: HTMLElement;
  /** Points in ascending x; `best` is an index, or -1. */
  show(points: { readonly x: readonly number[]; readonly y: readonly number[]; readonly best: number }): void;
}

export interface CurveText {
  readonly title: string;
  /** Of the horizontal axis, with its unit. */
  readonly x: string;
  readonly y: string;
}

export function createCurve({ title, x, y }: CurveText): Curve {
  const place = element('div', { class: 'chart', tabindex: 0, role: 'img' });
  const reading = element('p', { class: 'soft number', 'aria-live': 'polite' });
  const rows = element('tbody', {});
  const twin = element(
    'details',
    {},
    element('summary', {}, 'As a table'),
    element(
      'table',
      {},
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          element('th', { scope: 'col' }, x),
          element('th', { scope: 'col', class: 'number' }, y),
        ),
      ),
      rows,
    ),
  );
  const node = element('figure', {}, element('figcaption', {}, title), place, reading, twin);
  let points: { x: readonly number[]; y: readonly number[]; best: number } = { x: [], y: [], best: -1 };
  let plot: uPlot | undefined;
  let cursor = -1;

  function draw(): void {
    plot?.destroy();
    const width = Math.max(240, place.clientWidth);
    plot = new uPlot(
      optionsOf(width, x, () => points.best),
      [[...points.x], [...points.y]],
      place,
    );
  }

  function describe(index: number): string {
    return `${x} ${number4(points.x[index])}: ${y} ${number4(points.y[index])}${index === points.best ? ' (best)' : ''}`;
  }

  function move(step: number): void {
    const last = points.x.length - 1;
    cursor = cursor === -1 ? last : Math.min(last, Math.max(0, cursor + step));
    if (plot === undefined || cursor < 0) return;
    const left = plot.valToPos(points.x[cursor] ?? 0, 'x');
    plot.setCursor({ left, top: plot.valToPos(points.y[cursor] ?? 0, 'y') });
    reading.textContent = describe(cursor);
  }

  place.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -1e9, End: 1e9 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    move(step);
  });
  new ResizeObserver(() => {
    if (plot !== undefined && Math.abs(plot.width - place.clientWidth) > 2) draw();
  }).observe(place);
  // The editor says by the body's class that the theme is another.
  new MutationObserver(draw).observe(document.body, { attributes: true, attributeFilter: ['class'] });

  return {
    node,
    show(next) {
      points = next;
      const last = points.y.length - 1;
      place.setAttribute(
        'aria-label',
        `${title}. ${points.y.length} points, last ${number4(points.y[last])}, best ${number4(points.y[points.best])}. Arrow keys read it.`,
      );
      const step = Math.max(1, Math.ceil(points.x.length / 50));
      const chosen = points.x
        .map((_, index) => index)
        .filter((index) => index % step === 0 || index === last);
      rows.replaceChildren(
        ...chosen.map((index) =>
          element(
            'tr',
            {},
            element('td', {}, number4(points.x[index])),
            element('td', { class: 'number' }, number4(points.y[index])),
          ),
        ),
      );
      if (plot === undefined) draw();
      else plot.setData([[...points.x], [...points.y]]);
    },
  };
}

/** `best` is asked at every drawing: points come while the chart stands. */
function optionsOf(width: number, x: string, best: () => number): uPlot.Options {
  const style = getComputedStyle(document.body);
  const colour = (name: string, other: string) =>
    style.getPropertyValue(name).trim() || style.getPropertyValue(other).trim() || style.color;
  const ink = colour('--vscode-descriptionForeground', '--vscode-foreground');
  const grid = colour('--vscode-panel-border', '--vscode-contrastBorder');
  const line = colour('--vscode-charts-blue', '--vscode-foreground');
  const axis = {
    stroke: ink,
    font: `11px ${style.getPropertyValue('--vscode-editor-font-family') || 'monospace'}`,
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid, width: 1 },
  };
  return {
    width,
    height: 240,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { x: { time: false } },
    axes: [
      { ...axis, label: x, labelFont: axis.font, labelSize: 20 },
      { ...axis, size: 64, values: (_, splits) => splits.map((value) => number4(value)) },
    ],
    series: [
      {},
      {
        stroke: line,
        width: 2,
        points: {
          show: true,
          size: 7,
          // Only the best point is marked.
          filter: () => (best() >= 0 ? [best()] : null),
          fill: line,
        },
      },
    ],
  };
}
