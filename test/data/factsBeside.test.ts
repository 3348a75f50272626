import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { resolveExperiment } from '../../server/config/resolve.ts';
import { Database } from '../../server/data/duckdb/database.ts';
import { collectFacts } from '../../server/data/facts/collectFacts.ts';
import { lookAtNumbers } from '../../server/data/facts/columnLooks.ts';
import { FactsThread } from '../../server/data/facts/factsBeside.ts';
import { tableSpec } from '../../server/data/spec.ts';
import { openTable } from '../../server/data/tables/openTable.ts';
import { temporaryFolder } from '../temporary.ts';

const folder = temporaryFolder();

/** Numbers of every kind, dates, texts, gaps and equal rows. */
const select = `SELECT i AS id, round(sin(i) * 100, 1) AS wave, exp(cos(i)) AS curve,
  CASE WHEN i % 9 > 0 THEN i * 9007199254740993 END AS huge, TIMESTAMP '2024-01-01' + to_hours(i) AS at,
  CASE WHEN i % 50 = 0 THEN 'infinity'::DOUBLE ELSE (i % 13) / 4 END AS rate, 'c' || i % 11 AS shop,
  i % 3 = 0 AS y FROM (SELECT i % 700 AS i FROM range(2000) t(i))`;

/** A question for the facts of the rows, of one table that is opened for it. */
async function openRows(format: string) {
  const file = join(folder, `t.${format}`);
  const database = await Database.open({ tempDirectory: folder });
  await database.run(`COPY (${select}) TO '${file}' (FORMAT ${format})`);
  database.close();
  const data = { source: file, time: 'at' };
  const experiment = resolveExperiment({ data, target: 'y', split: 0.3 }, join(folder, 't.experiment.yaml'));
  const table = await openTable(tableSpec(experiment, folder), { tempDirectory: folder });
  onTestFinished(() => table.close());
  return (start: typeof FactsThread.start) => collectFacts(experiment, table, start);
}

const alone = () => undefined;

test.each(['parquet', 'csv'])(
  'a thread that shares the work finds the facts that one alone finds, of %s',
  async (format) => {
    const facts = await (await openRows(format))(alone);
    expect(await (await openRows(format))(() => new FactsThread())).toEqual(facts);
    expect(facts.twins.repeats).toBeGreaterThan(1000);
    expect(Object.keys(facts.links)).toContain('wave');
  },
);

test('a thread that fails fails the question, and the next one is answered', async () => {
  const ask = await openRows('parquet');
  const failing = () =>
    Object.assign(new FactsThread(), { look: () => Promise.reject(new Error('the thread is gone')) });
  await expect(ask(failing)).rejects.toThrow('the thread is gone');
  expect(await ask(() => new FactsThread())).toEqual(await (await openRows('parquet'))(alone));
});

test('a column that the thread has not begun with can be taken back, and the thread goes on with what follows', async () => {
  const thread = new FactsThread();
  onTestFinished(() => thread.close());
  const column = {
    name: 'n',
    kind: 'numeric',
    type: 'TINYINT',
    sql: 'n',
    input: 'float',
    decimal: '.',
    derived: false,
  } as const;
  const offsets = new Int32Array(new SharedArrayBuffer(4 * 1000)).map((_, row) => 1 + (row % 3));
  const fetched = { column, offsets, range: { min: 0, max: 2, present: 1000 } };
  const role = { feature: true, target: false, linked: true, protected: false, rare: 0.01 };
  const work = { fetched, missing: undefined, role, profiled: false };
  const question = {
    linker: undefined,
    linear: false,
    assignment: undefined,
    shift: undefined,
    trend: undefined,
    jumps: undefined,
  };
  // The thread takes longer to start than this.
  const looked = thread.look(work);
  const described = thread.describe(work);
  expect(thread.takeBack((taken) => lookAtNumbers(taken, question))).toBe(true);
  expect(thread.takeBack(() => expect.unreachable())).toBe(false);
  const here = lookAtNumbers(work, question);
  expect(await looked).toEqual(here);
  expect(await described).toEqual(here.described);
});
