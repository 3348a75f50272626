/** A person at the screen: each test opens a folder in the workbench and does with mouse and keys what a person would. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { dataTests } from './dataPanel.ts';
import { editingTests } from './editing.ts';
import { manyRunsTests } from './manyRuns.ts';
import { runTests } from './running.ts';

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
  prepare(workspace: string): void;
  act(screen: Screen, workspace: string): Promise<void>;
}

export async function atTheScreen(screen: Screen): Promise<{ passed: number; failed: number }> {
  mkdirSync(screen.pictures, { recursive: true });
  screen.page.setDefaultTimeout(20_000);
  const wanted = process.env['MODELWRIGHT_TEST'] ?? '';
  let passed = 0;
  let failed = 0;
  for (const [index, test] of [...editingTests, ...dataTests, ...runTests, ...manyRunsTests].entries()) {
    if (!test.name.includes(wanted)) continue;
    const workspace = join(screen.folder, `screen${index}`);
    mkdirSync(workspace);
    test.prepare(workspace);
    try {
      await screen.page.goto(screen.urlOf(workspace));
      await screen.page.locator('.monaco-workbench').waitFor();
      await test.act(screen, workspace);
      passed++;
      console.log(`[e2e] ok      ${test.name}`);
    } catch (error) {
      failed++;
      await picture(screen, `failed-${index}`);
      console.log(`[e2e] FAILED  ${test.name}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  return { passed, failed };
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

export async function openFile(page: Page, name: string): Promise<void> {
  const file = page.getByRole('treeitem', { name: new RegExp(name.replaceAll('.', '\\.')) }).first();
  const line = page.locator('.monaco-editor .view-line').first();
  // While the window is still being built, a click can go nowhere.
  for (let tries = 0; tries < 5; tries++) {
    await file.dblclick();
    const shown = await line.waitFor({ timeout: 8_000 }).then(
      () => true,
      () => false,
    );
    if (shown) return;
  }
  throw new Error(`${name} was not opened`);
}

export async function openModelwright(page: Page): Promise<void> {
  await page.locator('.activitybar a.action-label[aria-label^="Modelwright"]').click();
}
