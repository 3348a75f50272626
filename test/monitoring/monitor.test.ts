import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLog } from '../../server/data/tables/readLog.ts';
import { openRowScorer, readShape } from '../../server/engines/rowScorer.ts';
import { readCheck } from '../../server/monitoring/lastCheck.ts';
import { readMonitorSettings } from '../../server/monitoring/monitorSettings.ts';
import { parseReference, referenceText } from '../../server/monitoring/referenceFile.ts';
import { replay } from '../../server/monitoring/replay.ts';
import { sliceSample } from '../../server/monitoring/slice.ts';
import { alarmed, cutWindows } from '../../server/monitoring/windows.ts';
import { executeOrder } from '../../server/runs/execute.ts';
import { monitor } from '../../server/runs/monitor.ts';
import { deploymentFolder, recordDeployment } from '../../server/serving/deployments.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { openStore } from '../../server/store/store.ts';
import { listRuns, readRun } from '../../server/tracking/runs.ts';
import { copyRun } from '../copyRun.ts';
import { temporaryFolder } from '../temporary.ts';
import { levels, numbers, sampleOf } from './sides.ts';

describe('the log of a deployment is read', () => {
  const line = (inputs: object, more: object = {}) =>
    `${JSON.stringify({ time: '2026-05-01T10:00:00.000Z', request: 'r', model: 'm', version: '1', row: 0, inputs, prediction: 1, score: 0.25, ...more })}\n`;
  it('without a segment that was removed since it was listed', async () => {
    const segments = [join(temporaryFolder(), '000001.jsonl')];
    const answer = { field: 'score', name: 'prediction', kind: 'numeric' } as const;
    const table = await openLog({ segments, model: 'm', version: '1', inputs: [], answer });
    expect(table.rowCount).toBe(0);
    await table.close();
  });

  const open = async (text: string | Buffer) => {
    const folder = temporaryFolder();
    const segment = join(folder, '000001.jsonl');
    writeFileSync(segment, text);
    return openLog({
      segments: [segment],
      model: 'm',
      version: '1',
      inputs: [
        { name: 'age', kind: 'numeric', input: 'float' },
        { name: 'a/b~"c"', kind: 'categorical', input: 'string' },
        { name: 'secret', kind: 'categorical', input: 'string' },
      ],
      answer: { field: 'score', name: 'prediction', kind: 'numeric' },
    });
  };

  it('up to where it was cut, with missing values, hostile names, and without what was redacted', async () => {
    const whole = line({ age: 30, 'a/b~"c"': 'x' }) + line({ age: null, 'a/b~"c"': "y'; DROP TABLE lines" });
    const table = await open(
      `${whole}${line({ age: 99, 'a/b~"c"': 'z' }, { model: 'other' })}${line({ age: 5 }).slice(0, 60)}`,
    );
    expect(table.rowCount).toBe(2);
    expect([...(await table.numbers('age'))]).toEqual([30, Number.NaN]);
    expect((await table.dictionary('a/b~"c"')).levels).toEqual(['x', "y'; DROP TABLE lines"]);
    expect([...(await table.numbers('prediction'))]).toEqual([0.25, 0.25]);
    expect(table.columns.map(({ name }) => name)).not.toContain('secret');
    await table.close();
  });

  it('without the lines that a crash or a stranger has spoilt, in the middle too', async () => {
    const good = (age: number) => line({ age });
    const spoilt: readonly (string | Buffer)[] = [
      good(1),
      `${good(2).slice(0, 70)}\n`,
      good(3),
      // A writer that died, and the next one on the same line.
      good(4).slice(0, 70),
      good(5),
      `${'\0'.repeat(4096)}\n`,
      good(6),
      Buffer.from([0x7b, 0xff, 0xfe, 0x0a]),
      good(7),
      '[1, 2]\n"text"\n17\nnull\n{}\n\n',
      good(8),
      line({ age: 'old' }),
      line({}, { inputs: 'none', score: 'high' }),
      line({ age: 9 }, { time: 'yesterday' }),
      line({ age: 10, 'a/b~"c"': 'x'.repeat(1_000_000) }),
      good(11),
    ];
    const table = await open(Buffer.concat(spoilt.map((part) => Buffer.from(part))));
    const ages = [...(await table.numbers('age'))].filter((age) => !Number.isNaN(age));
    expect(ages).toEqual([1, 3, 6, 7, 8, 9, 10, 11]);
    await table.close();
  });
});

describe('windows', () => {
  const times = (count: number, seconds: number) =>
    Float64Array.from({ length: count }, (_, row) => row * seconds);

  it('of rows are so many rows, the last one as many as there are', () => {
    expect(cutWindows(times(1050, 1), { rows: 500 }).map(({ rows }) => rows.length)).toEqual([500, 500, 50]);
  });

  it('of time end with it, those of fewer than 200 rows with the next', () => {
    const day = { seconds: 86_400 };
    expect(cutWindows(times(1000, 240), day).map(({ rows }) => rows.length)).toEqual([360, 360, 280]);
    expect(cutWindows(times(700, 864), day).map(({ rows }) => rows.length)).toEqual([200, 200, 200, 100]);
  });

  it('raise the alarm when so many of the last three have drifted, the newest among them', () => {
    expect(alarmed([true], 1)).toBe(true);
    expect(alarmed([true, false], 1)).toBe(false);
    expect(alarmed([true, false, true], 2)).toBe(true);
    expect(alarmed([true, false, false, true], 2)).toBe(false);
    expect(alarmed([true, true, true, true], 4)).toBe(true);
  });
});

describe('the reference', () => {
  const random = createRandom(4, 'reference');
  const values = Float64Array.from({ length: 600 }, (_, row) =>
    row % 50 === 0 ? Number.NaN : random.normal(),
  );
  const texts = Array.from(values, (value) => (value > 0 ? 'up' : 'down'));
  const sample = sampleOf([numbers('a', values), levels('b', texts)], 600);

  it('comes back from its file as it was', () => {
    const read = parseReference(referenceText(sample), 'reference.json');
    expect(read.columns[0]).toEqual(sample.columns[0]);
    expect(referenceText(read)).toBe(referenceText(sample));
    expect(() => parseReference('{"version": 1', 'reference.json')).toThrow('cannot be read');
  });

  it('is sliced with its counts', () => {
    const [a, b] = sliceSample(sample, Int32Array.of(0, 1, 2)).columns;
    expect(a).toMatchObject({ missing: 1 });
    expect(b?.form === 'levels' ? Array.from(b.counts).reduce((sum, count) => sum + count, 0) : 0).toBe(3);
  });

  it('replayed tells how often its own windows alarm: seldom where rows are alike, often where they go in seasons', async () => {
    const settings = readMonitorSettings({ monitor: { window: 100, drift: { effect: 'small' } } });
    const { signal } = new AbortController();
    const alike = await replay(sample, settings, 100, signal);
    expect(alike).toMatchObject({ rows: 100, windows: 11 });
    expect(alike.alarms).toBeLessThanOrEqual(2);
    const seasons = values.map((value, row) => value + 2 * Math.sin(row / 60));
    const found = await replay(sampleOf([numbers('a', seasons)], 600), settings, 100, signal);
    expect(found.rate).toBeGreaterThan(0.5);
    expect(found.low).toBeGreaterThan(alike.rate);
  });
});

describe('a model is watched', () => {
  it('by the log of its deployment and by a file, though the data that it was trained on is gone', async () => {
    const workspace = temporaryFolder();
    const random = createRandom(8, 'watched');
    const rows = Array.from({ length: 1_500 }, () => {
      const [age, plan] = [20 + random.int(50), ['basic', 'plus', 'pro'][random.int(3)] ?? ''];
      return {
        age,
        plan,
        mail: `p${random.int(1e9)}@example.org`,
        left: Number(age > 45 !== random.uniform() < 0.2),
      };
    });
    const csv = (list: typeof rows) =>
      ['age,plan,mail,left', ...list.map((row) => Object.values(row).join(','))].join('\n');
    writeFileSync(join(workspace, 'rows.csv'), csv(rows));
    writeFileSync(
      join(workspace, 'w.experiment.yaml'),
      'data: rows.csv\ntarget: left\nmodel: {gbdt: {trees: 5}}\nevaluate: {ci: {samples: 100}}\nmonitor: {window: 150, drift: {prediction: false}}\n',
    );
    const refused: string[] = [];
    await executeOrder(
      { kind: 'run', file: join(workspace, 'w.experiment.yaml'), workspace, overrides: [], variant: null },
      (message) => {
        if (message.kind === 'refused') refused.push(message.failure.message);
      },
    );
    expect(refused.join()).toBe('');
    const store = openStore(workspace);
    const run = readRun(store, listRuns(store)[0]?.id ?? '');
    const reference = readFileSync(join(workspace, run.document?.artifacts.reference ?? ''), 'utf8');
    expect(reference).not.toContain('example.org');
    writeFileSync(join(workspace, 'rows.csv'), 'gone');

    const model = {
      name: 'w',
      version: run.head.id,
      reference: `run:${run.head.id}`,
      path: '',
      run: run.head.id,
    };
    recordDeployment(store, { id: 'dep00001', models: [model], url: 'http://127.0.0.1:1' });
    const log = join(deploymentFolder(store, 'dep00001'), 'log');
    mkdirSync(log, { recursive: true });
    store.close();
    const lines = rows.slice(0, 600).map(({ age, plan }, row) => {
      const inputs = { age: row < 450 ? age : age + 15, plan };
      const time = new Date(1.7e12 + row * 1000).toISOString();
      return JSON.stringify({
        time,
        model: 'w',
        version: run.head.id,
        row: 0,
        inputs,
        prediction: 1,
        score: age > 45 ? 0.8 : 0.2,
      });
    });
    writeFileSync(join(log, '000001.jsonl'), `${lines.join('\n')}\n`);
    appendFileSync(join(log, '000001.jsonl'), '{"time": "2026');

    const request = { workspace, model: null, replay: false, signal: new AbortController().signal };
    const watched = await monitor({ ...request, subject: 'w' });
    expect(watched.windows.map(({ rows: count }) => count)).toEqual([150, 150, 150, 150]);
    expect(watched.windows.map(({ alarm }) => alarm)).toEqual([false, false, false, true]);
    expect(watched.windows[3]?.columns).toContain('age');
    expect(watched.report?.columns.map(({ column }) => column).sort()).toEqual(['age', 'plan']);

    // Rows of which an input is kept back cannot be asked again.
    const kept = () => readCheck(join(log, '..'))?.replayed;
    expect(kept()).toBeUndefined();
    const whole = rows.slice(0, 200).map(({ age, plan, mail }, row) => {
      const time = new Date(1.7e12 + row * 1000).toISOString();
      return { time, model: 'w', version: run.head.id, row: 0, inputs: { age, plan, mail }, prediction: 1 };
    });
    const replayed = async (scores: readonly number[]) => {
      const answered = whole.map((line, row) => JSON.stringify({ ...line, score: scores[row] }));
      writeFileSync(join(log, '000001.jsonl'), answered.join('\n'));
      await monitor({ ...request, subject: 'w' });
      return kept();
    };
    const bytes = readFileSync(join(workspace, run.document?.artifacts.model ?? ''));
    const scorer = await openRowScorer(bytes);
    const scores: number[] = [];
    for (const { inputs } of whole) {
      const asked = { rows: 1, floats: Float32Array.of(inputs.age), strings: [inputs.plan, inputs.mail] };
      scores.push((await scorer.score(asked)).values[readShape(bytes).positive] ?? 0);
    }
    await scorer.close();
    expect(await replayed(scores)).toEqual({ rows: 200, differing: 0, largest: 0 });
    // As another file would answer: some rows by a little.
    const other = await replayed(scores.map((score, row) => score + (row % 8 === 0 ? 1e-3 : 1e-9)));
    expect(other).toMatchObject({ rows: 200, differing: 25 });
    expect(other?.largest).toBeCloseTo(1e-3, 6);

    writeFileSync(join(workspace, 'same.csv'), csv(rows.slice(0, 400)));
    const file = { ...request, subject: 'same.csv', model: `run:${run.head.id}` };
    expect((await monitor(file)).alarm).toBe(false);
    await expect(monitor({ ...file, model: null })).rejects.toMatchObject({ code: 'monitor-without-model' });
    const another = openStore(workspace);
    const experiment = { ...run.request.experiment, monitor: { drift: { features: ['x*'] } } };
    const { runId } = copyRun(another, { ...run, request: { ...run.request, experiment } });
    another.close();
    await expect(monitor({ ...file, model: `run:${runId}` })).rejects.toMatchObject({
      code: 'monitor-nothing-watched',
      help: 'Its test rows have age, plan; write `all`, or names and patterns of these.',
    });
    await expect(monitor({ ...file, subject: 'none.csv' })).rejects.toMatchObject({
      code: 'monitor-not-found',
    });
  });
});
