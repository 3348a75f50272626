/** The scorer: bulk, raw inputs and Python's ONNX Runtime (oracle/score.py) give the same bits from the same file. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Table } from '../../server/data/table.ts';
import { checkParity } from '../../server/engines/parity.ts';
import { openScorer, type Scorer } from '../../server/engines/scorer.ts';
import { createGraph } from '../../server/onnx/graph.ts';
import { readModel } from '../../server/onnx/model.ts';
import { allRows, csvOf, fitOn, tableOf } from '../features/csvTable.ts';
import { exampleModel, exampleTable, hostileNames } from './exampleModel.ts';

let table: Table;
let model: Uint8Array;
let scorer: Scorer;
beforeAll(async () => {
  table = await exampleTable();
  model = await exampleModel(table);
  scorer = await openScorer(model);
});
afterAll(async () => {
  await scorer.close();
  await table.close();
});

const bits = (values: Float32Array) => [...new Int32Array(Float32Array.from(values).buffer)];

describe('one file, hostile names and values', () => {
  test('Python scores the very same file to the same bits', async () => {
    const expected = JSON.parse(readFileSync(new URL('./oracle/scores.json', import.meta.url), 'utf8'));
    // Another hash: the graph has changed; run oracle/write.ts and oracle/score.py again.
    expect(createHash('sha256').update(model).digest('hex')).toBe(expected.model);
    const { scores, labels } = await scorer.scoreRaw(table, allRows(table));
    expect(bits(scores)).toEqual(
      expected.probabilities.filter((_: number, index: number) => index % 2 === 1),
    );
    expect([...(labels ?? [])].map((index) => scorer.lineage.classes[index])).toEqual(expected.labels);
    expect(readModel(model).outputs.map(({ name }) => name)).toEqual(expected.outputs);
  });

  test('bulk scores and labels are those of the raw inputs', async () => {
    const rows = allRows(table);
    expect(await scorer.score(table, rows)).toEqual(await scorer.scoreRaw(table, rows));
    expect(scorer.lineage.features.map(({ name }) => name)).toEqual(hostileNames);
  });

  test('rows in any order and number', async () => {
    const { scores } = await scorer.score(table);
    const some = Int32Array.of(7, 3, 3, 239);
    expect((await scorer.score(table, some)).scores).toEqual(
      Float32Array.from(some, (row) => scores[row] ?? Number.NaN),
    );
    expect((await scorer.score(table, new Int32Array())).scores).toHaveLength(0);
  });

  test('rowsOf takes a column from other rows', async () => {
    const rows = Int32Array.of(0, 1, 2);
    const others = Int32Array.of(100, 101, 102);
    const all = new Map(hostileNames.map((name) => [name, others]));
    expect(await scorer.score(table, rows, { rowsOf: all })).toEqual(await scorer.score(table, others));
    const one = await scorer.score(table, rows, { rowsOf: new Map([['k', others]]) });
    expect(one.scores).not.toEqual((await scorer.score(table, rows)).scores);
  });
});

describe('parity', () => {
  test('is 0 for the file against itself and sees a trainer that is off on one odd row', async () => {
    const rows = allRows(table);
    const trainerScores = async (sample: Int32Array) =>
      Float64Array.from((await scorer.score(table, sample)).scores);
    expect(await checkParity({ scorer, table, rows, trainerScores })).toEqual({
      maxAbsDifference: 0,
      rows: 240,
    });
    const off = async (sample: Int32Array) =>
      (await trainerScores(sample)).map((score, index) => (sample[index] === 230 ? score - 0.25 : score));
    expect((await checkParity({ scorer, table, rows, trainerScores: off })).maxAbsDifference).toBeCloseTo(
      0.25,
      6,
    );
  });

  test('what is infinite in the file may be a larger float64 for the trainer, of the same sign', async () => {
    const rows = Int32Array.of(0, 1, 2, 3);
    const parityOf = (trained: readonly number[], filed: readonly number[]) => {
      const scores = async (_: unknown, chosen: Int32Array = rows) => ({
        scores: Float32Array.from(chosen, (row) => filed[row] ?? 0),
      });
      const double = { ...scorer, score: scores, scoreRaw: scores };
      const trainerScores = async (chosen: Int32Array) =>
        Float64Array.from(chosen, (row) => trained[row] ?? 0);
      return checkParity({ scorer: double, table, rows, trainerScores });
    };
    const filed = [1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2];
    expect((await parityOf([1, 4e38, -1e300, 2], filed)).maxAbsDifference).toBe(0);
    expect((await parityOf([1, -4e38, -1e300, 2], filed)).maxAbsDifference).toBe(Number.POSITIVE_INFINITY);
    expect((await parityOf([1, 3e38, -1e300, 2], filed)).maxAbsDifference).toBe(Number.POSITIVE_INFINITY);
  });

  test('a score that is not a number beside one that is, is no agreement', async () => {
    const nan = async (sample: Int32Array) => new Float64Array(sample.length).fill(Number.NaN);
    const parity = await checkParity({ scorer, table, rows: allRows(table), trainerScores: nan });
    expect(parity.maxAbsDifference).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('many rows', () => {
  const many = Int32Array.from({ length: 300_000 }, (_, row) => row % 240);

  test('are scored by several threads to the same bits', async () => {
    let last = { done: 0, total: 0 };
    const onProgress = (progress: { done: number; total: number }) => {
      last = progress;
    };
    const single = await scorer.score(table, many, { threads: 1 });
    const several = await scorer.score(table, many, { threads: 3, onProgress });
    expect(Buffer.from(several.scores.buffer).equals(Buffer.from(single.scores.buffer))).toBe(true);
    expect(several.labels).toHaveLength(many.length);
    expect(last).toEqual({ done: many.length, total: many.length });
  });

  test.each([1, 3])('can be cancelled (%i threads)', async (threads) => {
    const abort = new AbortController();
    const scoring = scorer.score(table, many, {
      threads,
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    await expect(scoring).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('what cannot be scored', () => {
  test('a table without a column of the model', async () => {
    const other = await tableOf(csvOf({ label: ['1'], k: ['x'] }));
    await expect(scorer.score(other)).rejects.toMatchObject({
      code: 'model-column-missing',
      message: expect.stringMatching(
        /^The model takes the column `probabilities`, which the data does not have\. Missing too: `/,
      ),
    });
    await expect(scorer.scoreRaw(other, allRows(other))).rejects.toMatchObject({
      code: 'model-column-missing',
    });
    await other.close();
  });

  test('an unseen level under `unknown: error`', async () => {
    const levels = await tableOf(csvOf({ c: ['a', 'b', 'a', 'new'] }));
    const features = await fitOn(levels, ['c'], {
      trainRows: Int32Array.of(0, 1, 2),
      settings: { categorical: { unknown: 'error', encode: 'count' } },
    });
    const graph = createGraph();
    const { numeric = '' } = features.appendTo(graph);
    graph.node('Identity', [numeric], {}, { name: 'prediction' });
    graph.output('prediction', 'float', ['n', 1]);
    const metadata = {
      task: 'regression',
      target: 'y',
      classes: '[]',
      features: JSON.stringify(features.inputs),
    };
    const counts = await openScorer(graph.build(metadata));
    expect((await counts.score(levels, Int32Array.of(0, 1))).scores).toEqual(Float32Array.of(2, 1));
    await expect(counts.score(levels)).rejects.toMatchObject({ code: 'level-unseen' });
    await expect(counts.scoreRaw(levels, allRows(levels))).rejects.toMatchObject({ code: 'scoring-failed' });
    await levels.close();
  });

  test('a file of another origin, a broken one and none', async () => {
    const graph = createGraph();
    graph.node('Identity', [graph.input('x', 'float', 1)], {}, { name: 'y' });
    graph.output('y', 'float', ['n', 1]);
    await expect(openScorer(graph.build({}))).rejects.toMatchObject({ code: 'model-foreign' });
    const folder = mkdtempSync(join(tmpdir(), 'scorer-'));
    writeFileSync(join(folder, 'model.onnx'), model.subarray(0, model.length / 2));
    await expect(openScorer(join(folder, 'model.onnx'))).rejects.toMatchObject({ code: 'model-unreadable' });
    await expect(openScorer(join(folder, 'none.onnx'))).rejects.toMatchObject({ code: 'file-not-found' });
    rmSync(folder, { recursive: true });
  });
});
