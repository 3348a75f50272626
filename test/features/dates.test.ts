/** Calendar parts against pandas. */
import { describe, expect, test } from 'vitest';
import { allRows, fitOn, linearNeeds, tableOf, valuesOf } from './csvTable.ts';
import { expectClose, oracleTable } from './expected.ts';

const { matrixOf } = await oracleTable();

describe('dates', () => {
  const all = ['year', 'quarter', 'month', 'week', 'day', 'dayofyear', 'weekday', 'hour', 'minute', 'second'];

  test('calendar parts as pandas', async () => {
    const parts = [...all, 'minuteofday', 'weekend'];
    const matrix = await matrixOf(['opened'], { datetime: { parts, cyclic: false } });
    for (const part of parts) expectClose(valuesOf(matrix, `opened ${part}`), `opened ${part}`);
  });

  test('cyclic adds sine and cosine of parts that come round', async () => {
    const matrix = await matrixOf(['opened'], { datetime: { parts: ['year', 'month'], cyclic: true } });
    const names = ['opened year', 'opened month', 'opened month sin', 'opened month cos'];
    expect(matrix.columns.map(({ name }) => name)).toEqual(names);
    for (const name of names) expectClose(valuesOf(matrix, name), name);
  });

  test('auto keeps the parts that vary, with pairs only for families that need scaling', async () => {
    const trees = await matrixOf(['opened'], {});
    expect(trees.columns.map(({ name }) => name)).toEqual(
      ['year', 'dayofyear', 'day', 'weekday', 'minuteofday'].map((part) => `opened ${part}`),
    );
    const linear = await matrixOf(['opened'], {}, { needs: linearNeeds });
    expect(linear.columns.map(({ name }) => name)).toContain('opened weekday cos');
    // The parts are missing together, so there is one indicator.
    expect(linear.columns.filter(({ name }) => name.endsWith('is missing'))).toHaveLength(1);
    const plain = await matrixOf(['opened'], { datetime: { cyclic: false } }, { needs: linearNeeds });
    expect(plain.columns.map(({ name }) => name)).not.toContain('opened weekday cos');
  });

  test.each(['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe'])(
    'parts by the clocks of %s as pandas',
    async (timezone) => {
      const parts = ['day', 'dayofyear', 'hour', 'minute'];
      const matrix = await matrixOf(['opened'], { datetime: { parts, cyclic: false, timezone } });
      for (const part of parts) expectClose(valuesOf(matrix, `opened ${part}`), `opened ${timezone} ${part}`);
    },
  );

  test('days without a time of day are the same in every zone', async () => {
    const days = await tableOf('opened\n2024-01-01\n2024-07-01');
    const features = await fitOn(days, ['opened'], {
      settings: { datetime: { parts: ['day'], cyclic: false, timezone: 'America/New_York' } },
    });
    expect(valuesOf(await features.transform(allRows(days)), 'opened day')).toEqual([1, 1]);
    await days.close();
  });

  test('rows that come later are told only by cycles that training has seen whole', async () => {
    const partsSeen = async (days: number, later: boolean) => {
      const dates = Array.from({ length: days }, (_, day) =>
        new Date(Date.UTC(2023, 0, 1 + day)).toISOString().slice(0, 10),
      );
      const opened = await tableOf(['opened', ...dates].join('\n'));
      const features = await fitOn(opened, ['opened'], { trainRows: allRows(opened), later, settings: {} });
      const names = features.columns.map(({ name }) => name.replace('opened ', ''));
      await opened.close();
      return names;
    };
    expect(await partsSeen(100, false)).toEqual(['dayofyear', 'day', 'weekday']);
    expect(await partsSeen(100, true)).toEqual(['weekday']);
    expect(await partsSeen(20, true)).toEqual(['weekday']);
    expect(await partsSeen(400, true)).toEqual(['month', 'day', 'weekday']);
    expect(await partsSeen(800, true)).toEqual(['year', 'month', 'day', 'weekday']);
  });
});
