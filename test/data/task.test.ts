import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../server/config/load.ts';
import { featureColumns } from '../../server/data/roles.ts';
import { tableSpec } from '../../server/data/spec.ts';
import { test as testSide, train, valid } from '../../server/data/split/split.ts';
import { splitTable } from '../../server/data/split/splitTable.ts';
import { openTable } from '../../server/data/tables/openTable.ts';
import { resolveTask } from '../../server/data/task.ts';
import { type Columns, Drawing, plain, toCsv } from '../lint/tables.ts';

/** The task, and the split where it is asked for, of an experiment on these columns. */
async function resolve(columns: Columns, yaml = '', files: Record<string, Columns> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-task-'));
  try {
    for (const [name, table] of Object.entries({ 'data.csv': columns, ...files }))
      writeFileSync(join(folder, name), toCsv(table));
    const file = join(folder, 'test.experiment.yaml');
    writeFileSync(file, yaml.includes('data:') ? yaml : `data: data.csv\ntarget: y\n${yaml}`);
    const { experiment } = loadExperiment({ file, workspace: folder });
    if (experiment === undefined) throw new Error('the experiment cannot be resolved');
    const table = await openTable(tableSpec(experiment, folder));
    try {
      const task = await resolveTask(experiment, table);
      const features = featureColumns(experiment, table.columns).map(({ name }) => name);
      return { task, features, split: await splitTable(experiment, table, task) };
    } finally {
      await table.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const d = new Drawing(200, 3);
const x = d.normal();
const of = (...values: (string | number | boolean)[]) => ({
  x,
  y: x.map((_, row) => values[row % values.length] ?? 0),
});

describe('the task', () => {
  it('is binary for two values, the rarer positive, of equals the later', async () => {
    const rare = await resolve(of('no', 'yes', 'no'));
    expect(rare.task).toMatchObject({
      task: 'binary',
      classes: ['no', 'yes'],
      positive: 'yes',
      metric: 'roc_auc',
    });
    expect(rare.task.prevalence).toBeCloseTo(67 / 200, 9);
    expect((await resolve(of('yes', 'no', 'yes'))).task.classes).toEqual(['yes', 'no']);
    expect((await resolve(of('b', 'a'))).task.positive).toBe('b');
    expect((await resolve(of(1, 0))).task.classes).toEqual([0, 1]);
    expect((await resolve(of(true, false))).task.classes).toEqual([false, true]);
    expect((await resolve(of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1))).task.metric).toBe('pr_auc');
  });

  it('takes the positive class that is written', async () => {
    const { task } = await resolve(of(1, 0, 0), 'positive: 0\n');
    expect(task.classes).toEqual([1, 0]);
    expect([...task.values.subarray(0, 3)]).toEqual([0, 1, 1]);
    await expect(resolve(of(1, 0), 'positive: 2\n')).rejects.toMatchObject({ code: 'positive-not-found' });
  });

  it('is multiclass for text and few integers, regression for the rest', async () => {
    expect((await resolve(of('c', 'a', 'b'))).task).toMatchObject({
      task: 'multiclass',
      classes: ['a', 'b', 'c'],
      metric: 'macro_f1',
    });
    expect((await resolve(of(10, 9, 2))).task.classes).toEqual([2, 9, 10]);
    expect((await resolve(of(...Array.from({ length: 21 }, (_, i) => i)))).task.task).toBe('regression');
    expect((await resolve(of(0.5, 1, 1.5))).task).toMatchObject({
      task: 'regression',
      classes: [],
      metric: 'rmse',
    });
    expect((await resolve(of(0.5, 1, 1.5), 'task: multiclass\n')).task.classes).toEqual([0.5, 1, 1.5]);
  });

  it('counts rows without a target and gives them no value', async () => {
    const columns = { x, y: x.map((_, row) => (row < 30 ? null : row % 2)) };
    const { task, split } = await resolve(columns);
    expect(task.withoutTarget).toBe(30);
    expect(task.values.subarray(0, 30).every(Number.isNaN)).toBe(true);
    expect(split.assignment.subarray(0, 30).every((side) => side === 0)).toBe(true);
  });

  it('refuses what cannot be learnt, by its name', async () => {
    const refusals: [Columns, string, string][] = [
      [of(0, 1), 'target: z\ndata: data.csv\n', 'target-not-found'],
      [{ x, y: x.map((_, row) => (row < 0 ? 1 : null)) }, '', 'target-empty'],
      [of('only'), '', 'one-class'],
      [of('a', 'b', 'c'), 'task: binary\n', 'task-mismatch'],
      [of('a', 'b', 'c'), 'task: regression\n', 'task-mismatch'],
      [{ x, y: x.map((_, row) => `text ${row}`) }, '', 'task-mismatch'],
      [{ x: x.slice(0, 99), y: x.slice(0, 99).map((_, row) => row % 2) }, '', 'too-few-rows'],
      [of(0, 1), 'features: [x, y]\n', 'target-leak'],
      [
        of(0, 1),
        'data: {source: data.csv, derive: [{name: z, expr: x > 0}]}\ntarget: z\nfeatures: [x]\n',
        'target-leak',
      ],
      [of(0, 1), 'split: 2024-01-01\n', 'split-needs-column'],
      [of(0, 1), 'split: {method: group}\n', 'split-needs-column'],
    ];
    for (const [columns, yaml, code] of refusals) {
      await expect(resolve(columns, yaml), code).rejects.toMatchObject({ code, exit: 2 });
    }
  });
});

describe('the split of a table', () => {
  const side = (assignment: Uint8Array, code: number) => assignment.filter((each) => each === code).length;

  it('is stratified with five folds when small, with validation rows when large or when they are asked for', async () => {
    const small = (await resolve(plain(1000))).split;
    expect(small).toMatchObject({ method: 'stratified', withoutTarget: 0 });
    expect([side(small.assignment, train), side(small.assignment, valid), small.folds.length]).toEqual([
      800, 0, 5,
    ]);
    const asked = (await resolve(plain(1000), 'split: {valid: 0.1}\n')).split;
    expect([side(asked.assignment, train), side(asked.assignment, valid), asked.folds.length]).toEqual([
      700, 100, 0,
    ]);
    const large = (await resolve(plain(5000))).split;
    expect([
      side(large.assignment, train),
      side(large.assignment, valid),
      side(large.assignment, testSide),
    ]).toEqual([3500, 500, 1000]);
  });

  it('is random for numbers, by group and by time where they are declared', async () => {
    const table = plain(400);
    const day = table['a']?.map((_, row) => `2024-01-${String(1 + (row % 28)).padStart(2, '0')}`) ?? [];
    const entity = table['a']?.map((_, row) => `e${row % 40}`) ?? [];
    const method = async (yaml: string) => (await resolve({ ...table, day, entity }, yaml)).split.method;
    expect(await method('data: data.csv\ntarget: a\n')).toBe('random');
    expect(await method('data: {source: data.csv, group: entity}\ntarget: y\n')).toBe('group');
    expect(await method('data: {source: data.csv, time: day}\ntarget: y\n')).toBe('time');
    expect(await method('data: {source: data.csv, time: day, group: entity}\ntarget: y\n')).toBe(
      'group-time',
    );
    expect(await method('split: 2024-01-20\n')).toBe('time');
  });

  it('keeps copies of a row on one side, whatever their id', async () => {
    const table = plain(300);
    const twice = Object.fromEntries(
      Object.entries(table).map(([name, cells]) => [name, [...cells, ...cells]]),
    );
    const columns = { id: Array.from({ length: 600 }, (_, row) => row), ...twice };
    const { split } = await resolve(columns, 'data: {source: data.csv, id: id}\ntarget: y\n');
    for (let row = 0; row < 300; row++) expect(split.assignment[row]).toBe(split.assignment[row + 300]);
    expect(Math.abs(side(split.assignment, testSide) - 120)).toBeLessThanOrEqual(2);
  });

  it('takes its sides from files, and changes with the seed', async () => {
    const { split } = await resolve(
      plain(400),
      'data: {source: {train: data.csv, test: test.csv}}\ntarget: y\n',
      { 'test.csv': plain(100, 9) },
    );
    expect([side(split.assignment, train), side(split.assignment, testSide), split.method]).toEqual([
      400,
      100,
      'predefined',
    ]);
    const hashes = await Promise.all(
      ['', 'train: {seed: 1}\n', 'split: {seed: 1}\n'].map(
        async (yaml) => (await resolve(plain(300), yaml)).split.hash,
      ),
    );
    expect(new Set(hashes).size).toBe(2);
    expect(hashes[1]).toBe(hashes[2]);
  });

  it('takes its test rows from a file that split.test names', async () => {
    const { split } = await resolve(plain(400), 'split: test.csv\n', { 'test.csv': plain(100, 9) });
    expect([side(split.assignment, train), side(split.assignment, testSide), split.method]).toEqual([
      400,
      100,
      'predefined',
    ]);
  });

  it('follows the only column of dates where split.test is one, and takes it from the features', async () => {
    const table = plain(300);
    const day =
      table['a']?.map((_, row) => new Date(Date.UTC(2024, 0, 1 + row)).toISOString().slice(0, 10)) ?? [];
    const { split, features } = await resolve({ ...table, day }, 'split: 2024-09-01\n');
    expect([side(split.assignment, testSide), split.method]).toEqual([300 - 244, 'time']);
    expect(features).toEqual(['a', 'b', 'city']);
    const random = await resolve({ ...table, day });
    expect(random.features).toContain('day');
  });

  it('leaves a gap in time, at least the horizon of the label', async () => {
    const table = plain(300);
    const day =
      table['a']?.map((_, row) => new Date(Date.UTC(2024, 0, 1 + row)).toISOString().slice(0, 10)) ?? [];
    const absentRows = async (yaml: string) =>
      side(
        (await resolve({ ...table, day }, `data: {source: data.csv, time: day}\ntarget: y\n${yaml}`)).split
          .assignment,
        0,
      );
    expect(await absentRows('')).toBe(0);
    expect(await absentRows('split: {gap: 10d}\n')).toBe(10);
    expect(await absentRows('split: {gap: 7}\n')).toBe(7);
    expect(await absentRows('problem: {horizon: 14d}\n')).toBe(14);
  });
});
