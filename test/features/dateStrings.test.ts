/** Dates inside the model file: every day of the calendar, and no string that can fail a batch. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dateParts as datePartNames } from '../../server/catalog/columns.ts';
import { missingEpoch } from '../../server/data/table.ts';
import { type OnnxSession, openSession } from '../../server/engines/session.ts';
import { appendDateFeatures } from '../../server/features/dateParts.ts';
import { appendEpochs } from '../../server/features/dateStrings.ts';
import { createGraph } from '../../server/onnx/graph.ts';

let session: OnnxSession;
beforeAll(async () => {
  const graph = createGraph();
  const columns = ['d', 'e'].map((name) => graph.input(name, 'string', 1));
  const epochs = appendEpochs(graph, columns, new Set(columns));
  graph.node('Identity', [epochs], {}, { name: 'epochs' });
  graph.output('epochs', 'int64', ['n', 2]);
  const parts = datePartNames.map((part) => ({ date: 0, part, form: 'number' }) as const);
  graph.node(
    'Identity',
    [appendDateFeatures(graph, epochs, [undefined, undefined], parts)],
    {},
    { name: 'parts' },
  );
  graph.output('parts', 'float', ['n', parts.length]);
  session = await openSession(graph.build({}));
});
afterAll(() => session.close());

async function read(texts: readonly string[]) {
  const feed = { type: 'string', data: texts, shape: [texts.length, 1] } as const;
  const results = await session.run(
    new Map([
      ['d', feed],
      ['e', feed],
    ]),
  );
  const epochs = results.get('epochs')?.data;
  const parts = results.get('parts')?.data;
  if (!(epochs instanceof BigInt64Array) || !(parts instanceof Float32Array)) throw new Error('no results');
  return { epochs: Array.from(texts, (_, row) => epochs[2 * row] ?? 0n), parts };
}

test('every day from 1600 to 2399 is read, and its parts are those of the calendar', async () => {
  const first = Date.UTC(1600, 0, 1);
  const days = Math.round((Date.UTC(2400, 0, 1) - first) / 86_400_000);
  // A different second of each day.
  const dates = Array.from(
    { length: days },
    (_, day) => new Date(first + day * 86_400_000 + ((day * 7919) % 86_400) * 1000),
  );
  const { epochs, parts } = await read(dates.map((date) => date.toISOString().slice(0, 19)));
  let wrong = 0;
  dates.forEach((date, row) => {
    const year = date.getUTCFullYear();
    const weekday = (date.getUTCDay() + 6) % 7;
    const dayofyear = Math.floor((date.getTime() - Date.UTC(year, 0, 1)) / 86_400_000) + 1;
    const expected = {
      year,
      quarter: Math.floor(date.getUTCMonth() / 3) + 1,
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      dayofyear,
      weekday,
      weekend: weekday >= 5 ? 1 : 0,
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      minuteofday: date.getUTCHours() * 60 + date.getUTCMinutes(),
      week: isoWeek(date),
    };
    const agrees = datePartNames.every(
      (part, index) => parts[row * datePartNames.length + index] === expected[part],
    );
    if (epochs[row] !== BigInt(date.getTime() / 1000) || !agrees) wrong++;
  });
  expect(wrong).toBe(0);
});

/** The week that holds the Thursday of this day's week. */
function isoWeek(date: Date): number {
  const thursday = new Date(date.getTime() + (3 - ((date.getUTCDay() + 6) % 7)) * 86_400_000);
  return Math.floor((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / (7 * 86_400_000)) + 1;
}

test('a date without a time is its midnight', async () => {
  expect((await read(['2001-06-01'])).epochs).toEqual([BigInt(Date.UTC(2001, 5, 1) / 1000)]);
});

test('malformed and impossible dates are missing', async () => {
  const bad = [
    '',
    'T',
    '-',
    ':',
    '2001-02-29T00:00:00',
    '1900-02-29',
    '2001-04-31',
    '2001-00-10',
    '2001-01-00',
    '2001-01-32',
    '1599-12-31',
    '2400-01-01',
    '2001-1-01',
    '2001-01-01T24:00:00',
    '2001-01-01T00:60:00',
    '2001-01-01T00:00:60',
    '2001-01-01T00:00',
    '2001-01-01T00',
    '2001-01-01T00:00:00T',
    '2001-01-01T00:00:00:00',
    '2001-01-01-01',
    '-2001-01-01',
    '2001-01-01T',
    '2001-01-01 00:00:00',
    '２００１-01-01',
    '2001-01-01T00:00:00Z',
    ' 2001-01-01',
    '2001-01-01\0',
  ];
  const { epochs, parts } = await read(bad);
  expect(epochs).toEqual(bad.map(() => missingEpoch));
  expect(parts.every(Number.isNaN)).toBe(true);
});

test('no string fails a batch, and none that is not a date is read as one', async () => {
  const piece = fc.constantFrom(
    '2001',
    '1999',
    '02',
    '29',
    '12',
    '-',
    ':',
    'T',
    '0',
    '00',
    ' ',
    '\0',
    'é',
    '-x',
    '',
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary' }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 40 }), async (texts) => {
      const { epochs } = await read(texts);
      texts.forEach((value, row) => {
        const isDate = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?$/.test(value);
        // Date accepts what does not exist, such as 30 February: it must come back as it was written.
        const full = value.length === 10 ? `${value}T00:00:00` : value;
        const epoch = isDate ? Date.parse(`${full}Z`) : Number.NaN;
        const exists = !Number.isNaN(epoch) && new Date(epoch).toISOString().startsWith(full);
        const isInRange = value >= '1600' && value < '2400';
        expect(epochs[row], JSON.stringify(value)).toBe(
          exists && isInRange ? BigInt(epoch / 1000) : missingEpoch,
        );
      });
    }),
    { seed: 5, numRuns: 300 },
  );
});
