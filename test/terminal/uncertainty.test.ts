/** What `model.uncertainty` promises, from the run to the card, the predictions and what is served. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { Database } from '../../server/data/duckdb/database.ts';
import { sqlText } from '../../server/data/duckdb/sql.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { call, callJson, folderWith } from './command.ts';
import * as contract from './contract.ts';
import { serve } from './serve.ts';

/** Three classes, named so that only a list can hold them, and a number; both follow a and b. */
function table(rows = 1500): string {
  const random = createRandom(21, 'uncertainty');
  const lines = Array.from({ length: rows }, () => {
    const [a, b] = [random.normal(), random.normal()];
    const score = a + 0.7 * random.normal();
    const kind = score > 0.6 ? '"x, y"' : score > -0.6 ? 'mid' : '"say ""low"""';
    return `${a.toFixed(4)},${b.toFixed(4)},${kind},${(3 * score + b).toFixed(4)}`;
  });
  return `${['a,b,kind,worth', ...lines].join('\n')}\n`;
}

const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() });
const document = contract.run.extend({
  uncertainty: z.object({
    method: z.string(),
    coverage: z.number(),
    measured: estimate,
    width: estimate.optional(),
    size: estimate.optional(),
  }),
});
const settings = (target: string, method: string) =>
  `data: t.csv\ntarget: ${target}\nfeatures: {include: [a, b]}\nmodel: {type: linear, uncertainty: {method: ${method}, coverage: 0.8}}\nsplit: {valid: 0.25, test: 0.3}\n`;
const labels = ['mid', 'say "low"', 'x, y'];

interface TestRow {
  readonly row: number;
  readonly set: string | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** The rows of the test side in the predictions file. */
async function testRows(path: string, columns: string): Promise<TestRow[]> {
  const database = await Database.open();
  const found = await database.rows(
    `SELECT row, ${columns} FROM read_parquet(${sqlText(path)}) WHERE split = 'test'`,
  );
  database.close();
  return found.map(([row, first, second]) =>
    columns === 'set'
      ? { row: Number(row), set: String(first), lower: null, upper: null }
      : { row: Number(row), set: null, lower: Number(first), upper: Number(second) },
  );
}

const cellsOf = (line: string) => {
  const [a = '', b = '', ...rest] = line.split(',');
  const kind = rest
    .slice(0, -1)
    .join(',')
    .replaceAll('""', '\u0000')
    .replaceAll('"', '')
    .replaceAll('\u0000', '"');
  return { a: Number(a), b: Number(b), kind, worth: Number(rest.at(-1)) };
};

test.each(['conformal', 'ensemble'])('%s sets of classes reach the user everywhere', async (method) => {
  const folder = folderWith({ 't.csv': table(), 'x.experiment.yaml': settings('kind', method) });
  const ran = await callJson(folder, ['run', 'x.experiment.yaml']);
  const { run, artifacts, uncertainty } = document.parse(ran.document);
  expect(uncertainty).toMatchObject({ method, coverage: 0.8 });

  // What is said can be computed again from what predict writes.
  await call(folder, ['predict', `run:${run.id}`, 't.csv', '-o', 'p.jsonl']);
  const lines = readFileSync(join(folder, 'p.jsonl'), 'utf8').trim().split('\n');
  const predicted = lines.map((line) => z.looseObject({ set: z.string() }).parse(JSON.parse(line)));
  const sets = predicted.map(({ set }) => z.array(z.enum(labels)).parse(JSON.parse(set)));
  const rows = table().trim().split('\n').slice(1).map(cellsOf);
  const split = await testRows(join(folder, artifacts.predictions), 'set');
  const inside = split.filter(({ row }) => sets[row]?.includes(rows[row]?.kind ?? ''));
  expect(uncertainty.measured.value).toBeCloseTo(inside.length / split.length, 12);
  const sizes = split.map(({ row }) => sets[row]?.length ?? 0);
  expect(uncertainty.size?.value).toBeCloseTo(sizes.reduce((sum, size) => sum + size, 0) / sizes.length, 12);
  expect(split.map(({ set }) => set)).toEqual(split.map(({ row }) => predicted[row]?.set));
  // Split conformal prediction: at least four of five, and not by much more (Lei et al. 2018, theorem 2.2).
  expect(Math.abs(uncertainty.measured.value - 0.8)).toBeLessThan(0.08);

  const card = readFileSync(join(folder, artifacts.card), 'utf8');
  expect(card).toContain(
    `Sets of classes (${method}) that should hold the true class of 80 % of the rows hold`,
  );
  expect(card).toContain('label, probabilities, sets = session.run(None, feed)');
  const shown = await call(folder, ['runs', 'show', run.id]);
  expect(shown.stdout).toContain('they hold ');
  const evaluated = await callJson(folder, ['evaluate', `run:${run.id}`, 't.csv']);
  expect(evaluated.document).toMatchObject({
    uncertainty: { coverage: 0.8, size: { value: expect.any(Number) } },
  });

  const served = await serve(folder, artifacts.model);
  const records = rows.slice(0, 3).map(({ a, b }) => ({ a, b }));
  const expected = sets.slice(0, 3);
  expect(await served.post('/predict', records)).toMatchObject(expected.map((set) => ({ set })));
  expect(await served.post('/invocations', { dataframe_records: records })).toMatchObject({ sets: expected });
  const tensor = (name: 'a' | 'b') => ({
    name,
    datatype: 'FP32',
    shape: [3, 1],
    data: records.map((row) => row[name]),
  });
  const infer = await served.post('/v2/models/m/infer', { inputs: [tensor('a'), tensor('b')] });
  expect(infer.outputs[2]).toEqual({
    name: 'set',
    datatype: 'INT64',
    shape: [3, 3],
    data: expected.flatMap((set) => labels.map((label) => Number(set.includes(label)))),
  });
  await served.close();
});

test('intervals of values: their ends are in the predictions and answers, and what they hold is said', async () => {
  const folder = folderWith({ 't.csv': table(), 'x.experiment.yaml': settings('worth', 'quantile') });
  const ran = await callJson(folder, ['run', 'x.experiment.yaml']);
  const { artifacts, uncertainty } = document.parse(ran.document);
  expect(uncertainty).toMatchObject({ method: 'quantile', coverage: 0.8 });
  const rows = table().trim().split('\n').slice(1).map(cellsOf);
  const split = await testRows(join(folder, artifacts.predictions), 'lower, upper');
  const inside = split.filter(({ row, lower, upper }) => {
    const truth = rows[row]?.worth ?? Number.NaN;
    return truth >= Number(lower) && truth <= Number(upper);
  });
  expect(uncertainty.measured.value).toBeCloseTo(inside.length / split.length, 12);
  const widths = split.map(({ lower, upper }) => Number(upper) - Number(lower));
  expect(uncertainty.width?.value).toBeCloseTo(
    widths.reduce((sum, width) => sum + width, 0) / widths.length,
    6,
  );
  expect(readFileSync(join(folder, artifacts.card), 'utf8')).toContain(
    'prediction, lower, upper = session.run(None, feed)',
  );

  const served = await serve(folder, artifacts.model);
  const records = rows.slice(0, 3).map(({ a, b }) => ({ a, b }));
  const answers = z
    .array(z.object({ prediction: z.number(), lower: z.number(), upper: z.number() }))
    .parse(await served.post('/predict', records));
  for (const { row, lower, upper } of split.filter(({ row }) => row < 3)) {
    expect(answers[row]?.lower).toBeCloseTo(Number(lower), 5);
    expect(answers[row]?.upper).toBeCloseTo(Number(upper), 5);
  }
  const tensor = (name: 'a' | 'b') => ({
    name,
    datatype: 'FP32',
    shape: [3, 1],
    data: records.map((row) => row[name]),
  });
  const infer = await served.post('/v2/models/m/infer', {
    inputs: [tensor('a'), tensor('b')],
    outputs: [{ name: 'upper' }],
  });
  expect(infer.outputs).toEqual([
    { name: 'upper', datatype: 'FP32', shape: [3, 1], data: answers.map(({ upper }) => upper) },
  ]);
  await served.close();
});
