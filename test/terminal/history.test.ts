/** A run with a join and windows, and what comes after it: the same values for rows that come later, with the history they had. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type RunDocument, runDocumentSchema } from '../../server/protocol/run.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { temporaryFolder } from '../temporary.ts';
import { call, callJson } from './command.ts';
import { serve } from './serve.ts';

const examples = new URL('../../examples/', import.meta.url).pathname;
const weather = new URL('../../node_modules/vega-datasets/data/weather.csv', import.meta.url).pathname;
const folder = temporaryFolder();
let run: RunDocument;

beforeAll(async () => {
  mkdirSync(join(folder, 'data'));
  copyFileSync(weather, join(folder, 'data', 'weather.csv'));
  copyFileSync(join(examples, 'weather.experiment.yaml'), join(folder, 'weather.experiment.yaml'));
  const { document } = await callJson(folder, ['run', 'weather.experiment.yaml']);
  run = runDocumentSchema.parse(document);
}, 120_000);

async function predicted(rows: readonly string[]): Promise<string[]> {
  writeFileSync(join(folder, 'rows.csv'), `${rows.join('\n')}\n`);
  const { code, stderr } = await call(folder, ['predict', `run:${run.run.id}`, 'rows.csv', '-o', 'out.csv']);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  const [, ...lines] = readFileSync(join(folder, 'out.csv'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => line.split(',').slice(1).join(','));
}

const [header = '', ...days] = readFileSync(weather, 'utf8').trimEnd().split('\n');
const late = days.filter((day) => (day.split(',')[1] ?? '') >= '2015-06-01');

test('the run says as of when it joined and looked back', async () => {
  const { lineage } = run;
  // Of two places' first days nothing is known. The last day is asked about in the evening before, so that its own row is never used.
  expect(lineage.joins).toMatchObject([
    {
      name: 'yesterday',
      source: 'data/weather.csv',
      rows: 2922,
      matched: 2920,
      asOf: 'date',
      newest: '2015-12-30T00:00:00.000Z',
    },
  ]);
  expect(lineage.windows?.map(({ name, at, newest }) => [name, at, newest])).toEqual(
    ['rainy_days', 'fell', 'wind_before', 'warmer'].map((name) => [
      name,
      'date - 0.1',
      '2015-12-30T00:00:00.000Z',
    ]),
  );
  const shown = await call(folder, ['runs', 'show', run.run.id]);
  expect(shown.stdout).toContain(
    'joined yesterday: 2,920 rows have a match in data/weather.csv, the newest of 2015-12-30T00:00:00.000Z',
  );
  expect(shown.stdout).toContain(
    'looked back from date - 0.1: rainy_days, fell, wind_before, warmer, the newest of',
  );
  const { stdout } = await call(folder, ['card', `run:${run.run.id}`, '-o', 'card.md']);
  expect(stdout).toContain('card.md');
  expect(readFileSync(join(folder, 'card.md'), 'utf8')).toMatch(
    /Joined with `data\/weather.csv`, 2,922 rows: 2,920 rows have a match.*2015-12-30/,
  );
});

test('later rows have the history that they had in training, with the outcome in them or without', async () => {
  const all = await predicted([header, ...days]);
  const wanted = all.filter((_, row) => late.includes(days[row] ?? ''));
  expect(await predicted([header, ...late])).toEqual(wanted);
  // precipitation is what the target is computed from: who asks does not know it, and only the first days look at it.
  const blank = (line: string) =>
    line
      .split(',')
      .filter((_, column) => column !== 2)
      .join(',');
  const first = await predicted([blank(header), ...late.map(blank)]);
  expect([first[0], first.length]).toEqual([wanted[0], wanted.length]);
});

test('a table that has the values is taken at its word', async () => {
  const { stdout } = await call(folder, ['predict', `run:${run.run.id}`, 'rows.csv', '-o', 'out.csv']);
  expect(stdout).toContain(`${late.length} rows`);
  const rows = late.map((line) => `${line},0,0,0,0,0,0,0,0`);
  const names = 'yesterday.precipitation,yesterday.temp_max,yesterday.temp_min,yesterday.wind';
  const given = await predicted([`${header},${names},rainy_days,fell,wind_before,warmer`, ...rows]);
  const asComputed = await predicted([header, ...late]);
  expect(given.filter((line, row) => line !== asComputed[row]).length).toBeGreaterThan(400);
});

test('who asks over HTTP sends what the past gave, and is told what of it is missing', async () => {
  const joined = ['precipitation', 'temp_max', 'temp_min', 'wind'].map((name) => `yesterday.${name}`);
  const past = [...joined, 'rainy_days', 'fell', 'wind_before', 'warmer'];
  const random = createRandom(3, 'asked');
  const asked = late.slice(0, 40).map((line) => {
    const [location = '', date = ''] = line.split(',');
    // Of anything that might lie behind: rain of 0 to 30 mm, shares of days, degrees.
    const values = past.map((name) => (name === 'rainy_days' ? 1 : 30) * random.uniform());
    return {
      line,
      values,
      record: { location, date, ...Object.fromEntries(past.map((name, i) => [name, values[i]])) },
    };
  });
  const served = await serve(folder, run.artifacts.model);
  const records = asked.map(({ record }) => record);
  const { predictions } = await served.post('/invocations', { dataframe_records: records });
  const rows = asked.map(({ line, values }) => `${line},${values.join()}`);
  const given = await predicted([`${header},${past.join()}`, ...rows]);
  expect(predictions.map(String)).toEqual(given.map((line) => line.split(',', 1)[0]));
  expect(new Set(predictions).size).toBe(2);
  const without = records.map((record) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => name !== 'rainy_days')),
  );
  const answer = await served.post('/invocations', { dataframe_records: without });
  expect(answer.error).toMatchObject({ code: 'request-column-missing', row: 0, column: 'rainy_days' });
  await served.close();
});
