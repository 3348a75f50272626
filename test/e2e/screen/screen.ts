/** A person at the screen: each test opens a folder in the workbench and does with mouse and keys what a person would. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { listDeployments, stopDeployment } from '../../../server/serving/deployments.ts';
import { hasStore } from '../../../server/store/place.ts';
import { openStore } from '../../../server/store/store.ts';

export interface Screen {
  readonly page: Page;
  /** An empty folder of its own for each test is made in it. */
  readonly folder: string;
  /** Where pictures of the states go, to be looked at. */
  readonly pictures: string;
  urlOf(workspace: string): string;
}

export interface ScreenTest {
  readonly name: string;
  /** Puts what it needs into the workspace before it is opened. */
  prepare(workspace: string): void | Promise<void>;
  act(screen: Screen, workspace: string): Promise<void>;
}

export async function atTheScreen(
  screen: Screen,
  tests: readonly ScreenTest[],
): Promise<{ passed: number; failed: number }> {
  mkdirSync(screen.pictures, { recursive: true });
  // A busy machine takes long to start the workbench; nobody waits where it does not.
  screen.page.setDefaultTimeout(60_000);
  const wanted = process.env['MODELWRIGHT_TEST'] ?? '';
  const all = tests.filter(({ name }) => name.includes(wanted));
  const again: ScreenTest[] = [];
  for (const test of all) if (await attempt(screen, test, `screen${tests.indexOf(test)}`)) again.push(test);
  let failed = 0;
  for (const test of again) if (await attempt(screen, test, `screen${tests.indexOf(test)}-again`)) failed++;
  return { passed: all.length - failed, failed };
}

/**
 * Why it failed. A person whose click is lost while the workbench rearranges itself clicks again: what fails once is
 * said, and tried once more from the start after all others, when the machine may have less to do.
 */
async function attempt(screen: Screen, test: ScreenTest, folder: string): Promise<unknown> {
  const workspace = join(screen.folder, folder);
  mkdirSync(workspace);
  await test.prepare(workspace);
  const start = Date.now();
  const say = (word: string, more = '') =>
    console.log(`[e2e] ${word} ${test.name}${more} (${((Date.now() - start) / 1000).toFixed(0)} s)`);
  try {
    await screen.page.goto(screen.urlOf(workspace));
    await screen.page.locator('.monaco-workbench').waitFor();
    await test.act(screen, workspace);
    say('ok     ');
    return undefined;
  } catch (error) {
    await picture(screen, `failed-${folder}`);
    say('FAILED ', `: ${error instanceof Error ? error.stack : error}`);
    return error;
  } finally {
    await stopServing(workspace);
  }
}

/** Deployments outlive the window, and would outlive a test that fails. */
async function stopServing(workspace: string): Promise<void> {
  if (!hasStore(workspace)) return;
  const store = openStore(workspace);
  for (const { id, status } of listDeployments(store))
    if (status === 'running') await stopDeployment(store, id);
  store.close();
}

/** Of the deployment that was started last. */
export function servedUrl(workspace: string): string {
  const store = openStore(workspace);
  const [last] = listDeployments(store);
  store.close();
  if (last === undefined) throw new Error('no deployment is recorded');
  return last.url;
}

export async function picture({ page, pictures }: Screen, name: string): Promise<void> {
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** The document inside a panel. */
export function panel(page: Page, kind: 'run' | 'runs' | 'card' | 'compare' | 'data' | 'drift') {
  // Panels behind others keep their frames.
  const shown = page.locator('iframe.webview.ready').filter({ visible: true }).contentFrame();
  return shown.frameLocator('#active-frame').locator(`main#${kind}`);
}

/** By the palette, as a person types it. */
export async function command(page: Page, title: string): Promise<void> {
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget input').first();
  await input.waitFor();
  await input.fill(`>${title}`);
  await page
    .locator('.quick-input-list .monaco-list-row')
    .filter({ has: page.getByText(title, { exact: true }) })
    .first()
    .click();
}

/**
 * Waits for a notification, and presses its action or puts it away. A workbench under test shows none by itself: they
 * stand in their centre, which the bell opens.
 */
export async function notified(page: Page, text: RegExp, action = 'Clear Notification'): Promise<void> {
  const item = await shownNotification(page, text);
  await item.hover();
  await item.getByRole('button', { name: action }).first().click();
}

/** One that goes on by itself, such as progress. */
export async function shownNotification(page: Page, text: RegExp): Promise<Locator> {
  const item = page.locator('.notifications-center .notification-list-item', { hasText: text }).first();
  const bell = page.locator('[id="status.notifications"] a');
  for (let looked = 0; looked < 240 && !(await item.isVisible()); looked++) {
    if (!(await page.locator('.notifications-center.visible').isVisible())) await bell.click();
    await page.waitForTimeout(250);
  }
  await item.waitFor();
  return item;
}

/** In a list that a command shows. */
export async function choose(page: Page, label: string, options: { timeout?: number } = {}): Promise<void> {
  const row = page.locator('.quick-input-list .monaco-list-row');
  await row
    .filter({ has: page.getByText(label, { exact: true }) })
    .first()
    .click(options);
}

/**
 * A press is lost where what is pressed is drawn anew beneath it, or the window is still being built: whoever sees no answer
 * does it again.
 */
export async function untilSeen(answer: Locator, act: () => Promise<void>, timeout = 10_000): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    await act();
    const isSeen = await answer.waitFor({ timeout }).then(
      () => true,
      () => false,
    );
    if (isSeen) return;
  }
  await answer.waitFor();
}

export async function openFile(page: Page, name: string): Promise<void> {
  const file = page.getByRole('treeitem', { name: new RegExp(name.replaceAll('.', '\\.')) }).first();
  const line = page.locator('.monaco-editor .view-line').first();
  await untilSeen(line, () => file.dblclick());
}

/** Until it is open: a window that is still being laid out loses a click, and a second one on an open view closes it. */
export async function openModelwright(page: Page): Promise<void> {
  const label = 'a.action-label[aria-label^="Modelwright"]';
  const open = page.locator('.activitybar .action-item.checked').filter({ has: page.locator(label) });
  while (!(await open.isVisible())) {
    await page.locator(`.activitybar ${label}`).click();
    await open.waitFor({ timeout: 3000 }).catch(() => undefined);
  }
}
