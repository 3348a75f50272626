/** The data of an experiment: its columns, however many and however named, and the rows behind a finding. */
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import * as z from 'zod';
import { createRandom } from '../../../server/statistics/random.ts';
import { runInTerminal } from './running.ts';
import { choose, command, notified, openFile, panel, picture, type ScreenTest } from './screen.ts';
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
  const random = createRandom(6, 'wide');
  const table = (shift: number) =>
    [
      quoted,
      ...Array.from({ length: 400 }, () =>
        names.map((_, column) => random.int(97) + (column < hostile.length ? shift : 0)),
      ),
    ]
      .map((cells) => `${cells.join()}\n`)
      .join('');
  writeFileSync(join(workspace, 'wide.csv'), table(0));
  writeFileSync(join(workspace, 'later.csv'), table(60));
  writeFileSync(join(workspace, 'other.csv'), 'nothing\n1\n');
  writeFileSync(
    join(workspace, 'wide.experiment.yaml'),
    'data: wide.csv\ntarget: c7\nsplit: 0.5\nbaseline: [dummy]\nmodel: {gbdt: {trees: 3}}\nevaluate: {ci: {samples: 100}}\n',
  );
}

/** By the palette: a run, and the table whose rows are compared with those of its test. */
async function compareWith(page: Page, run: string, file: string): Promise<void> {
  const opened = page.locator('.tab.active', { hasText: `Drift: ${basename(file)}` });
  const dialog = page.locator('.quick-input-widget', { hasText: 'Which rows are to be compared' });
  // A list closes when a panel that is being drawn takes the focus, and the dialog writes the folder that it has read
  // over what was typed before: a person looks, and does it again.
  for (let tries = 0; tries < 12 && !(await opened.isVisible()); tries++) {
    if (!(await dialog.isVisible())) {
      await command(page, 'Modelwright: Show drift…');
      await choose(page, run, { timeout: 10_000 }).catch(() => page.keyboard.press('Escape'));
      await dialog.waitFor({ timeout: 5000 }).catch(() => undefined);
      continue;
    }
    await dialog.locator('input').first().fill(file);
    await page.keyboard.press('Enter');
    await opened.waitFor({ timeout: 5000 }).catch(() => undefined);
  }
  await opened.waitFor();
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
    async act(screen, workspace) {
      const { page } = screen;
      await openFile(page, 'wide.experiment.yaml');
      await command(page, 'Modelwright: Show data profile');
      const data = panel(page, 'data');
      await data.getByText('400 rows and 200 columns of').waitFor({ timeout: 60_000 });
      await data.getByRole('rowheader', { name: '<img src=x onerror="document.title=1">' }).waitFor();
      if ((await data.locator('tbody img').count()) > 0) throw new Error('a name became markup');
      if ((await data.locator('tbody tr').count()) > 125) throw new Error('rows that nobody sees are there');
      await picture(screen, 'data-wide');
      await data.getByRole('textbox', { name: /Filter columns/ }).fill('c143');
      await data.getByText('1 of 200 columns').waitFor();
      await data.getByRole('rowheader', { name: 'c143' }).waitFor();

      await command(page, 'Modelwright: Show drift…');
      await notified(page, /No run has finished yet/);
      const made: unknown = JSON.parse(runInTerminal(workspace, ['run', 'wide.experiment.yaml', '--json']));
      const { run } = z.object({ run: z.object({ id: z.string() }) }).parse(made);
      await compareWith(page, run.id, join(workspace, 'later.csv'));
      const drift = panel(page, 'drift');
      await drift.getByText(/^4 of 199 columns have drifted/).waitFor();
      await drift.getByRole('button', { name: '<img src=x onerror="document.title=1">' }).waitFor();
      if ((await drift.locator('main img, main script').count()) > 0) throw new Error('a name became markup');
      await inEveryTheme(screen, workspace, 'drift');
      await compareWith(page, run.id, join(workspace, 'other.csv'));
      await drift.getByText(/The two tables have no column in common/).waitFor();
      await drift.getByRole('button', { name: 'Compare again' }).waitFor();
      await picture(screen, 'drift-failed');
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
