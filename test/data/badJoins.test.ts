/** Joins and windows that cannot be: one clear error each, that names the table, the column and what to do. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ModelwrightError } from '../../server/catalog/errors.ts';
import type { JoinSpec } from '../../server/data/table.ts';
import { temporaryFolder } from '../temporary.ts';
import { type SpecPart, tableOf } from './tableOf.ts';

const folder = temporaryFolder();
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const own = file('own.csv', 'who,day,x\n1,2025-01-01,2\n2,2025-01-02,3\n');
const other = file('other.csv', 'who,at,y\n1,2025-01-01,2\n1,2025-01-02,5\n');
const words = file('words.csv', 'who,at,y\na,2025-01-01,2\nb,2025-01-02,5\n');
const base: JoinSpec = { source: other, name: 'other', keys: ['who'], as_of: 'at', how: 'left' };

async function refusal(part: SpecPart, source = own): Promise<string> {
  try {
    await tableOf(source, { time: 'day', ...part });
  } catch (error) {
    if (error instanceof ModelwrightError) return `${error.code}: ${error.message} ${error.help}`;
    throw error;
  }
  return 'none';
}

test.each<[string, SpecPart, RegExp]>([
  [
    'a file that is not there',
    { joins: [{ ...base, source: join(folder, 'othr.csv') }] },
    /^data-not-found: .*othr\.csv.*Did you mean `other\.csv`/,
  ],
  [
    'a key that the other table lacks',
    { joins: [{ ...base, keys: ['whom'] }] },
    /^join-key: The rows of `.*other\.csv` cannot be matched by `whom`: it has no such column/,
  ],
  [
    'a key that the data lacks',
    { joins: [{ ...base, keys: ['y'] }] },
    /^join-key: .*by `y`: the data has no such column/,
  ],
  [
    'keys of two kinds',
    { joins: [{ ...base, source: words, name: 'words' }] },
    /^join-key: .*words\.csv` cannot be matched by `who`: it holds numbers in the data and text there/,
  ],
  [
    'several rows for one key and no time',
    { joins: [{ source: other, name: 'other', keys: ['who'], how: 'left' }] },
    /^join-ambiguous: `.*other\.csv` has 2 rows with `who` 1, .*Set `as_of`/,
  ],
  [
    'an as_of that is no column',
    { joins: [{ ...base, as_of: 'att' }] },
    /^join-time: .*no column `att`\. Did you mean `at`\?/,
  ],
  [
    'an as_of that is no date',
    { joins: [{ ...base, as_of: 'y' }] },
    /^join-time: .*`y` holds numbers, no dates\. .*a date is written as 2025-07-01 or/,
  ],
  [
    'an as_of and no time of the prediction',
    { joins: [base], time: 'none' },
    /^column-not-found: The data has no column `none`\. It has: who, day, x/,
  ],
  ['two tables of one name', { joins: [base, base] }, /^join-name-taken: .*two tables called `other`/],
  [
    'a window without a time',
    { time: 'x', features: [{ name: 'n', expr: 'count()' }] },
    /^window-time: `x` cannot say what was before a prediction: `x` holds numbers, no dates.*2025-07-01T12:00:00Z/,
  ],
  [
    'rows of a table that tells no time',
    {
      joins: [{ source: file('plain.csv', 'who,y\n1,2\n'), name: 'plain', keys: ['who'], how: 'left' }],
      features: [{ name: 'n', expr: 'count(plain)' }],
    },
    /^window-time: `n` cannot say what was before a prediction: the rows of `plain` have no `as_of`/,
  ],
  [
    'an aggregate of two tables at once',
    { joins: [base], features: [{ name: 'n', expr: 'sum(other.y * x)' }] },
    /^expression-failed: .*one table at a time/,
  ],
  [
    'an aggregate of an aggregate',
    { features: [{ name: 'n', expr: 'sum(x / mean(x))' }] },
    /^expression-failed: .*of an aggregate has no meaning/,
  ],
  [
    'a group that is not there',
    { features: [{ name: 'n', expr: 'count()', group: 'whose' }] },
    /^window-time: .*no column `whose`/,
  ],
  [
    'a name that is taken',
    { features: [{ name: 'x', expr: 'count()' }] },
    /^column-name-taken: `features\.derive` makes column `x`/,
  ],
  ['a lag ahead', { features: [{ name: 'n', expr: 'lag(x, -1)' }] }, /^(window-time|expression-failed): /],
])('%s', async (_, part, wanted) => {
  expect(await refusal(part)).toMatch(wanted);
});
