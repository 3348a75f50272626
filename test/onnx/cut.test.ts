/** Cut models: what is behind the cut stays, what is before it goes, and names never collide. */
import { expect, test } from 'vitest';
import { openSession } from '../../server/engines/session.ts';
import { cutModel, cutName, readLabels } from '../../server/onnx/cut.ts';
import { createGraph } from '../../server/onnx/graph.ts';
import { parseModel } from '../../server/onnx/model.ts';
import { apply, int64, integers } from '../../server/onnx/operators.ts';

/** `k` and `k#code` are columns; the output depends on `k`, and `x` on nothing. */
function build(): Uint8Array {
  const graph = createGraph();
  const columns = new Set(['k', 'k#code', 'x']);
  for (const name of columns) graph.input(name, name === 'x' ? 'float' : 'string', 1);
  const [code = ''] = [...columns]
    .filter((name) => name !== 'x')
    .map((name) =>
      apply(
        graph,
        'LabelEncoder',
        [name],
        { keys_strings: ['', 'a', '\ufeffb'], values_int64s: [0, 1, 2], default_int64: 3 },
        { domain: 'ai.onnx.ml', name: cutName(name, 'code', columns) },
      ),
    );
  apply(graph, 'Identity', [integers(graph).multiply(code, 10)], {}, { name: 'y' });
  graph.output('y', 'int64', ['n', 1]);
  return graph.build({ task: 'regression' });
}

test('the name of a cut keeps clear of columns', () => {
  expect(cutName('k', 'code', new Set(['k']))).toBe('k#code');
  expect(cutName('k', 'code', new Set(['k', 'k#code', 'k#code#']))).toBe('k#code##');
});

test('codes become inputs with their levels; what the outputs do not need is gone', async () => {
  const cut = cutModel(build(), [{ name: 'y', type: 'int64' }]);
  const codes = new Map([
    ['', 0],
    ['a', 1],
    ['\ufeffb', 2],
  ]);
  expect(cut.inputs).toEqual([
    { column: 'k', feed: 'code', tensor: 'k#code#', levels: { codes, unseen: 3, refusesUnseen: false } },
  ]);
  expect(parseModel(cut.bytes).graph.node.map(({ opType }) => opType)).toEqual(['Mul', 'Identity']);
  const session = await openSession(cut.bytes);
  const feed = { type: 'int64', data: BigInt64Array.of(2n, 3n), shape: [2, 1] } as const;
  expect((await session.run(new Map([['k#code#', feed]]))).get('y')?.data).toEqual(
    BigInt64Array.of(20n, 30n),
  );
  await session.close();
});

test('metadata survives a cut', () => {
  const cut = cutModel(build(), [{ name: 'y', type: 'int64' }]);
  expect(parseModel(cut.bytes).model.metadataProps.map(({ key }) => key)).toEqual(['task']);
});

test('labels are found behind their look-up; a model without one is not ours', () => {
  const graph = createGraph();
  const x = graph.input('x', 'int64', 1);
  const texts = graph.constant({ type: 'string', shape: [2], data: ['nein', 'jà'] });
  apply(graph, 'Gather', [texts, x], {}, { name: 'label' });
  apply(graph, 'Add', [x, int64(graph, 1)], {}, { name: 'other' });
  const bytes = graph.build({});
  expect(readLabels(bytes, 'label')).toEqual({ index: 'x', texts: ['nein', 'jà'] });
  expect(() => readLabels(bytes, 'other')).toThrow(/`label` is missing/);
});

test('a forest is cut without its trees being unpacked, and the bytes are as they were', async () => {
  const graph = createGraph();
  const x = graph.input('x', 'float', 1);
  const trees = Array.from({ length: 3000 }, (_, index) => index);
  const [y = ''] = graph.node(
    'TreeEnsembleRegressor',
    [x],
    {
      n_targets: 1,
      nodes_treeids: trees,
      nodes_nodeids: trees.map(() => 0),
      nodes_featureids: trees.map(() => 0),
      nodes_modes: trees.map(() => 'LEAF'),
      nodes_values: { floats: trees.map(() => 0) },
      nodes_truenodeids: trees.map(() => 0),
      nodes_falsenodeids: trees.map(() => 0),
      target_treeids: trees,
      target_nodeids: trees.map(() => 0),
      target_ids: trees.map(() => 0),
      target_weights: { floats: trees.map(() => 0.5) },
    },
    { domain: 'ai.onnx.ml', name: 'y' },
  );
  graph.output(y, 'float', ['n', 1]);
  const bytes = graph.build({});
  const before = bytes.slice();
  const cut = cutModel(bytes, [{ name: 'y', type: 'float' }]);
  expect(Buffer.from(bytes).equals(before)).toBe(true);
  // What small numbers need stands there, what a node has thousands of does not.
  expect(parseModel(cut.bytes).graph.node[0]?.attribute.map(({ name }) => name)).toEqual(['n_targets']);
  const session = await openSession(cut.bytes);
  const feed = { type: 'float', data: Float32Array.of(1, 2), shape: [2, 1] } as const;
  expect((await session.run(new Map([['x', feed]]))).get('y')?.data).toEqual(Float32Array.of(1500, 1500));
  await session.close();
});
