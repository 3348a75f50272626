import { appendFileSync, chmodSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTable } from '../../server/data/tables/openTable.ts';
import { logSegments, openPredictionLog, readPredictionLog } from '../../server/serving/predictionLog.ts';
import { temporaryFolder, withoutPrivileges } from '../temporary.ts';

const forever = { keepMilliseconds: 1e12 };

describe('the prediction log', () => {
  it('is written before whoever appended goes on, without being closed', async () => {
    const folder = join(temporaryFolder(), 'log');
    const log = openPredictionLog(folder, forever);
    log.append({ row: 1 });
    log.append({ row: 2 });
    await undefined;
    expect(readPredictionLog(folder, 10)).toEqual([{ row: 1 }, { row: 2 }]);
    log.close();
  });

  it('begins a segment when one is full, and reads over segments from the end', async () => {
    const folder = join(temporaryFolder(), 'log');
    const log = openPredictionLog(folder, { ...forever, segment: 100 });
    for (let row = 0; row < 50; row++) {
      log.append({ row, text: 'ü"\n'.repeat(3) });
      await undefined;
    }
    log.close();
    expect(logSegments(folder).length).toBeGreaterThan(10);
    expect(readPredictionLog(folder, 7).map(({ row }) => row)).toEqual([43, 44, 45, 46, 47, 48, 49]);
    expect(readPredictionLog(folder, 1_000)).toHaveLength(50);
  });

  it('passes over a line that was cut, and goes on in a new segment', () => {
    const folder = join(temporaryFolder(), 'log');
    const first = openPredictionLog(folder, forever);
    first.append({ row: 1 });
    first.close();
    appendFileSync(logSegments(folder)[0] ?? '', '{"row": 2, "inp');
    const second = openPredictionLog(folder, forever);
    second.append({ row: 3 });
    second.close();
    expect(readPredictionLog(folder, 10)).toEqual([{ row: 1 }, { row: 3 }]);
  });

  it('removes segments that are older than they are kept', () => {
    const folder = join(temporaryFolder(), 'log');
    mkdirSync(folder);
    writeFileSync(join(folder, '000007.jsonl'), '{"row":0}\n');
    utimesSync(join(folder, '000007.jsonl'), 1, 1);
    const log = openPredictionLog(folder, { keepMilliseconds: 1_000 });
    log.append({ row: 1 });
    log.close();
    expect(readPredictionLog(folder, 10)).toEqual([{ row: 1 }]);
  });

  it('counts what it could not write, and throws nothing', () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o555);
    withoutPrivileges(() => {
      const log = openPredictionLog(join(folder, 'log'), forever);
      log.append({ row: 1 });
      log.close();
      expect(log.lost).toBe(1);
    });
  });

  it('counts what it could not write where a file stands in its place', () => {
    const folder = join(temporaryFolder(), 'log');
    writeFileSync(folder, '');
    const log = openPredictionLog(folder, forever);
    log.append({ row: 1 });
    log.append({ row: 2 });
    log.close();
    expect(log.lost).toBe(2);
  });

  it('that may not be read is told with its file, and a segment that has gone is none', () => {
    const parent = temporaryFolder();
    chmodSync(parent, 0o755);
    const folder = join(parent, 'log');
    const log = openPredictionLog(folder, forever);
    log.append({ row: 1 });
    log.close();
    mkdirSync(join(folder, '000002.jsonl'));
    const [segment = ''] = logSegments(folder);
    expect(readPredictionLog(folder, 10)).toEqual([{ row: 1 }]);
    chmodSync(segment, 0);
    withoutPrivileges(() =>
      expect(() => readPredictionLog(folder, 10)).toThrow(`The data \`${segment}\` cannot be read`),
    );
  });

  it('takes an even share of the rows', () => {
    const log = openPredictionLog(join(temporaryFolder(), 'log'), forever);
    expect(Array.from({ length: 1_000 }, () => log.sampled(0.25)).filter(Boolean)).toHaveLength(250);
    expect(Array.from({ length: 10 }, () => log.sampled(1))).not.toContain(false);
    expect(Array.from({ length: 10 }, () => log.sampled(0))).not.toContain(true);
  });

  it('is JSON lines that the table reader reads', async () => {
    const folder = join(temporaryFolder(), 'log');
    const log = openPredictionLog(folder, forever);
    log.append({ row: 0, inputs: { age: 3 }, score: 0.5 });
    log.close();
    const [segment = ''] = logSegments(folder);
    expect(readFileSync(segment, 'utf8')).toBe('{"row":0,"inputs":{"age":3},"score":0.5}\n');
    const table = await openTable({ source: [segment], format: 'jsonl', read: {}, derive: [], kinds: {} });
    expect(table.rowCount).toBe(1);
    expect(table.columns.map(({ name }) => name)).toContain('score');
    await table.close();
  });
});
