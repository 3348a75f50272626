/** Numbers filled from the other numbers, against scikit-learn's KNNImputer and IterativeImputer (oracle/impute.py). */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { openSession, type TensorFeed } from '../../server/engines/session.ts';
import { createGraph } from '../../server/onnx/graph.ts';
import { allRows, csvOf, fitOn, tableOf, valuesOf } from './csvTable.ts';

const folder = new URL('./oracle/', import.meta.url);
const expected: Record<string, number[][]> = JSON.parse(readFileSync(new URL('impute.json', folder), 'utf8'));
const names = ['a', 'b', 'c', 'd', 'e'];
const trainRows = Int32Array.from({ length: 110 }, (_, row) => row);
const table = await tableOf(readFileSync(new URL('impute.csv', folder), 'utf8'));
afterAll(() => table.close());

describe.each(['knn', 'iterative'] as const)('impute %s', (impute) => {
  test.each(['none', 'standard'] as const)('as scikit-learn, scale %s', async (scale) => {
    const features = await fitOn(table, names, { trainRows, settings: { numeric: { impute, scale } } });
    const matrix = await features.transform(allRows(table));
    const wanted = expected[scale === 'none' ? impute : `${impute} standard`] ?? [];
    for (const [index, name] of names.entries())
      for (const [row, value] of valuesOf(matrix, name).entries()) {
        const other = wanted[index]?.[row] ?? Number.NaN;
        const off = Math.abs(value - other) / Math.max(1, Math.abs(other));
        expect(off, `${name}, row ${row}`).toBeLessThan(1e-5);
      }
  });

  test('a row is filled alike alone and among others', async () => {
    const features = await fitOn(table, names, { trainRows, settings: { numeric: { impute } } });
    const all = await features.transform(allRows(table));
    for (const row of [3, 70, 159]) {
      const alone = await features.transform(Int32Array.of(row));
      for (const name of names)
        expect(
          Math.abs((valuesOf(alone, name)[0] ?? Number.NaN) - (valuesOf(all, name)[row] ?? 0)),
        ).toBeLessThan(1e-5);
    }
  });

  test('of one column alone the mean is left, of one without any value 0; other columns keep their own way', async () => {
    const settings = { numeric: { impute }, columns: { b: { impute: 'constant' } } };
    const values = await table.numbers('a');
    const known = Array.from(trainRows, (row) => values[row] ?? 0).filter((value) => !Number.isNaN(value));
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    const features = await fitOn(table, ['a', 'b'], { trainRows, settings });
    const matrix = await features.transform(Int32Array.of(159));
    expect(valuesOf(matrix, 'a')[0]).toBeCloseTo(mean, 4);
    expect(valuesOf(matrix, 'b')).toEqual([0]);
    const empty = await tableOf(csvOf({ x: ['', '', '', ''], y: ['1', '', '2', '3'] }), { x: 'numeric' });
    const filled = await (await fitOn(empty, ['x', 'y'], { settings: { numeric: { impute } } })).transform(
      allRows(empty),
    );
    expect(valuesOf(filled, 'x')).toEqual([0, 0, 0, 0]);
    expect(valuesOf(filled, 'y')).toEqual([1, 2, 2, 3]);
    await empty.close();
  });
});

const largeRows = 2000;

/** `y` is twice `x`, and missing in every seventh row. */
async function fitLarge() {
  const rows = Array.from({ length: largeRows }, (_, row) => row);
  const csv = csvOf({ x: rows.map(String), y: rows.map((row) => (row % 7 === 0 ? '' : String(row * 2))) });
  const large = await tableOf(csv);
  return { large, features: await fitOn(large, ['x', 'y'], { settings: { numeric: { impute: 'knn' } } }) };
}

test('at most 1,000 donors of a large table stand in the model file', async () => {
  const { large, features } = await fitLarge();
  const graph = createGraph();
  features.appendTo(graph);
  expect(graph.build({}).byteLength).toBeLessThan(1000 * 2 * 8 + 8192);
  const filled = valuesOf(await features.transform(allRows(large)), 'y');
  for (let row = 0; row < largeRows; row += 7)
    expect(Math.abs((filled[row] ?? 0) - 2 * row)).toBeLessThan(50);
  await large.close();
});

test('rows of any number are filled in the room of few, each as it is alone; none are none', async () => {
  const { large, features } = await fitLarge();
  const graph = createGraph();
  graph.output(features.appendTo(graph).numeric ?? '', 'float', ['n', 2]);
  const session = await openSession(graph.build({}));
  const fill = async (x: readonly number[]) => {
    const feed = (data: Float32Array): TensorFeed => ({ type: 'float', data, shape: [data.length, 1] });
    const gaps = new Float32Array(x.length).fill(Number.NaN);
    const outputs = await session.run(
      new Map([
        ['x', feed(Float32Array.from(x))],
        ['y', feed(gaps)],
      ]),
    );
    return [...outputs.values()][0]?.data ?? [];
  };
  const asked = Array.from({ length: 20_000 }, (_, row) => (row * 37) % 2000);
  const before = process.resourceUsage().maxRSS;
  const all = await fill(asked);
  // The distances of 20,000 rows to 1,000 others alone take 160 MB.
  expect(process.resourceUsage().maxRSS - before).toBeLessThan(100 * 1024);
  expect(all).toHaveLength(2 * asked.length);
  for (const row of [0, 1, 255, 256, 257, 9_999, 19_999])
    expect(await fill(asked.slice(row, row + 1)), `row ${row}`).toEqual(all.slice(2 * row, 2 * row + 2));
  expect(await fill([])).toHaveLength(0);
  await session.close();
  await large.close();
});
