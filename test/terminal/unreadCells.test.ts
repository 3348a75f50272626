/** What a model takes for missing although something stands there is told by predict and evaluate: it was lost in silence. */
import { expect, test } from 'vitest';
import { call, callJson, folderWith, shopCsv } from './command.ts';

const good = shopCsv(300);
/** Seconds since 1970: numbers, and no dates. */
const seconds = good.replaceAll(/\d{4}-\d\d-\d\d/g, (day) => String(Date.parse(day) / 1000));
/** Dates as 03/01/2023 in all rows; in two rows no age, of which one is empty and one is text. */
const odd = good
  .replaceAll(/(\d{4})-(\d\d)-(\d\d)/g, '$3/$2/$1')
  .replace(/^3,[^,]*/m, '3,')
  .replace(/^4,[^,]*/m, '4,old');

test('predict and evaluate tell what they could not read', async () => {
  const folder = folderWith({
    'x.experiment.yaml':
      'data: {source: t.csv, id: id}\ntarget: bought\nmodel: linear\nfeatures: [age, plan, since]\nbaseline: [dummy]\n',
    't.csv': good,
    'odd.csv': odd,
    'seconds.csv': seconds,
  });
  const { stdout } = await call(folder, ['run', 'x.experiment.yaml']);
  const [, id] = /^x +run (\w+)/m.exec(stdout) ?? [];
  const age = 'Column `age`: 1 of 300 rows hold no number, but text such as "old": they count as missing.';
  const since =
    /^Column `since`: 300 of 300 rows hold no date such as 2024-05-31, but text such as "\d\d\/\d\d\/\d{4}"/;
  for (const args of [
    ['predict', `run:${id}`, 'odd.csv', '-o', 'p.csv'],
    ['evaluate', `run:${id}`, 'odd.csv'],
  ]) {
    const { document } = await callJson(folder, args);
    const { warnings } = document as { warnings: string[] };
    expect(warnings).toContain(age);
    expect(warnings).toContainEqual(expect.stringMatching(since));
  }
  const counted = await callJson(folder, ['predict', `run:${id}`, 'seconds.csv', '-o', 's.csv']);
  expect((counted.document as { warnings: string[] }).warnings).toEqual([
    expect.stringMatching(/^Column `since`: 300 of 300 rows hold no date such as 2024-05-31, but 1\d{9}: /),
  ]);
  const { document } = await callJson(folder, ['predict', `run:${id}`, 't.csv', '-o', 'q.csv']);
  expect((document as { warnings: string[] }).warnings).toEqual([]);
});

test('a row whose time cannot be read has no past, and that is told', async () => {
  const folder = folderWith({
    'x.experiment.yaml':
      'data: {source: t.csv, id: id, time: since}\ntarget: bought\nmodel: linear\nfeatures: {include: [age, past], derive: [{name: past, expr: mean(age), group: plan}]}\nbaseline: [dummy]\n',
    't.csv': good,
    'odd.csv': good.replace(/^(4,.*)(\d{4})-(\d\d)-(\d\d)/m, '$1$4/$3/$2'),
  });
  const { stdout } = await call(folder, ['run', 'x.experiment.yaml']);
  const [, id] = /^x +run (\w+)/m.exec(stdout) ?? [];
  const { document } = await callJson(folder, ['predict', `run:${id}`, 'odd.csv', '-o', 'p.csv']);
  expect((document as { warnings: string[] }).warnings).toEqual([
    expect.stringMatching(
      /^Column `since`: 1 of 300 rows hold no date such as 2024-05-31, but text such as "/,
    ),
  ]);
});
