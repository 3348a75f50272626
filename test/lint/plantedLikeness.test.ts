import { customers, describePlants, inTime, part, rows, two, twoFiles, withColumn } from './plants.ts';
import { type Columns, Drawing, plain } from './tables.ts';

/** Two files, of which the second has its columns moved by so many standard deviations. */
const apart = (by: number): [Columns, string, Record<string, Columns>] => {
  const d = new Drawing(400, 22);
  const test = plain(400, 2);
  const moved = { ...test, a: (test['a'] ?? []).map((cell) => Number(cell) + 10 * by), b: d.normal(by) };
  return [plain(rows), twoFiles, { 'test.csv': moved }];
};

/** A table of short messages; `copied` of the last ones repeat an earlier one but for a word. */
const messages = (copied: number): Columns => {
  const d = new Drawing(600, 23);
  const words = Array.from({ length: 400 }, (_, i) => `word${i}`);
  const text = d.column(() => Array.from({ length: 25 }, () => words[d.random.int(400)]).join(' '));
  for (let row = 600 - copied; row < 600; row++) text[row] = `${text[row - 400] ?? ''} indeed`;
  return { text, ...plain(600) };
};

/** The text is all that the model is given. */
const alone = ({ text = [], y = [] }: Columns): Columns => ({ text, y });

const givenInTime = 'data: {source: {train: data.csv, test: test.csv}, time: day}\ntarget: y\n';
/** Two files; one in so many of the test rows has a level that training does not know. */
const opened = (every: number, column = 'shop'): [Columns, string, Record<string, Columns>] => {
  const level = (count: number, seed: number, late: boolean) => {
    const d = new Drawing(count, seed);
    return d.column((row) => (late && every > 0 && row % every === 3 ? 'new' : `s${d.random.int(5)}`));
  };
  return [
    { ...plain(rows), [column]: level(rows, 31, false) },
    twoFiles,
    { 'test.csv': { ...plain(400, 2), [column]: level(400, 32, true) } },
  ];
};

describePlants([
  {
    rule: 'test-not-representative',
    severity: 'warning',
    fix: 'Draw the test rows from all files',
    fault: () => apart(0.5),
    clean: () => apart(0.1),
  },
  {
    rule: 'feature-shift-split',
    severity: 'info',
    fault: () => apart(0.4),
    clean: () => apart(0.1),
  },
  {
    rule: 'relation-shift-split',
    column: 'hint',
    severity: 'info',
    fix: 'Exclude hint',
    fault: () => {
      const d = new Drawing(500, 27);
      const test = plain(500, 3);
      return [
        withColumn('hint', (y, _, each) => (each.random.int(5) ? y : each.random.int(2))),
        twoFiles,
        { 'test.csv': { ...test, hint: d.whole(0, 1) } },
      ];
    },
    clean: () => {
      const d = new Drawing(500, 27);
      const test = plain(500, 3);
      return [
        withColumn('hint', (y, _, each) => (each.random.int(5) ? y : each.random.int(2))),
        twoFiles,
        {
          'test.csv': {
            ...test,
            hint: (test['y'] ?? []).map((y) => (d.random.int(5) ? y : d.random.int(2))),
          },
        },
      ];
    },
  },
  {
    rule: 'near-duplicate-overlap',
    column: 'text',
    severity: 'warning',
    fault: () => [part(messages(60), 0, 300), twoFiles, { 'test.csv': part(messages(60), 300) }],
    clean: () => [part(messages(0), 0, 300), twoFiles, { 'test.csv': part(messages(0), 300) }],
  },
  {
    rule: 'near-duplicate-overlap',
    column: 'text',
    fix: 'Set split.dedupe: 0.7',
    fault: () => [alone(messages(60)), two],
    clean: () => [alone(messages(0)), two],
  },
  {
    rule: 'no-cross-validation',
    severity: 'info',
    fix: 'Set split.cv: 5',
    fault: () => [plain(rows), `${two}split: {cv: 0}\n`],
    clean: () => [plain(rows)],
  },
  {
    rule: 'no-cross-validation',
    fix: 'Set split.cv: 5 instead',
    fault: () => [plain(rows), `${two}split: {valid: 0.1}\n`],
    clean: () => [plain(5000), `${two}split: {valid: 0.1}\n`],
  },
  {
    rule: 'gate-within-noise',
    severity: 'warning',
    fix: 'Ask for a significant difference',
    fault: () => [plain(rows), `${two}gates: [roc_auc > champion + 0.01]\n`],
    clean: () => [plain(rows), `${two}gates: [roc_auc > champion + 0.2]\n`],
  },
  {
    rule: 'test-not-representative',
    fault: () => apart(1),
    // Groups and times differ because the split says so.
    clean: () => [customers(10, 2), 'data: {source: data.csv, group: customer}\ntarget: y\n'],
  },
  {
    rule: 'time-tie',
    column: 'day',
    severity: 'info',
    // The files are cut within a day, and between two.
    fault: () => [part(inTime(0), 0, 801), givenInTime, { 'test.csv': part(inTime(0), 801) }],
    clean: () => [part(inTime(0), 0, 800), givenInTime, { 'test.csv': part(inTime(0), 800) }],
  },
  {
    rule: 'not-stratified',
    column: 'y',
    severity: 'info',
    fix: 'Use stratified',
    fault: () => [plain(rows, 1, -2.2), `${two}split: {method: random}\n`],
    clean: () => [plain(rows), `${two}split: {method: random}\n`],
  },
  {
    rule: 'unseen-category',
    column: 'shop',
    severity: 'warning',
    fault: () => opened(12),
    clean: () => opened(0),
  },
  {
    rule: 'unseen-category',
    column: 'desk',
    severity: 'warning',
    fault: () => opened(12, 'desk'),
    // Of forty desks in a hundred rows chance leaves some to the test alone.
    clean: () => {
      const d = new Drawing(100, 3);
      return [{ ...plain(100), desk: d.column(() => `desk ${d.random.int(40)}`) }];
    },
  },
]);
