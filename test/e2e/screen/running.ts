/** Running an experiment from the editor: live panel, results, card, comparison, stop. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../../../server/statistics/random.ts';
import { command, openFile, openModelwright, panel, picture, type ScreenTest } from './screen.ts';
import { inEveryTheme, whenNarrow } from './themes.ts';

const experiment = `description: Will the customer leave?
data: {source: rows.csv, id: id}
target: left
split: {valid: 0.2}
baseline: [dummy, linear]
model: {type: gbdt, gbdt: {trees: 60, learning_rate: 0.1, max_leaves: 15}}
train: {early_stop: 5000}
evaluate: {ci: {samples: 200}}
gates: [beats baseline, roc_auc >= 0.6]
card: {owner: tests}
`;

/** A table and an experiment over it, in a folder without anything else. */
export function writeExperiment(
  workspace: string,
  { rows, trees, more = '' }: { rows: number; trees: number; more?: string },
): void {
  const random = createRandom(11, 'screen');
  const lines = ['id,age,plan,visits,left'];
  for (let row = 0; row < rows; row++) {
    const age = Math.round(20 + 50 * random.uniform());
    const plan = ['basic', 'plus', 'pro'][Math.floor(3 * random.uniform())];
    const visits = Math.round(30 * random.uniform());
    // Neither column tells anything alone, so that no linear model finds it.
    const both = Number(age > 45) === Number(visits > 15);
    const left = random.uniform() < (both ? 0.8 : 0.2) ? 1 : 0;
    lines.push([row, age, plan, visits, left].join());
  }
  writeFileSync(join(workspace, 'rows.csv'), `${lines.join('\n')}\n`);
  const text = experiment.replace('trees: 60', `trees: ${trees}`) + more;
  writeFileSync(join(workspace, 'churn.experiment.yaml'), text);
}

/** A command of the terminal in the folder; by itself it runs the experiment to its end. */
export function runInTerminal(
  workspace: string,
  args: readonly string[] = ['run', 'churn.experiment.yaml', '--json'],
): string {
  const command = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));
  return execFileSync(process.execPath, [command, ...args], {
    cwd: workspace,
    stdio: 'pipe',
    encoding: 'utf8',
  });
}

export const runTests: readonly ScreenTest[] = [
  {
    name: 'a person runs the experiment in the editor by a key, sees the result, its card and a comparison with the run before',
    prepare: (workspace) => writeExperiment(workspace, { rows: 3000, trees: 60 }),
    async act(screen, workspace) {
      const { page } = screen;
      await openFile(page, 'churn.experiment.yaml');
      await page.keyboard.press('Control+Enter');
      const run = panel(page, 'run');
      await run.locator('.status.running, .status.finished').first().waitFor();
      await run.getByRole('heading', { name: 'Evaluation' }).waitFor({ timeout: 60_000 });
      await run.getByText('All 2 gates are passed.').waitFor();
      await run
        .getByRole('region', { name: /On the test rows/ })
        .getByRole('rowheader', { name: 'roc_auc' })
        .waitFor();
      await inEveryTheme(screen, workspace, 'run');

      await run.getByRole('button', { name: 'Card' }).click();
      const card = panel(page, 'card');
      await card.getByRole('heading', { name: 'How good it is' }).waitFor();
      await card.getByText('No limits are written yet').waitFor();
      await inEveryTheme(screen, workspace, 'card');
      // Words of a person stand in the experiment, where the card leads to: every later card has them.
      await card
        .locator('.gap', { hasText: 'No limits are written yet' })
        .getByRole('button', { name: 'Write it' })
        .click();
      await page.locator('.tab.active', { hasText: 'churn.experiment.yaml' }).waitFor();
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.insertText(', limitations: [Few customers are young.]');
      await page.keyboard.press('Control+s');

      await openModelwright(page);
      await page
        .getByRole('treeitem', { name: /roc_auc 0\.\d+ ±/ })
        .first()
        .waitFor();
      await command(page, 'Modelwright: Run');
      await page.locator('.quick-input-list .monaco-list-row').first().waitFor({ state: 'hidden' });
      const second = panel(page, 'run');
      await second.getByRole('button', { name: 'Compare' }).click({ timeout: 60_000 });
      const compare = panel(page, 'compare');
      await compare.getByRole('rowheader', { name: 'card.limitations' }).waitFor();
      await inEveryTheme(screen, workspace, 'compare');
      await whenNarrow(screen, 'compare');
      await command(page, 'Modelwright: Show model card');
      await page.getByPlaceholder('Which run?').waitFor();
      await page.keyboard.press('Enter');
      await card.getByText('Few customers are young.').waitFor();
      await card.getByText('Owner: tests').waitFor();
    },
  },
  {
    name: 'a run goes on when the window is closed, is found again, and stops at a press',
    prepare: (workspace) => writeExperiment(workspace, { rows: 40_000, trees: 10_000 }),
    async act(screen, workspace) {
      const { page } = screen;
      await openFile(page, 'churn.experiment.yaml');
      await page.keyboard.press('Control+Enter');
      await panel(page, 'run').getByRole('button', { name: 'Stop' }).waitFor({ timeout: 60_000 });
      // The browser's workbench writes its layout every five seconds.
      await page.waitForTimeout(7000);
      await page.goto('about:blank');
      await page.goto(screen.urlOf(workspace));
      // The panel is back by itself, and the run is still going on.
      const run = panel(page, 'run');
      await run.locator('.uplot').first().waitFor({ timeout: 60_000 });
      await page.locator('.statusbar-item', { hasText: /churn \d+ %/ }).waitFor();
      await run
        .getByText(/\d+ % · train · .* left$/)
        .first()
        .waitFor();
      await picture(screen, 'running');
      await run.getByRole('button', { name: 'Stop' }).click();
      await run.locator('.status.cancelled').waitFor();
      await run.getByRole('button', { name: 'Resume' }).waitFor();
      await picture(screen, 'stopped');
    },
  },
  {
    name: 'a search tells its best trial so far in the panel of its run while it goes on, and at the end what it found',
    prepare: (workspace) =>
      writeExperiment(workspace, { rows: 3000, trees: 200, more: 'tune: {trials: 40, search: random}\n' }),
    async act(screen) {
      const { page } = screen;
      await openFile(page, 'churn.experiment.yaml');
      await page.keyboard.press('Control+Enter');
      const trials = panel(page, 'run').getByRole('region', { name: 'Trials' });
      await trials
        .getByText(/^\d+ trials? ha(s|ve) ended\. The best so far is trial \d+, roc_auc 0\.\d+/)
        .waitFor({ timeout: 60_000 });
      await picture(screen, 'searching');
      await trials
        .getByText(/^40 trials have ended\. The best is trial \d+, roc_auc 0\.\d+/)
        .waitFor({ timeout: 120_000 });
      await trials.getByRole('columnheader', { name: 'max_leaves' }).waitFor();
      await trials.getByRole('row', { name: /best/ }).first().waitFor();
    },
  },
];
