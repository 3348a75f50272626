/** The data of an experiment: its columns, however many and however named, and the rows behind a finding. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../../../server/statistics/random.ts';
import { command, openFile, panel, picture, type ScreenTest } from './screen.ts';
import { inEveryTheme } from './themes.ts';

const hostile = [
  '<img src=x onerror="document.title=1">',
  '../../etc/passwd',
  'x'.repeat(300),
  'constructor',
];

function writeTable(workspace: string): void {
  const random = createRandom(5, 'data panel');
  const lines = ['id,age,plan,left'];
  for (let row = 0; row < 1000; row++) {
    const age = row % 40 === 7 ? -999 : Math.round(20 + 50 * random.uniform());
    lines.push(`${row},${age},${['basic', 'plus', 'pro'][row % 3]},${random.uniform() < 0.3 ? 1 : 0}`);
  }
  writeFileSync(join(workspace, 'rows.csv'), `${lines.join('\n')}\n`);
  writeFileSync(
    join(workspace, 'churn.experiment.yaml'),
    'data: {source: rows.csv, id: id}\ntarget: left\nvariants:\n  forest: {model: forest}\n',
  );
}

function writeWide(workspace: string): void {
  const names = [...hostile, ...Array.from({ length: 196 }, (_, index) => `c${index}`)];
  const quoted = names.map((name) => `"${name.replaceAll('"', '""')}"`);
  const lines = [quoted.join()];
  for (let row = 0; row < 120; row++)
    lines.push(names.map((_, column) => (row * 31 + column * 7 + ((row * column) % 11)) % 97).join());
  writeFileSync(join(workspace, 'wide.csv'), `${lines.join('\n')}\n`);
  writeFileSync(join(workspace, 'wide.experiment.yaml'), 'data: wide.csv\ntarget: c7\n');
}

export const dataTests: readonly ScreenTest[] = [
  {
    name: 'a person looks at the data, sees the rows behind a finding, and lets the contract be written',
    prepare: writeTable,
    async act(screen, workspace) {
      const { page } = screen;
      await openFile(page, 'churn.experiment.yaml');
      await command(page, 'Modelwright: Show data profile');
      const data = panel(page, 'data');
      await data.getByText('1,000 rows and 4 columns of').waitFor();
      await data.getByRole('rowheader', { name: 'age' }).waitFor();
      await data.getByRole('img', { name: /Most frequent: basic 334/ }).waitFor();
      await data.getByText(/= -999 in 2\.5 % of the rows/).waitFor();
      await data.getByText('show the rows').first().click();
      await data.getByRole('rowheader', { name: '7', exact: true }).waitFor();
      await data.getByText('25 rows').waitFor();
      await inEveryTheme(screen, workspace, 'data');

      await data.getByRole('button', { name: /^Missing/ }).click();
      await data.getByRole('textbox', { name: /Filter columns/ }).fill('categorical');
      await data.getByText('1 of 4 columns').waitFor();
      await data.getByRole('button', { name: 'Infer columns' }).click();
      await page
        .locator('.view-line')
        .filter({ hasText: /age:\s\{type:\snumeric,\snullable:\sfalse\}/ })
        .waitFor();
      await picture(screen, 'data-inferred');
    },
  },
  {
    name: 'many columns with hostile names are names, and only those in view are there',
    prepare: writeWide,
    async act(screen) {
      const { page } = screen;
      await openFile(page, 'wide.experiment.yaml');
      await command(page, 'Modelwright: Show data profile');
      const data = panel(page, 'data');
      await data.getByText('120 rows and 200 columns of').waitFor({ timeout: 60_000 });
      await data.getByRole('rowheader', { name: '<img src=x onerror="document.title=1">' }).waitFor();
      if ((await data.locator('tbody img').count()) > 0) throw new Error('a name became markup');
      if ((await data.locator('tbody tr').count()) > 125) throw new Error('rows that nobody sees are there');
      await picture(screen, 'data-wide');
      await data.getByRole('textbox', { name: /Filter columns/ }).fill('c143');
      await data.getByText('1 of 200 columns').waitFor();
      await data.getByRole('rowheader', { name: 'c143' }).waitFor();
    },
  },
  {
    name: 'a person compares the variants of an experiment that was never run, by their settings',
    prepare: writeTable,
    async act(screen, workspace) {
      const { page } = screen;
      await openFile(page, 'churn.experiment.yaml');
      await command(page, 'Modelwright: Compare variants');
      const compare = panel(page, 'compare');
      await compare.getByRole('heading', { name: 'Compare 2 experiments' }).waitFor();
      await compare.getByRole('rowheader', { name: 'model.type' }).waitFor();
      await compare.getByText('was never run to its end').first().waitFor();
      await inEveryTheme(screen, workspace, 'compare');
    },
  },
];
