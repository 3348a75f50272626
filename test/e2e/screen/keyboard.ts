/** With keyboard only and by the palette: what is served, a port that is taken, a deployment that dies, a run that is deleted by mistake. */
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { listDeployments } from '../../../server/serving/deployments.ts';
import { openStore } from '../../../server/store/store.ts';
import { runInTerminal, writeExperiment } from './running.ts';
import { notified, openModelwright, panel, picture, type ScreenTest, shownNotification } from './screen.ts';

/** A command as it is typed, and what is chosen in the lists that it shows, each by typing. */
async function type(page: Page, title: string, ...choices: readonly string[]): Promise<void> {
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget input').first();
  for (const text of [`>${title}`, ...choices]) {
    await input.fill(text);
    const wanted = page.locator('.quick-input-list .monaco-list-row.focused', {
      hasText: text.replace('>', ''),
    });
    await page.locator('.quick-input-list .monaco-list-row.focused').waitFor();
    // What is wanted may stand below what is offered first.
    for (let step = 0; step < 20 && !(await wanted.isVisible()); step++)
      await page.keyboard.press('ArrowDown');
    await wanted.waitFor();
    await page.keyboard.press('Enter');
  }
}

function running(workspace: string) {
  const store = openStore(workspace);
  try {
    return listDeployments(store).filter(({ status }) => status === 'running');
  } finally {
    store.close();
  }
}

/** What holds the port that the settings of the folder name. */
let taken: Server;

export const keyboardTests: readonly ScreenTest[] = [
  {
    name: 'with the keyboard alone a run is served, a taken port and a killed deployment are told, a deleted run comes back and is reproduced, an engine is offered',
    async prepare(workspace) {
      writeExperiment(workspace, { rows: 600, trees: 5 });
      runInTerminal(workspace);
      taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      // Set before the folder is opened: how soon a window sees a file that changes is its own affair.
      setPort(workspace, portOf(taken));
    },
    async act(screen, workspace) {
      const { page } = screen;
      await openModelwright(page);
      await page
        .getByRole('treeitem', { name: /roc_auc 0\.\d+ ±/ })
        .first()
        .waitFor();

      await type(page, 'Modelwright: Serve', 'Run ');
      await notified(page, new RegExp(`Port ${portOf(taken)} is in use by another process`));
      taken.close();
      await type(page, 'Modelwright: Serve', 'Run ');
      await notified(page, /is served at/);
      await type(page, 'Modelwright: Try it');
      await page.getByText(/"prediction":/).waitFor();

      const [deployment] = running(workspace);
      if (deployment === undefined) throw new Error('nothing is served');
      process.kill(deployment.pid, 'SIGKILL');
      await shownNotification(page, /is gone: its process was killed. Its log is kept/);
      await picture(screen, 'serving-died');
      await notified(page, /is gone: its process was killed/, 'Serve again');
      await notified(page, /is served at/);
      await type(page, 'Modelwright: Stop deployment');
      await page.getByRole('treeitem').filter({ hasText: '2, 1 died' }).first().waitFor();
      if (running(workspace).length > 0) throw new Error('it still runs');

      await type(page, 'Modelwright: Show runs');
      await panel(page, 'runs').getByText('1 run').waitFor();
      await type(page, 'Modelwright: Show model card', 'churn');
      await panel(page, 'card').getByRole('heading', { name: 'How good it is' }).waitFor();

      await type(page, 'Modelwright: Delete', 'churn');
      await page.getByText('Nothing was run yet.').waitFor();
      await notified(page, /is deleted/, 'Undo');
      await page
        .getByRole('treeitem', { name: /roc_auc 0\.\d+ ±/ })
        .first()
        .waitFor();

      await type(page, 'Modelwright: Reproduce', 'churn');
      await notified(
        page,
        /gives the same model file and the same predictions as run \w+, byte for byte/,
        'Compare',
      );
      await panel(page, 'compare').getByText('None: the runs had the same settings.').waitFor();
      await picture(screen, 'reproduced');

      await type(page, 'Modelwright: Install engine…', 'TensorFlow');
      const terminal = page.locator('.terminal.xterm .xterm-rows').first();
      await terminal.getByText(/MB to download/).waitFor();
      await picture(screen, 'engine-install');
      // It asks, and takes anything but a yes as a no.
      await page.locator('.terminal.xterm textarea').first().press('n');
      await page.keyboard.press('Enter');
      await terminal.waitFor({ state: 'detached' });
    },
  },
];

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('it does not listen');
  return address.port;
}

function setPort(workspace: string, port: number): void {
  mkdirSync(join(workspace, '.vscode'), { recursive: true });
  const settings = JSON.stringify({ 'modelwright.serve.port': port });
  writeFileSync(join(workspace, '.vscode', 'settings.json'), settings);
}
