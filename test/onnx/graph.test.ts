/** The graph builder: what it writes is read by ONNX Runtime and is the same bytes every time. */
import { describe, expect, test } from 'vitest';
import { openSession } from '../../server/engines/session.ts';
import { createGraph, type Graph } from '../../server/onnx/graph.ts';
import { readModel } from '../../server/onnx/model.ts';

function squares(): Graph {
  const graph = createGraph();
  const x = graph.input('größe "x"/#1', 'float', 2);
  const two = graph.constant({ type: 'float', shape: [2], data: new Float32Array([2, 3]) });
  const same = graph.constant({ type: 'float', shape: [2], data: new Float32Array([2, 3]) });
  expect(same).toBe(two);
  const [product = ''] = graph.node('Mul', [x, two]);
  graph.node('Add', [product, same], {}, { name: 'y' });
  graph.output('y', 'float', ['n', 2]);
  return graph;
}

describe('createGraph', () => {
  test('writes a model that ONNX Runtime runs', async () => {
    const session = await openSession(squares().build({ task: 'regression' }));
    expect(session.inputs).toEqual(['größe "x"/#1']);
    const result = await session.run(
      new Map([['größe "x"/#1', { type: 'float', data: new Float32Array([1, 2, 3, NaN]), shape: [2, 2] }]]),
    );
    expect(result.get('y')).toEqual({ type: 'float', data: new Float32Array([4, 9, 8, NaN]), shape: [2, 2] });
    await session.close();
  });

  test('gives the same bytes for the same calls, whatever the order of metadata', () => {
    expect(squares().build({ b: '2', a: '1' })).toEqual(squares().build({ a: '1', b: '2' }));
  });

  test('keeps inner names clear of column names', () => {
    const graph = createGraph();
    graph.input('t0', 'float', 1);
    expect(graph.constant({ type: 'float', shape: [1], data: new Float32Array([1]) })).not.toBe('t0');
  });

  test('tells string constants apart that concatenate to the same text', () => {
    const graph = createGraph();
    const one = graph.constant({ type: 'string', shape: [2], data: ['ab', ''] });
    const other = graph.constant({ type: 'string', shape: [2], data: ['a', 'b'] });
    expect(one).not.toBe(other);
  });

  test.each(['', 'a\0b', '\ud800'])('refuses the column name %j', (name) => {
    expect(() => createGraph().input(name, 'float', 1)).toThrow(/cannot be the name of a model input/);
  });

  test('refuses a tensor whose shape and data disagree', () => {
    expect(() => createGraph().constant({ type: 'float', shape: [3], data: new Float32Array(2) })).toThrow(
      /2 values/,
    );
  });
});

describe('readModel', () => {
  test('gives metadata, inputs and outputs', () => {
    expect(readModel(squares().build({ task: 'regression' }))).toEqual({
      metadata: { task: 'regression' },
      inputs: [{ name: 'größe "x"/#1', type: 'float', shape: ['n', 2] }],
      outputs: [{ name: 'y', type: 'float', shape: ['n', 2] }],
    });
  });

  test('refuses bytes that are no model', () => {
    expect(() => readModel(new Uint8Array([1, 2, 3]))).toThrow(/cannot be opened/);
    expect(() => readModel(new Uint8Array())).toThrow(/holds no graph/);
  });
});
