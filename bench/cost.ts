/**
 * Seconds that gradient boosting takes against rows, columns, trees and threads; draws docs/cost.svg. The usual size is
 * 100,000 x 30 with 100 trees on two threads; each plot changes one of the four.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LabelledRows } from '../server/models/family.ts';
import { gbdt } from '../server/models/gbdt/gbdt.ts';
import { createTable } from './table.ts';

interface Size {
  readonly rows: number;
  readonly columns: number;
  readonly trees: number;
  readonly threads: number;
}

interface Plot {
  readonly title: string;
  readonly points: readonly { readonly x: number; readonly seconds: number }[];
}

const usual: Size = { rows: 100_000, columns: 30, trees: 100, threads: 2 };
const plans = [
  { title: 'rows', change: 'rows', values: [10_000, 30_000, 100_000, 500_000] },
  { title: 'columns', change: 'columns', values: [10, 30, 90] },
  { title: 'trees', change: 'trees', values: [10, 30, 100, 300] },
  { title: 'threads, 300,000 rows', change: 'threads', values: [1, 2], from: { rows: 300_000 } },
] as const;

// The first fit compiles the kernels.
await secondsOf({ ...usual, rows: 10_000 });
const plots: Plot[] = [];
for (const { title, change, values, ...plan } of plans) {
  const from = 'from' in plan ? plan.from : {};
  const points = [];
  for (const x of values) points.push({ x, seconds: await secondsOf({ ...usual, ...from, [change]: x }) });
  plots.push({ title, points });
  console.log(
    `${title}: ${points.map(({ x, seconds }) => `${short(x)} ${seconds.toFixed(2)} s`).join(', ')}`,
  );
}
const file = fileURLToPath(new URL('../docs/cost.svg', import.meta.url));
writeFileSync(file, draw(plots));
console.log(`drawn: ${file}`);

/** The better of two, where one is short. */
async function secondsOf(size: Size): Promise<number> {
  const train = createTable(size.rows, size.columns, 1);
  const first = await fitOnce(size, train);
  return first > 2 ? first : Math.min(first, await fitOnce(size, train));
}

async function fitOnce({ trees, threads }: Size, train: LabelledRows): Promise<number> {
  const start = performance.now();
  await gbdt.fit({
    ...{ task: 'binary', outputs: 2, train, seed: 1, threads },
    parameters: {
      ...{
        trees,
        learning_rate: 0.1,
        max_depth: 6,
        max_leaves: 31,
        min_leaf: 20,
        subsample: 1,
        colsample: 1,
      },
      ...{ l1: 0, l2: 1, bins: 255, monotone: {}, engine: 'builtin' },
    },
  });
  return (performance.now() - start) / 1000;
}

function short(x: number): string {
  return x >= 1_000_000 ? `${x / 1_000_000} M` : x >= 10_000 ? `${x / 1000} k` : String(x);
}

/** Two by two, both axes logarithmic: a straight line of slope 1 is a cost in proportion. */
function draw(all: readonly Plot[]): string {
  const [width, height] = [380, 250];
  const panels = all.map((plot, index) => {
    const [left, top] = [(index % 2) * width, Math.floor(index / 2) * height];
    return `<g transform="translate(${left} ${top})">${panel(plot, width, height)}</g>`;
  });
  const size = `width="${2 * width}" height="${2 * height}" viewBox="0 0 ${2 * width} ${2 * height}"`;
  const style = 'text{font:12px sans-serif;fill:#444}path{fill:none;stroke:#1f6fb2;stroke-width:2}';
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="Seconds of a boosting fit against rows, columns, trees and threads">\n` +
    `<style>${style}circle{fill:#1f6fb2}line{stroke:#bbb}</style>\n<rect width="100%" height="100%" fill="#fff"/>\n` +
    `${panels.join('\n')}\n</svg>\n`
  );
}

function panel({ title, points }: Plot, width: number, height: number): string {
  const box = { left: 30, right: width - 30, top: 45, bottom: height - 40 };
  const place = (of: (point: Plot['points'][number]) => number, from: number, to: number) => {
    const logs = points.map((point) => Math.log(of(point)));
    const [low, high] = [Math.min(...logs), Math.max(...logs)];
    return (log: number) => from + ((log - low) / (high - low || 1)) * (to - from);
  };
  const x = place((point) => point.x, box.left + 15, box.right - 15);
  const y = place((point) => point.seconds, box.bottom - 15, box.top + 15);
  const at = points.map((point) => ({
    ...point,
    left: x(Math.log(point.x)).toFixed(1),
    top: y(Math.log(point.seconds)).toFixed(1),
  }));
  const marks = at.map(
    ({ left, top, x: value, seconds }) =>
      `<circle cx="${left}" cy="${top}" r="3.5"/><text x="${left}" y="${Number(top) - 9}" text-anchor="middle">${Number(seconds.toPrecision(2))}</text>` +
      `<text x="${left}" y="${box.bottom + 18}" text-anchor="middle">${short(value)}</text>`,
  );
  return (
    `<text x="${box.left}" y="22">seconds against ${title}</text>` +
    `<line x1="${box.left}" y1="${box.bottom}" x2="${box.right}" y2="${box.bottom}"/>` +
    `<path d="M${at.map(({ left, top }) => `${left} ${top}`).join('L')}"/>${marks.join('')}`
  );
}
