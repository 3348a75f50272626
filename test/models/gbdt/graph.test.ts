import { expect, test } from 'vitest';
import { gbdt } from '../../../server/models/gbdt/gbdt.ts';
import type { Attribute, GraphBuilder } from '../../../server/onnx/graph.ts';
import { matrixOf, runAppended } from '../matrix.ts';
import { settings } from './settings.ts';
import { createTable } from './tables.ts';

/** The attributes of the tree operator that a model appends. */
function treeAttributes(append: (graph: GraphBuilder) => void): Readonly<Record<string, Attribute>> {
  let found: Readonly<Record<string, Attribute>> = {};
  append({
    input: (name) => name,
    reserve: () => undefined,
    constant: () => 'constant',
    node(operator, _inputs, attributes = {}) {
      if (operator === 'TreeEnsembleRegressor') found = attributes;
      return [operator];
    },
    body: () => {
      throw new Error('a tree has no body');
    },
    output: () => undefined,
  });
  return found;
}

function numbers(attribute: Attribute | undefined): number[] {
  if (Array.isArray(attribute)) return attribute.map(Number);
  if (typeof attribute === 'object' && 'tensor' in attribute)
    return Array.from(attribute.tensor.data, Number);
  return [];
}

test('covers give the mean of the training rows: false sides by their own, true sides the rest', async () => {
  const { outputs, ...train } = createTable('regression', 5000, 21);
  const parameters = { ...settings, trees: 1 };
  const model = await gbdt.fit({ task: 'regression', outputs, train, parameters, seed: 1, threads: 1 });
  const found = treeAttributes((graph) => model.appendTo(graph, { numeric: 'numeric', codes: 'codes' }));
  const covers = numbers(found['nodes_hitrates_as_tensor']);
  const whenTrue = numbers(found['nodes_truenodeids']);
  const whenFalse = numbers(found['nodes_falsenodeids']);
  const weights = numbers(found['target_weights_as_tensor']);
  const leafValues = new Map(numbers(found['target_nodeids']).map((node, i) => [node, weights[i] ?? 0]));
  const features = numbers(found['nodes_featureids']);
  const expectation = (node: number): number => {
    const value = leafValues.get(node);
    if (value !== undefined) return value;
    const share = (covers[whenFalse[node] ?? 0] ?? 0) / (covers[node] || 1);
    return share * expectation(whenFalse[node] ?? 0) + (1 - share) * expectation(whenTrue[node] ?? 0);
  };
  // Sets of levels were split on, or this would show nothing about them.
  expect(features.some((feature, node) => feature >= 6 && !leafValues.has(node))).toBe(true);
  const raw = model.predict(train.matrix);
  const mean = raw.reduce((sum, value) => sum + value, 0) / raw.length;
  expect(covers[0]).toBe(5000);
  expect(expectation(0) + (numbers(found['base_values_as_tensor'])[0] ?? 0)).toBeCloseTo(mean, 9);
});

test('float32 neighbours of a threshold stay on their sides', async () => {
  // Values one unit in the last place apart.
  const bits = Int32Array.from({ length: 64 }, (_, i) => 0x3f80_0000 + i);
  const values = new Float32Array(bits.buffer);
  const matrix = matrixOf([values]);
  const target = Float64Array.from(values, (_, i) => (i * 37) % 64);
  const parameters = {
    ...settings,
    trees: 20,
    learning_rate: 1,
    max_depth: 20,
    max_leaves: 64,
    min_leaf: 1,
    l2: 0,
  };
  const train = { matrix, target };
  const model = await gbdt.fit({ task: 'regression', outputs: 1, train, parameters, seed: 1, threads: 1 });
  const appended = await runAppended(model, matrix);
  target.forEach((y, i) => void expect(appended[i]).toBeCloseTo(y, 4));
});

test.each([0, 3])(
  'a class without training rows keeps its base in the file: class %d of 4',
  async (empty) => {
    const { outputs, ...table } = createTable('multiclass', 2000, 21);
    const train = { ...table, target: table.target.map((y) => (y >= empty ? y + 1 : y)) };
    const parameters = { ...settings, trees: 5 };
    const model = await gbdt.fit({
      task: 'multiclass',
      outputs: outputs + 1,
      train,
      parameters,
      seed: 1,
      threads: 1,
    });
    const own = model.predict(table.matrix);
    const file = await runAppended(model, table.matrix);
    expect(own[empty]).toBeCloseTo(Math.log(1e-15), 9);
    expect(Math.max(...own.map((value, i) => Math.abs(value - (file[i] ?? 0))))).toBeLessThan(1e-5);
  },
);
