/** From a finished run to a served model: registered, promoted, served, tried, loaded, its log read, stopped. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import * as z from 'zod';
import { runInTerminal, writeExperiment } from './running.ts';
import {
  choose,
  command,
  notified,
  openModelwright,
  panel,
  picture,
  type Screen,
  type ScreenTest,
  servedUrl,
  shownNotification,
  untilSeen,
} from './screen.ts';
import { editorInEveryTheme, inEveryTheme } from './themes.ts';

/** A line of a tree by the start of what a screen reader is told. */
const line = (page: Page, name: RegExp) => page.getByRole('treeitem', { name }).first();

/** Serving anew what is being served would be another deployment: the answer is waited for long. */
async function press(page: Page, name: RegExp, { action, answer }: { action: string; answer: Locator }) {
  const click = async () => {
    await line(page, name).hover();
    await line(page, name).getByRole('button', { name: action }).click();
  };
  await untilSeen(answer, click, 30_000);
}

async function fromMenu(page: Page, name: RegExp, action: string): Promise<void> {
  const item = page.locator('.context-view').getByRole('menuitem', { name: action });
  await untilSeen(item, async () => {
    await page.keyboard.press('Escape');
    await line(page, name).click({ button: 'right' });
  });
  // A menu that has just opened takes no release of the button for its first moments: it stays open then.
  while (await item.isVisible()) await item.click({ delay: 200, timeout: 2000 }).catch(() => undefined);
}

export const servingTests: readonly ScreenTest[] = [
  {
    name: 'a person registers, promotes and serves a model, tries it, loads it, reads its log and stops it',
    prepare: (workspace) => writeExperiment(workspace, { rows: 2000, trees: 20 }),
    async act(screen, workspace) {
      const { page } = screen;
      await openModelwright(page);
      await page.getByText('No model is registered yet', { exact: false }).waitFor();
      await page.getByText('Nothing is being served', { exact: false }).waitFor();
      await picture(screen, 'serving-empty');

      await line(page, /churn/).click();
      await command(page, 'Modelwright: Run');
      const run = panel(page, 'run');
      await run.getByRole('button', { name: 'Register…' }).click({ timeout: 60_000 });
      await page.locator('.quick-input-widget input').first().fill('churn <b>model');
      await page.keyboard.press('Enter');
      await notified(page, /cannot be the name of a model/);
      await run.getByRole('button', { name: 'Register…' }).click();
      await page.locator('.quick-input-widget input').first().fill('churn');
      await page.keyboard.press('Enter');
      await notified(page, /churn, version 1 is registered/, 'Promote…');
      await choose(page, 'production');
      await line(page, /^churn, version 1, production · roc_auc 0\.\d+ ±/).waitFor();

      const deployment = line(page, /^Deployment of churn, running/);
      await press(page, /^churn, version 1/, { action: 'Serve', answer: deployment });
      await notified(page, /churn\/1 is served at http:\/\/127\.0\.0\.1:\d+/);
      const url = servedUrl(workspace);
      const served = new RegExp(`^Deployment of churn, running, :${new URL(url).port}`);
      await line(page, served).waitFor();
      for (let asked = 0; asked < 40; asked++) await predict(url);
      await line(page, /requests\/s · p95 [\d.]+ ms/).waitFor();
      await picture(screen, 'serving-tree');

      await fromMenu(page, served, 'Try it');
      await page.locator('.tab', { hasText: 'Request to churn' }).waitFor();
      await page.getByText(/"prediction":/).waitFor();
      await picture(screen, 'serving-tried');
      // Saving a changed request sends it.
      const request = page.locator('.editor-group-container').first().locator('.monaco-editor').first();
      await request.getByText('"age"').dblclick();
      await page.keyboard.insertText('years');
      await page.keyboard.press('Control+S');
      await page.getByText(/request-column-missing/).waitFor();

      await fromMenu(page, served, 'Load test…');
      await choose(page, '8 connections');
      await shownNotification(page, /requests\/s: p50/);
      await picture(screen, 'serving-load');
      await notified(page, /churn answered [\d.]+ requests\/s: p50 .* over 8 connections/);

      const opened = page.locator('iframe.webview.ready').filter({ visible: true }).first();
      await press(page, served, { action: 'Open deployment', answer: opened });
      await picture(screen, 'serving-deployment');
      await fromMenu(page, served, 'Show logs');
      await page.locator('.tab', { hasText: 'Predictions of churn' }).waitFor();
      await page.getByText('"inputs"').first().waitFor();
      await editorInEveryTheme(screen, workspace, 'serving-logs');

      await fromMenu(page, served, 'Show drift…');
      await lookAtDrift(screen, workspace);

      await manageVersions(screen, workspace);
      await fromMenu(page, /^churn, version 1/, 'Show audit log');
      await page.locator('.tab', { hasText: 'Audit log of churn' }).waitFor();
      await picture(screen, 'serving-audit');
      await press(page, served, { action: 'Stop', answer: page.getByText('Ended') });
      await fetch(url).then(
        () => Promise.reject(new Error('it still answers')),
        () => undefined,
      );
    },
  },
];

/** Everybody who asked was the same person of forty: that is drift, and the panel says in what. */
async function lookAtDrift(screen: Screen, workspace: string): Promise<void> {
  const { page } = screen;
  const drift = panel(page, 'drift');
  await drift.getByText(/^3 of 4 columns have drifted|^4 of 4 columns have drifted/).waitFor();
  await drift.getByText('not measured yet, Replay does', { exact: false }).waitFor();
  const name = (column: string) => drift.getByRole('button', { name: column, exact: true });
  await name('age').focus();
  await page.keyboard.press('Enter');
  await drift.getByRole('heading', { name: 'age' }).waitFor();
  const chart = drift.getByRole('img', { name: /^age: share of rows/ });
  await chart.waitFor();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await drift.getByRole('heading', { name: 'age' }).waitFor({ state: 'detached' });
  await name('age').click();
  await chart.scrollIntoViewIfNeeded();
  await inEveryTheme(screen, workspace, 'drift');
  await drift.getByRole('button', { name: 'Replay' }).click();
  await drift.getByText(/realised false-alarm rate: [\d.]+ % \(\d+ of \d+ windows of \d+ rows/).waitFor();
  await picture(screen, 'drift-replayed');
}

/** A second version, an alias, back to what stood before, the lineage of a version. */
async function manageVersions({ page }: Screen, workspace: string): Promise<void> {
  const made: unknown = JSON.parse(
    runInTerminal(workspace, ['run', 'churn.experiment.yaml', '--set', 'model.gbdt.trees=21', '--json']),
  );
  const { run } = z.object({ run: z.object({ id: z.string() }) }).parse(made);
  runInTerminal(workspace, ['models', 'register', `run:${run.id}`, '--name', 'churn']);
  runInTerminal(workspace, ['models', 'promote', 'churn/2']);
  await line(page, /^churn, version 2, production/).waitFor();
  await fromMenu(page, /^churn, version 2/, 'Set alias…');
  await page.locator('.quick-input-widget input').first().fill('champion');
  await page.keyboard.press('Enter');
  await line(page, /^churn, version 2, .*champion/).waitFor();

  await command(page, 'Modelwright: Roll back');
  await choose(page, 'production');
  await notified(page, /churn@production is version 1 again/);
  await line(page, /^churn, version 1, production/).waitFor();
  await fromMenu(page, /^churn, version 2/, 'Show lineage');
  await page.locator('.tab', { hasText: 'Lineage of churn' }).waitFor();

  await fromMenu(page, /^churn, version 2/, 'Export…');
  await choose(page, 'ONNX file…');
  const path = page.locator('.quick-input-widget input').first();
  // The list of files comes after its first path.
  for (let looked = 0; looked < 100 && !(await path.inputValue()).endsWith('churn-2.onnx'); looked++)
    await page.waitForTimeout(100);
  await path.press('Enter');
  await notified(page, /churn-2\.onnx is written/);
  if (!existsSync(join(workspace, 'churn-2.onnx'))) throw new Error('no file was written');
}

async function predict(url: string): Promise<void> {
  const body = JSON.stringify({ age: 40, plan: 'pro', visits: 3 });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(new URL('/predict', url), { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(`it answered ${answer.status}: ${await answer.text()}`);
}
