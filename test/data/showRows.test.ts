/** Rows to look at and first rows to guess from, through the data worker's own process. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadExperiment } from '../../server/config/load.ts';
import { guessTargets } from '../../server/data/profile/guessTargets.ts';
import { type DataClient, startDataClient } from '../../server/data/worker/client.ts';
import type { RowQuestion } from '../../server/protocol/dataMessages.ts';

let folder = '';
let client: DataClient;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rows-'));
  const lines = ['id,age,plan,churned'];
  for (let row = 0; row < 5_000; row++) {
    const age = row === 7 ? '' : row === 9 ? -999 : 20 + (row % 50);
    lines.push(`${row},${age},${row % 3 === 0 ? 'basic' : "it's; pro"},${row % 4 === 0 ? 1 : 0}`);
  }
  writeFileSync(join(folder, 'churn.csv'), `${lines.join('\n')}\n`);
  const twins = ['id,a,b', '1,x,1', '2,y,2', '3,x,1', '4,z,3'];
  writeFileSync(join(folder, 'twins.csv'), `${twins.join('\n')}\n`);
  client = startDataClient();
});

afterAll(() => {
  client.stop();
  rmSync(folder, { recursive: true });
});

async function ask(file: string, question: RowQuestion) {
  const text = `data: ${file}\ntarget: churned\n`;
  const place = { file: join(folder, 'a.experiment.yaml'), workspace: folder };
  const { experiment } = loadExperiment({ ...place, text, environment: {} });
  if (experiment === undefined) throw new Error('it resolves');
  return client.rows(experiment, folder, { question, columns: ['id'] });
}

describe('rows', { timeout: 60_000 }, () => {
  test('of a column without a value, with that column first', async () => {
    expect(await ask('churn.csv', { of: 'missing', column: 'age' })).toEqual({
      columns: ['age', 'id', 'plan', 'churned'],
      rows: [{ row: 7, cells: [null, '7', "it's; pro", '0'] }],
      total: 1,
      allColumns: 4,
    });
  });

  test('by value: numbers as numbers, text whatever stands in it', async () => {
    const numbers = await ask('churn.csv', { of: 'values', column: 'age', values: ['-999.0'] });
    expect(numbers.rows.map(({ row }) => row)).toEqual([9]);
    const texts = await ask('churn.csv', {
      of: 'values',
      column: 'plan',
      values: ["it's; pro", "' OR true --"],
    });
    expect([texts.total, texts.rows.length]).toEqual([3333, 100]);
  });

  test('by number, those that repeat another, and the first', async () => {
    const some = await ask('churn.csv', { of: 'rows', rows: [3, 1] });
    expect(some.rows.map(({ row }) => row)).toEqual([1, 3]);
    const repeated = await ask('twins.csv', { of: 'repeated', except: 'id' });
    expect(repeated.rows.map(({ row }) => row)).toEqual([0, 2]);
    const first = await ask('twins.csv', { of: 'first' });
    expect(first.total).toBe(4);
  });

  test('of a column that is not there are refused in words', async () => {
    await expect(ask('churn.csv', { of: 'missing', column: 'ages' })).rejects.toThrow(/`ages`/);
  });
});

test('a peek reads the first rows alone, and they are enough to guess the target', {
  timeout: 60_000,
}, async () => {
  const profile = await client.peek(join(folder, 'churn.csv'));
  expect(profile.columns.map(({ name }) => name)).toEqual(['id', 'age', 'plan', 'churned']);
  expect(profile.rows).toBeLessThan(5_000);
  expect(guessTargets(profile)[0]).toBe('churned');
  await expect(client.peek(join(folder, 'absent.csv'))).rejects.toThrow();
});
