/** A store with a thousand runs, some of them with names made to do harm. */
import { join } from 'node:path';
import { openStore } from '../../../server/store/store.ts';
import { createRun, endRun } from '../../../server/tracking/runs.ts';
import { command, openModelwright, panel, picture, type ScreenTest } from './screen.ts';
import { inEveryTheme } from './themes.ts';

const hostile = [
  '<img src=x onerror="document.title=1">',
  '"><script>alert(1)</script>',
  '../../../etc/passwd',
  '\u202egnp.exe',
  'ü\u0000\u0007'.repeat(20),
  'x'.repeat(10_000),
  '$(error) [link](command:workbench.action.quit) **bold**',
];

function seedRuns(workspace: string): void {
  const store = openStore(workspace);
  for (let index = 0; index < 1000; index++) {
    const name = index < hostile.length ? (hostile[index] ?? '') : `churn ${index % 5}`;
    const lease = createRun(store, name, {
      file: join(workspace, 'churn.experiment.yaml'),
      directory: workspace,
      text: '',
      experiment: { name, model: { type: 'gbdt', gbdt: { trees: 100 + index } }, target: 'left' },
      configHash: '',
      dataHash: '',
      overrides: [],
      variant: null,
    });
    endRun(lease, 'failed', {
      code: 'disk-full',
      message: `There is no space (${name}).`,
      help: 'Free some.',
    });
    // The end of a failed run is what the store keeps; a headline as a finished run has it.
    store.database
      .prepare(
        `UPDATE runs SET status = 'finished', metric = 'roc_auc', value = ?, low = ?, high = ?, started = ?, ended = ? WHERE id = ?`,
      )
      .run(
        0.5 + index / 4000,
        0.49 + index / 4000,
        0.51 + index / 4000,
        new Date(1.7e12 + index * 60_000).toISOString(),
        new Date(1.7e12 + index * 60_000 + 90_000).toISOString(),
        lease.runId,
      );
  }
  store.close();
}

export const manyRunsTests: readonly ScreenTest[] = [
  {
    name: 'a thousand runs are filtered, sorted, walked through and compared with the keyboard, and hostile names do nothing',
    prepare: seedRuns,
    async act(screen, workspace) {
      const { page } = screen;
      await openModelwright(page);
      await page.getByRole('treeitem', { name: /churn/ }).first().waitFor();
      await command(page, 'Modelwright: Show runs');
      const runs = panel(page, 'runs');
      await runs.getByText('1000 runs').waitFor();
      for (const name of ['Status', 'Duration', 'roc_auc', 'model.gbdt.trees'])
        await runs.getByRole('columnheader', { name }).waitFor();
      await inEveryTheme(screen, workspace, 'runs');

      const filter = runs.getByRole('textbox', { name: /Filter/ });
      await filter.fill('model.gbdt.trees < 107');
      await runs.getByText('7 of 1000 runs').waitFor();
      await runs.getByText('<img src=x onerror="document.title=1">').waitFor();
      if ((await runs.locator('img, script').count()) > 0) throw new Error('a name became markup');
      await picture(screen, 'runs-hostile');

      await filter.fill('roc_auc > 0.7 colour = red');
      await runs.getByText('There is no column “colour”.').waitFor();

      await filter.fill('');
      await runs.getByText(/^1000 runs/).waitFor();
      await runs.getByRole('button', { name: /^roc_auc/ }).click();
      await runs.getByRole('row', { name: /0\.7498/ }).waitFor();
      await runs.locator('tbody tr[data-id]').first().focus();
      await page.keyboard.press('Space');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Space');
      await runs.getByRole('button', { name: 'Compare 2' }).waitFor();
      await runs.getByText('1000 runs, 2 selected').waitFor();

      // The last of a thousand rows is there when one goes to it.
      await runs.locator('.grid').hover();
      await page.mouse.wheel(0, 100_000);
      await runs.getByRole('row', { name: /0\.5 ± 0\.01/ }).waitFor();
      await picture(screen, 'runs-end');

      await runs.getByRole('button', { name: 'Compare 2' }).press('Enter');
      const compare = panel(page, 'compare');
      await compare.getByRole('heading', { name: 'Compare 2 runs' }).waitFor();
      await compare.getByRole('rowheader', { name: 'model.gbdt.trees' }).waitFor();
    },
  },
];
