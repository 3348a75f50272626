/** Bulk runs: a fault in any thread is one clear error, told once. */
import type { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { openBulk } from '../../server/engines/bulk.ts';
import { chunkRows } from '../../server/engines/bulkChunks.ts';
import { createGraph } from '../../server/onnx/graph.ts';
import { apply, int64, lookUp } from '../../server/onnx/operators.ts';

/** `y = table[x]`, where `table` has two entries. */
function twoEntries(): Uint8Array {
  const graph = createGraph();
  const x = graph.input('x', 'int64', 1);
  apply(graph, 'Identity', [lookUp(graph, int64(graph, [10, 20]), x)], {}, { name: 'y' });
  graph.output('y', 'int64', ['n', 1]);
  return graph.build({});
}

test.each([1, 3])('a row that the model cannot take fails the run (%i threads)', async (threads) => {
  const bulk = openBulk(twoEntries(), [{ name: 'y', type: 'int64', width: 1 }]);
  const rows = Int32Array.from({ length: 20 * chunkRows }, (_, row) => row);
  const column = (codes: Int32Array) =>
    new Map([['x', { feed: 'code' as const, codes, map: Int32Array.of(0, 1, 7) }]]);
  const codes = rows.map((row) => row % 2);
  const results = await bulk.run({ columns: column(codes), rows, threads });
  expect(results.get('y')).toEqual(codes.map((code) => 10 + 10 * code));
  codes[19 * chunkRows + 1] = 2;
  const failing = bulk.run({ columns: column(codes), rows, threads });
  await expect(failing).rejects.toMatchObject({
    code: 'scoring-failed',
    message: expect.stringMatching(
      /^The model could not score these rows: Non-zero status(?!.*could not score)/,
    ),
  });
  // What failed once does its next work.
  codes[19 * chunkRows + 1] = 1;
  expect((await bulk.run({ columns: column(codes), rows, threads })).get('y')).toEqual(
    codes.map((code) => 10 + 10 * code),
  );
  await bulk.close();
});

test.each([1, 3])('a model that cannot be opened is told as that (%i threads)', async (threads) => {
  const bulk = openBulk(new Uint8Array([1, 2, 3]), [{ name: 'y', type: 'int64', width: 1 }]);
  const rows = new Int32Array(20 * chunkRows);
  const column = { feed: 'code' as const, codes: rows, map: Int32Array.of(0) };
  const failing = bulk.run({ columns: new Map([['x', column]]), rows, threads });
  await expect(failing).rejects.toMatchObject({ code: 'model-unreadable' });
  await bulk.close();
});

test('a table of many columns is shared by threads, which stay, and few rows then go to one of them', async () => {
  const width = 1024;
  const names = Array.from({ length: width }, (_, index) => `x${index}`);
  const graph = createGraph();
  apply(
    graph,
    'Sum',
    names.map((name) => graph.input(name, 'float', 1)),
    {},
    { name: 'y' },
  );
  graph.output('y', 'float', ['n', 1]);
  const started: Worker[] = [];
  const onWorker = (worker: Worker) => void started.push(worker);
  process.on('worker', onWorker);
  const bulk = openBulk(graph.build({}), [{ name: 'y', type: 'float', width: 1 }]);
  const values = new Float32Array(new SharedArrayBuffer(4 * 4096)).map((_, row) => row);
  const columns = new Map(names.map((name) => [name, { feed: 'float' as const, values }]));
  for (const count of [4096, 4096, 10]) {
    const rows = Int32Array.from({ length: count }, (_, row) => row);
    const results = await bulk.run({ columns, rows, threads: 2 });
    expect(results.get('y')).toEqual(Float32Array.from(rows, (row) => row * width));
  }
  process.off('worker', onWorker);
  expect(started).toHaveLength(2);
  await bulk.close();
});
