/** A table with every trap of raw inputs, and a small file over it: what scorers, cuts and other runtimes must agree on. */
import type { Table } from '../../server/data/table.ts';
import { createGraph } from '../../server/onnx/graph.ts';
import { apply, concat, float } from '../../server/onnx/operators.ts';
import { allRows, csvOf, fitOn, linearNeeds, tableOf } from '../features/csvTable.ts';

/** Column names that collide with outputs, cut points, inner tensors and each other's. */
export const hostileNames = [
  'label',
  'probabilities',
  't0',
  'k',
  'k#code',
  'k#code#',
  ' ',
  '__proto__',
  'ü/"x"',
  'd',
  'd#epoch',
];

const cities = [
  'Köln',
  'Bonn',
  'köln',
  ' Bonn',
  'a "b", c',
  '007',
  '7',
  'NULL?',
  'K\u0308oln',
  '日本',
  '🙂',
  '',
];
const numbers = [
  '1',
  '2.5',
  '',
  '-3',
  '16777217',
  '0.1',
  '1e39',
  '-1e39',
  'inf',
  '1e-40',
  '123456.789',
  'NaN',
];
const dates = [
  '2001-06-01T12:34:56',
  '1999-12-31T23:59:59',
  '2000-02-29T00:00:00',
  '',
  '1600-01-01T00:00:00',
  '2399-12-31T23:59:59',
  '1970-01-01T00:00:00',
];
/** Malformed, or out of range: missing. */
export const badDates = [
  '2001-02-30T00:00:00',
  '1900-02-29T00:00:00',
  '2001-13-01T00:00:00',
  '1599-12-31T23:59:59',
  'yesterday',
  '2001-06-01T24:00:00',
  '20010601',
  'T',
  '--',
  '2001-06-01T1:2:3',
  '2001-06-01T12:34:56T',
  '2001-06-01-01T00:00:00',
];

/** 240 rows; the last tenth holds levels and dates that the others do not. */
export function exampleTable(): Promise<Table> {
  const rows = 240;
  const cycle = (values: readonly string[], shift: number) =>
    Array.from({ length: rows }, (_, row) => values[(row * 7 + shift + (row >> 4)) % values.length] ?? '');
  const late = (values: string[], other: readonly string[]) =>
    values.map((value, row) => (row < 216 ? value : (other[row % other.length] ?? value)));
  const columns = Object.fromEntries(
    hostileNames.map((name, index) => {
      if (name.startsWith('d')) return [name, late(cycle(dates, index), [...dates, ...badDates])];
      if (name.startsWith('k') || name === '__proto__')
        return [name, late(cycle(cities, index), ['new', 'Köln ', 'BONN'])];
      return [name, cycle(numbers, index)];
    }),
  );
  Object.defineProperty(columns, '__proto__', { value: late(cycle(cities, 3), ['new']), enumerable: true });
  const kinds = Object.fromEntries(
    hostileNames.map(
      (name) =>
        [
          name,
          name.startsWith('d')
            ? 'datetime'
            : name.startsWith('k') || name === '__proto__'
              ? 'categorical'
              : 'numeric',
        ] as const,
    ),
  );
  return tableOf(csvOf(columns), kinds);
}

/** Features fitted on the first 216 rows, and a logistic model with fixed coefficients over them. */
export async function exampleModel(table: Table): Promise<Uint8Array> {
  const features = await fitOn(table, hostileNames, {
    trainRows: allRows(table).subarray(0, 216),
    needs: { ...linearNeeds, categories: 'onehot' },
    settings: { categorical: { rare: 0 } },
  });
  const graph = createGraph();
  const { numeric = '' } = features.appendTo(graph);
  const weights = features.columns.map((_, index) => Math.sin(index + 1) / 4);
  const matrix = graph.constant({
    type: 'float',
    shape: [weights.length, 1],
    data: Float32Array.from(weights),
  });
  const positive = apply(graph, 'Sigmoid', [apply(graph, 'MatMul', [numeric, matrix])]);
  const negative = apply(graph, 'Sub', [float(graph, [1]), positive]);
  const both = apply(
    graph,
    'Identity',
    [concat(graph, [negative, positive])],
    {},
    { name: 'probabilities_' },
  );
  const index = apply(graph, 'ArgMax', [both], { axis: 1, keepdims: 0 });
  const texts = graph.constant({ type: 'string', shape: [2], data: ['no', 'yes'] });
  apply(graph, 'Gather', [texts, index], { axis: 0 }, { name: 'label_' });
  graph.output('label_', 'string', ['n']);
  graph.output('probabilities_', 'float', ['n', 2]);
  return graph.build({
    task: 'binary',
    target: 'late',
    classes: '["no","yes"]',
    positive: 'yes',
    threshold: '0.5',
    features: JSON.stringify(features.inputs),
  });
}
