/** Sessions: typed tensors in and out, and one clear error for what ONNX Runtime refuses. */
import { expect, test } from 'vitest';
import { openSession } from '../../server/engines/session.ts';
import { createGraph } from '../../server/onnx/graph.ts';

function lookUp(): Uint8Array {
  const graph = createGraph();
  const x = graph.input('__proto__', 'string', 1);
  graph.node(
    'LabelEncoder',
    [x],
    { keys_strings: ['', 'a', 'é'], values_int64s: [0, 1, 2], default_int64: 3 },
    { domain: 'ai.onnx.ml', name: 'code' },
  );
  graph.output('code', 'int64', ['n', 1]);
  return graph.build({});
}

test('strings are looked up exactly, and a NUL never cuts one short', async () => {
  const session = await openSession(lookUp());
  const data = ['', 'a', 'é', 'e\u0301', 'a\0', 'A'];
  const result = await session.run(new Map([['__proto__', { type: 'string', data, shape: [6, 1] }]]));
  expect(result.get('code')?.data).toEqual(new BigInt64Array([0n, 1n, 2n, 3n, 3n, 3n]));
  await session.close();
});

test('a missing input is one clear error', async () => {
  const session = await openSession(lookUp());
  await expect(session.run(new Map())).rejects.toMatchObject({ code: 'scoring-failed' });
});

test('a broken file and a missing file are clear errors', async () => {
  await expect(openSession(new Uint8Array([0, 1, 2]))).rejects.toMatchObject({ code: 'model-unreadable' });
  await expect(openSession('/nonexistent/model.onnx')).rejects.toMatchObject({ code: 'model-unreadable' });
});
