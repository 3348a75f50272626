/** The card's two pictures as inline SVG, coloured by the page's style; each has a table twin after it. */
import type { Bar, CalibrationPoint } from '../protocol/card.ts';
import { escapeHtml } from './escapeHtml.ts';
import { formatNumber } from './wording.ts';

const width = 640;

/** Horizontal bars with a whisker where there is an interval; negative values go left of the axis. */
export function drawBars(bars: readonly Bar[]): string {
  const line = 24;
  const [left, right] = [200, width - 70];
  const values = bars.flatMap(({ value, low, high }) => [value, low, high]).filter(Number.isFinite);
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  const x = (value: number) => round(left + ((value - least) / (most - least || 1)) * (right - left));
  const rows = bars.map(({ label, value, low, high }, index) => {
    const y = index * line;
    const shown = Number.isFinite(value) ? value : 0;
    const [start, end] = [Math.min(x(0), x(shown)), Math.max(x(0), x(shown))];
    const whisker =
      Number.isFinite(low) && Number.isFinite(high)
        ? `<line class="whisker" x1="${x(low)}" x2="${x(high)}" y1="${y + 12}" y2="${y + 12}"/>`
        : '';
    return `<text x="${left - 8}" y="${y + 16}" text-anchor="end">${escapeHtml(shorten(label))}</text><rect class="value" x="${start}" y="${y + 5}" width="${round(end - start)}" height="14"/>${whisker}<text x="${right + 8}" y="${y + 16}">${formatNumber(value)}</text>`;
  });
  const height = bars.length * line;
  const axis = `<line class="axis" x1="${x(0)}" x2="${x(0)}" y1="0" y2="${height}"/>`;
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Bars, one a column, longest first; the table below holds the same figures">${axis}${rows.join('')}</svg>`;
}

/** Observed share over mean score; on the dashed diagonal the model says what happens. */
export function drawCalibration(bins: readonly CalibrationPoint[]): string {
  const size = 320;
  const pad = 40;
  const most = Math.min(
    1,
    1.05 * Math.max(...bins.flatMap(({ predicted, observed }) => [predicted, observed]), 0.01),
  );
  const x = (value: number) => round(pad + (value / most) * (size - pad - 8));
  const y = (value: number) => round(size - pad - (value / most) * (size - pad - 8));
  const points = bins.map(({ predicted, observed }) => `${x(predicted)},${y(observed)}`);
  const dots = bins.map(
    ({ predicted, observed }) => `<circle class="value" cx="${x(predicted)}" cy="${y(observed)}" r="3"/>`,
  );
  return `<svg viewBox="0 0 ${width} ${size}" role="img" aria-label="Share of positives over mean score; the table below holds the same figures">
<line class="axis" x1="${x(0)}" x2="${x(most)}" y1="${y(0)}" y2="${y(0)}"/><line class="axis" x1="${x(0)}" x2="${x(0)}" y1="${y(0)}" y2="${y(most)}"/>
<line class="guide" x1="${x(0)}" y1="${y(0)}" x2="${x(most)}" y2="${y(most)}"/>
<polyline class="line" points="${points.join(' ')}"/>${dots.join('')}
<text x="${x(0)}" y="${size - 22}" text-anchor="middle">0</text><text x="${x(most)}" y="${size - 22}" text-anchor="end">${formatNumber(most)}</text>
<text x="${x(most / 2)}" y="${size - 6}" text-anchor="middle">mean score</text><text x="${x(most) + 12}" y="${y(most) + 12}">share of positives (up)</text>
</svg>`;
}

function shorten(label: string): string {
  return label.length > 28 ? `${label.slice(0, 27)}…` : label;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
