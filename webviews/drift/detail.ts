/** One column large: what moved in words, both distributions, the figures behind them, and every test. */
import type { ColumnDrift, Distribution } from '../../server/protocol/drift.ts';
import { section, table } from '../ui/controls.ts';
import { element } from '../ui/dom.ts';
import { interval, number4, percent, printable } from '../ui/format.ts';
import { largeChart } from './chart.ts';
import { verdictMark } from './columnTable.ts';

export function columnDetail(column: ColumnDrift): HTMLElement {
  const { distribution, tests, reason } = column;
  return section(
    'column',
    printable(column.column, 120),
    element('p', {}, verdictMark(column), ` · ${column.kind} · ${printable(reason, 600)}`),
    ...(distribution === null ? [] : [figureOf(column.column, distribution), twin(distribution)]),
    tests.length === 0 ? null : testTable(tests),
  );
}

function figureOf(name: string, distribution: Distribution): HTMLElement {
  const title = `${printable(name, 80)}: share of rows in the reference and now; the table below holds the same figures`;
  return element(
    'figure',
    {},
    element(
      'figcaption',
      {},
      element('span', { class: 'key reference' }, 'reference'),
      element('span', { class: 'key current' }, 'now'),
      'share of rows',
    ),
    largeChart(distribution, title),
  );
}

/** Levels that moved most first; of numbers the quantiles. */
function twin(distribution: Distribution): HTMLElement {
  if (distribution.kind === 'numbers') {
    const { reference, current } = distribution.quantiles;
    return table({
      caption: 'Quantiles',
      columns: [
        { title: 'Share below' },
        { title: 'Reference', number: true },
        { title: 'Now', number: true },
      ],
      rows: [5, 25, 50, 75, 95].map((share, index) => [
        `${share} %`,
        number4(reference[index]),
        number4(current[index]),
      ]),
    });
  }
  const { levels, reference, current } = distribution;
  const change = (index: number) => (current[index] ?? 0) - (reference[index] ?? 0);
  const sorted = [...levels.keys()].sort((a, b) => Math.abs(change(b)) - Math.abs(change(a)));
  return table({
    caption: 'Levels, the ones that moved most first',
    columns: [
      { title: 'Level' },
      { title: 'Reference', number: true },
      { title: 'Now', number: true },
      { title: 'Change in points', number: true },
    ],
    rows: sorted.map((index) => [
      printable(levels[index] ?? '', 80),
      percent(reference[index] ?? 0),
      percent(current[index] ?? 0),
      number4(100 * change(index)),
    ]),
  });
}

function testTable(tests: ColumnDrift['tests']): HTMLElement {
  return table({
    caption: 'All tests of the column, the strongest first',
    columns: [
      { title: 'Test' },
      { title: 'Effect', number: true },
      { title: 'p', number: true },
      { title: 'Adjusted p', number: true },
      { title: 'Size' },
      { title: 'What changed' },
    ],
    rows: tests.map(({ test, effect, low, high, p, pAdjusted, size, words }) => [
      test,
      `${number4(effect)} ${interval({ low: low ?? 'NaN', high: high ?? 'NaN' })}`,
      number4(p),
      number4(pAdjusted),
      size,
      printable(words, 200),
    ]),
  });
}
