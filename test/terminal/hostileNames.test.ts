/** Names that would break a shell, a terminal, a path, a page or an object are only names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRandom } from '../../server/statistics/random.ts';
import { call, callJson, folderWith } from './command.ts';
import * as contract from './contract.ts';

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: it is a name like another.
const names = [
  ...[
    'label',
    'probabilities',
    'prediction',
    'row',
    'split',
    'score',
    'target',
    '#',
    '/',
    '*',
    '.',
    '-',
    '--json',
  ],
  ...[
    '../../etc/passwd',
    '<script>alert(1)</script>',
    '"',
    "'",
    '`',
    '$(id)',
    '${env:HOME}',
    '|',
    '\\',
    '%s',
  ],
  ...['a\nb', ' padded ', '\u001b[31mred', '\u202eevil', '😀', 'é', 'e\u0301', 'x'.repeat(10_000)],
  ...['__proto__', 'constructor', 'toString', 'x#epoch', 'NA', 'null', 'true', '1'],
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: it is a name like another.
const yes = '<b>../yes</b>\u202e';
const experiment = 'baseline: [dummy]\nmodel: {gbdt: {trees: 10}}\n';
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** Numbers and categories in turn, the first of which decides the target. */
function tableOf(columns: readonly string[], target: string): string {
  const random = createRandom(5, 'hostile');
  const lines = [[...columns, target].map(quoted).join(',')];
  for (let row = 0; row < 240; row++) {
    const cells = columns.map((_, at) =>
      at % 2 === 0 ? random.uniform().toFixed(4) : quoted(names[random.int(9)] ?? ''),
    );
    lines.push([...cells, Number(cells[0]) > 0.5 ? quoted(yes) : 'no'].join(','));
  }
  return `${lines.join('\n')}\n`;
}

test('as columns and labels: each is a feature, and no page takes one for markup', async () => {
  const folder = folderWith({
    't.csv': tableOf(names, 'y'),
    'x.experiment.yaml': `data: t.csv\ntarget: y\n${experiment}`,
  });
  const { code, document } = await callJson(folder, ['run', 'x.experiment.yaml']);
  expect(code).toBe(0);
  const { run, features, artifacts, classes } = contract.run.parse(document);
  expect(features).toMatchObject(names.map((name) => ({ name })));
  expect(classes).toEqual([yes, 'no'].toSorted());
  const predicted = await callJson(folder, ['predict', `run:${run.id}`, 't.csv', '-o', 'out.csv']);
  expect(predicted.document).toMatchObject({ output: 'out.csv', rows: 240 });
  expect((await call(folder, ['card', `run:${run.id}`, '-o', 'card.html'])).code).toBe(0);
  const html = readFileSync(join(folder, 'card.html'), 'utf8');
  // In Markdown a code span is no markup.
  const markdown = readFileSync(join(folder, artifacts.card), 'utf8').replaceAll(/(`+)[^`].*?\1/g, '');
  for (const dangerous of ['<script>alert', '<b>..', '\u202e', '\u001b'])
    expect((html + markdown).includes(dangerous), JSON.stringify(dangerous)).toBe(false);
});

test.concurrent.for(['__proto__', 'prediction', '<script>', 'a\nb', '\u202eevil'])(
  'as the target: %j',
  async (target) => {
    const folder = folderWith({
      't.csv': tableOf(['x', 'c'], target),
      'x.experiment.yaml': `data: t.csv\ntarget: ${JSON.stringify(target)}\n${experiment}`,
    });
    const { code, document } = await callJson(folder, ['run', 'x.experiment.yaml']);
    expect([code, contract.run.parse(document).target]).toEqual([0, target]);
  },
);

test('as file names', async () => {
  const hostile = ['-rf', '$(id)', 'a\nb', '<b>', '#', '[a]*', 'é'];
  const files = hostile.flatMap((name): [string, string][] => [
    [`${name}.csv`, tableOf(['x', 'c'], 'y')],
    [`${name}.experiment.yaml`, `data: ${JSON.stringify(`${name}.csv`)}\ntarget: y\n${experiment}`],
  ]);
  const folder = folderWith(Object.fromEntries(files));
  const runs = hostile.map((name) => callJson(folder, ['run', `./${name}.experiment.yaml`]));
  expect((await Promise.all(runs)).map(({ code }) => code)).toEqual(hostile.map(() => 0));
  const { document } = await callJson(folder, ['lint']);
  const named = hostile.map((name) => `${name}.experiment.yaml`);
  expect(contract.lint.parse(document).files.toSorted()).toEqual(named.toSorted());
});

test('an error shows a control character, and does not send it to the terminal', async () => {
  const folder = folderWith({ 't.csv': 'a,b\n1,2\n' });
  const { code, stderr } = await call(folder, ['profile', 't.csv', '--target', '\u001b[31m\u202eevil']);
  expect(code).toBe(2);
  expect(stderr).toContain('·[31m·evil');
});
