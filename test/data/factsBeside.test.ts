import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveExperiment } from '../../server/config/resolve.ts';
import { collectFacts } from '../../server/data/collectFacts.ts';
import { Database } from '../../server/data/database.ts';
import { FactsThread } from '../../server/data/factsBeside.ts';
import { openTable } from '../../server/data/openTable.ts';
import { tableSpec } from '../../server/data/spec.ts';

/** Numbers of every kind, dates, texts, gaps and equal rows. */
const select = `SELECT i AS id, round(sin(i) * 100, 1) AS wave, exp(cos(i)) AS curve,
  CASE WHEN i % 9 > 0 THEN i * 9007199254740993 END AS huge, TIMESTAMP '2024-01-01' + to_hours(i) AS at,
  CASE WHEN i % 50 = 0 THEN 'infinity'::DOUBLE ELSE (i % 13) / 4 END AS rate, 'c' || i % 11 AS shop,
  i % 3 = 0 AS y FROM (SELECT i % 700 AS i FROM range(2000) t(i))`;

test.each(['parquet', 'csv'])(
  'a thread that shares the work finds the facts that one alone finds, of %s',
  async (format) => {
    const folder = mkdtempSync(join(tmpdir(), 'modelwright-beside-'));
    try {
      const database = await Database.open({ tempDirectory: folder });
      await database.run(`COPY (${select}) TO '${join(folder, `t.${format}`)}' (FORMAT ${format})`);
      database.close();
      const data = { source: `t.${format}`, time: 'at' };
      const experiment = resolveExperiment(
        { data, target: 'y', split: 0.3 },
        join(folder, 't.experiment.yaml'),
      );
      const facts = async (start: typeof FactsThread.start) => {
        const table = await openTable(tableSpec(experiment, folder), { tempDirectory: folder });
        try {
          return await collectFacts(experiment, table, start);
        } finally {
          await table.close();
        }
      };
      const alone = await facts(() => undefined);
      expect(await facts(() => new FactsThread())).toEqual(alone);
      expect(alone.twins.repeats).toBeGreaterThan(1000);
      expect(Object.keys(alone.links)).toContain('wave');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
