// biome-ignore-all lint/suspicious/noThenProperty: the language's word; no rule is awaited.
/** Features that a row gives (`features.derive`) inside the model file: every family, from raw columns alone. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plainSpec } from '../../server/data/spec.ts';
import { openTable } from '../../server/data/tables/openTable.ts';
import { openScorer } from '../../server/engines/scorer.ts';
import { readLineage } from '../../server/onnx/lineage.ts';
import { readModel } from '../../server/onnx/model.ts';
import { evaluateTable, predictTable } from '../../server/runs/applyModel.ts';
import { trainModel } from '../../server/training/train.ts';
import { allRows } from '../features/csvTable.ts';
import { temporaryFolder } from '../temporary.ts';
import { churn, expectParity, prepare, writeTable } from './tables.ts';

const folder = temporaryFolder();
writeTable(folder, { ...churn, rows: 700 });

/** Of each type, some of columns that are no features, one of another feature. */
const derive = [
  { name: 'income per age', expr: 'income / age' },
  { name: 'rich', expr: '`income per age` > 600 or income > 40000' },
  { name: 'group', expr: "if(matches(plan, '^(?i)p'), 'p', coalesce(plan, 'none'))" },
  { name: 'weekday', expr: 'weekday(joined)' },
  { name: 'renewed', expr: 'joined + 365 * (1 + member)' },
  { name: 'clipped', expr: 'clip(log(income), 8, 12)' },
];
const features = {
  derive,
  exclude: ['joined', 'plan'],
};
const few = { gbdt: { trees: 8 }, forest: { trees: 8 }, mlp: { layers: [6] } };
const settings = { features, split: { valid: 0.2 }, train: { epochs: 3 } };

describe('the file says of raw columns what the trainer says', () => {
  test.each(['linear', 'gbdt', 'forest', 'mlp'])('%s', async (type) => {
    const scores = await expectParity(
      await prepare(folder, { ...settings, model: { type, calibrate: 'none', ...few } }),
    );
    expect(new Set(scores).size).toBeGreaterThan(5);
  });

  test('rules', async () => {
    const heuristic = [
      { if: "rich and group == 'p'", then: 0.9 },
      { if: 'renewed > 2022-01-01', then: 0.4 },
      { if: '`income per age` is null', then: 0.3 },
    ];
    const model = { type: 'heuristic', heuristic };
    const scores = await expectParity(await prepare(folder, { ...settings, model }));
    expect(new Set(scores).size).toBeGreaterThan(3);
  });

  test('selected features, folds, a feature called as an output', async () => {
    const named = [
      ...features.derive,
      { name: 'probabilities', expr: 'age * 2' },
      { name: 't3', expr: 'age' },
    ];
    const request = await prepare(folder, {
      ...settings,
      features: { ...features, derive: named, select: { method: 'mutual-info', keep: 6 } },
      model: { type: 'gbdt', ...few },
      split: { cv: 3 },
    });
    await expectParity(request);
  });
});

test('raw columns go in, features that the row gives do not; their expressions are told', async () => {
  const request = await prepare(folder, { ...settings, model: { type: 'gbdt', ...few } });
  const [first, second] = [await trainModel(request), await trainModel(request)];
  await request.table.close();
  expect(Buffer.from(first.onnx).equals(Buffer.from(second.onnx))).toBe(true);
  const file = readModel(first.onnx);
  const lineage = readLineage(file.metadata);
  // Plan and joined are no features, but read.
  const names = ['age', 'income', 'city', 'member', 'label', 'plan', 'joined'];
  expect(file.inputs.map(({ name }) => name)).toEqual(names);
  expect(lineage.features.map(({ name }) => name)).toEqual(names);
  expect(lineage.derived.map(({ name, kind }) => [name, kind])).toEqual([
    ['income per age', 'numeric'],
    ['rich', 'boolean'],
    ['group', 'categorical'],
    ['weekday', 'numeric'],
    ['renewed', 'datetime'],
    ['clipped', 'numeric'],
  ]);
});

test('a bare file scores another table: unseen levels, bad dates, columns in another order', async () => {
  const request = await prepare(folder, { ...settings, model: { type: 'linear' } });
  const { onnx, trainerScores } = await trainModel(request);
  const own = await trainerScores(Int32Array.of(0, 1, 2));
  const cells = await Promise.all(
    request.table.columns
      .filter(({ derived }) => derived === false)
      .map(async ({ name }) => [name, await request.table.rawStrings(name, Int32Array.of(0, 1, 2))] as const),
  );
  await request.table.close();
  const others = join(folder, 'others');
  mkdirSync(others);
  const path = join(others, 'model.onnx');
  writeFileSync(path, onnx);
  const turned = cells.toReversed();
  const odd: Record<string, string> = { plan: 'Platinum', joined: '2021-02-30', age: '1e39', member: '' };
  const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  const lines = [0, 1, 2].map((row) => turned.map(([, values]) => quote(values[row] ?? '')).join(','));
  const strange = turned.map(([name, values]) => quote(odd[name] ?? values[0] ?? '')).join(',');
  writeFileSync(
    join(others, 'new.csv'),
    `${turned.map(([name]) => name).join(',')}\n${[...lines, strange].join('\n')}\n`,
  );
  const signal = new AbortController().signal;
  const asked = { workspace: others, model: 'model.onnx', data: join(others, 'new.csv'), signal };
  expect(await predictTable(asked, join(others, 'scores.csv'))).toEqual({
    rows: 4,
    outside: [{ check: 'unseen', column: 'plan', rows: 1 }],
    warnings: [
      'Column `joined`: 1 of 4 rows hold no date such as 2024-05-31, but text such as "2021-02-30": they count as missing.',
    ],
  });
  const written = await openTable(plainSpec(join(others, 'scores.csv')));
  const score = await written.numbers('score');
  await written.close();
  expect([...score.subarray(0, 3)]).toEqual([...own].map((value) => expect.closeTo(value, 6)));
  expect(Number.isFinite(score[3])).toBe(true);

  // The same through the raw inputs.
  const scorer = await openScorer(onnx);
  const { lineage } = scorer;
  const kinds = Object.fromEntries(
    [...lineage.features, ...lineage.derived].map(({ name, kind }) => [name, kind]),
  );
  const table = await openTable({ ...plainSpec(asked.data), kinds, features: lineage.derived });
  const [bulk, raw] = [await scorer.score(table), await scorer.scoreRaw(table, allRows(table))];
  expect([...raw.scores]).toEqual([...bulk.scores]);
  await table.close();
  await scorer.close();

  const { rows } = await evaluateTable({ ...asked, data: join(folder, 'table.csv') });
  expect(rows).toBe(700);
  // A table that lacks what a feature reads lacks an input.
  writeFileSync(join(others, 'less.csv'), 'age,income,city,member,label,plan\n30,1,a,true,low,pro\n');
  await expect(
    predictTable({ ...asked, data: join(others, 'less.csv') }, join(others, 'none.csv')),
  ).rejects.toMatchObject({ code: 'model-column-missing', message: expect.stringContaining('joined') });
});

describe('what is refused', () => {
  test.each([
    ['trim(plan)', 'a model file has no `trim`; compute it in `data.derive`'],
    ["lower(city) == 'a'", 'a model file has no `lower`'],
    ['matches(plan, city)', 'takes the pattern of `matches` as written text only'],
    ["city < 'm'", 'does not order texts'],
    ['max(plan, city)', 'does not order texts'],
    ["if(age > 3, 1, 'young')", 'gives a number here and text there'],
    ['1 + 1', 'reads no column'],
    ["if(y == 'left', 1, 0)", 'reads `y`, which is the target'],
    ['income * 2', 'reads `income`, which is known only after the outcome'],
  ])('%s', async (expr, reason) => {
    const data = { source: 'table.csv', columns: { income: { available: 'after' } } };
    await expect(
      prepare(folder, { ...settings, data, features: { derive: [{ name: 'x', expr }] } }),
    ).rejects.toMatchObject({ code: 'expression-failed', message: expect.stringContaining(reason) });
  });

  test('a feature as the target, or what rows are divided by', async () => {
    const derived = { features: { derive: [{ name: 'x', expr: 'age > 40' }] } };
    for (const roles of [{ target: 'x' }, { split: { method: 'group', by: 'x' } }])
      await expect(prepare(folder, { ...derived, ...roles })).rejects.toMatchObject({
        code: 'feature-as-role',
      });
  });
});
