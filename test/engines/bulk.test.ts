/** Bulk runs: a fault in any thread is one clear error, told once. */
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
  await bulk.close();
});
