/** A run with `features.derive` as a person meets it: raw columns go in, whatever the model is asked with. */
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { plainSpec } from '../../server/data/spec.ts';
import { openTable } from '../../server/data/tables/openTable.ts';
import { openRowScorer } from '../../server/engines/rowScorer.ts';
import { churn, writeTable } from '../training/tables.ts';
import { callJson, folderWith } from './command.ts';
import * as contract from './contract.ts';

const experiment = `data: table.csv
target: y
features:
  exclude: [age, joined, plan]
  derive:
    - {name: income per age, expr: income / age}
    - {name: new, expr: "joined >= 2022-01-01"}
    - {name: kind, expr: "if(matches(plan, '^[pP]'), 'p', coalesce(plan, 'none'))"}
split: {valid: 0.2}
model: {type: gbdt, gbdt: {trees: 20}}
monitor: {drift: {features: important}}
`;
const runSchema = contract.run.extend({
  classes: z.array(z.string()),
  features: z.array(z.object({ name: z.string() })),
  explanations: z.array(z.object({ importance: z.array(z.object({ column: z.string() })) })),
  artifacts: z.object({ model: z.string(), predictions: z.string(), card: z.string() }),
});
const folder = folderWith({ 'x.experiment.yaml': experiment });
let run: z.infer<typeof runSchema>;
beforeAll(async () => {
  writeTable(folder, { ...churn, rows: 600 });
  const { document } = await callJson(folder, ['run', 'x.experiment.yaml']);
  run = runSchema.parse(document);
});

async function scoresOf(file: string): Promise<Map<number, number>> {
  const table = await openTable(plainSpec(join(folder, file)));
  const [rows, scores] = [await table.numbers('row'), await table.numbers('score')];
  await table.close();
  return new Map([...rows].map((row, index) => [row, scores[index] ?? Number.NaN]));
}

test('raw columns are its inputs, and every feature has its importance', () => {
  const inputs = ['income', 'city', 'member', 'label', 'age', 'plan', 'joined'];
  expect(run.features.map(({ name }) => name)).toEqual(inputs);
  expect(run.parity.maxAbsDifference).toBeLessThanOrEqual(1e-5);
  const explained = run.explanations[0]?.importance.map(({ column }) => column).toSorted();
  expect(explained).toEqual(['city', 'income', 'income per age', 'kind', 'label', 'member', 'new']);
  const card = readFileSync(join(folder, run.artifacts.card), 'utf8');
  expect(card).toContain('7 columns go in.');
  expect(card).toMatch(/income per age.* is computed by the model as .*income \/ age/);
});

test('predict says of the same rows what the run said, by the run and by the bare file', async () => {
  const own = await scoresOf(run.artifacts.predictions);
  copyFileSync(join(folder, run.artifacts.model), join(folder, 'model.onnx'));
  for (const model of [`run:${run.run.id}`, 'model.onnx']) {
    await callJson(folder, ['predict', model, 'table.csv', '-o', 'scores.csv']);
    const scores = await scoresOf('scores.csv');
    expect(scores.size).toBe(600);
    for (const [row, score] of own) expect(scores.get(row)).toBeCloseTo(score, 6);
  }
});

test('a served row is scored from raw values, missing ones too', async () => {
  const bytes = readFileSync(join(folder, run.artifacts.model));
  const scorer = await openRowScorer(bytes);
  const table = await openTable(plainSpec(join(folder, 'table.csv')));
  const names = { floats: ['income', 'member', 'age'], strings: ['city', 'label', 'plan', 'joined'] };
  const rows = Int32Array.from({ length: 50 }, (_, row) => row);
  const floats = await Promise.all(names.floats.map((name) => table.numbers(name)));
  const strings = await Promise.all(names.strings.map((name) => table.rawStrings(name, rows)));
  await table.close();
  const own = await scoresOf(run.artifacts.predictions);
  const { values } = await scorer.score({
    rows: rows.length,
    floats: Float32Array.from([...rows].flatMap((row) => floats.map((column) => column[row] ?? Number.NaN))),
    strings: [...rows].flatMap((row) => strings.map((column) => column[row] ?? '')),
  });
  const positive = run.classes.indexOf(String(run.positive));
  for (const row of rows) expect(values[2 * row + positive]).toBeCloseTo(own.get(row) ?? Number.NaN, 5);
  const nothing = { rows: 1, floats: new Float32Array(3).fill(Number.NaN), strings: ['', '', '', ''] };
  expect((await scorer.score(nothing)).values.every(Number.isFinite)).toBe(true);
  await scorer.close();
});

test('what a feature reads is watched where the feature matters', async () => {
  const { document } = await callJson(folder, ['monitor', 'table.csv', '--model', `run:${run.run.id}`]);
  const report = z.object({ report: z.object({ columns: z.array(z.object({ column: z.string() })) }) });
  // Of the age the model sees only what is made of it.
  expect(report.parse(document).report.columns.map(({ column }) => column)).toContain('age');
});

test.each([
  ['trim(city)', 'a model file has no `trim`; compute it in `data.derive`'],
  // Only the data tell that these are texts.
  ['coalesce(max(plan, city), city)', 'a model file does not order texts; compute it in `data.derive`'],
])('%s is told at its place, by lint and by the run', async (expr, reason) => {
  const text = experiment.replace('income / age', `"${expr}"`);
  const other = folderWith({ 'x.experiment.yaml': text });
  writeTable(other, { ...churn, rows: 200 });
  const lint = contract.lint.parse((await callJson(other, ['lint', 'x.experiment.yaml'])).document);
  const findings = lint.findings.filter(({ rule }) => rule === 'expression-error');
  expect(findings).toMatchObject([
    { message: expect.stringContaining(reason), range: { start: { line: 5 } } },
  ]);
  const { code, document } = await callJson(other, ['run', 'x.experiment.yaml']);
  expect(code).toBe(2);
  expect(JSON.stringify(document)).toContain(reason);
});
