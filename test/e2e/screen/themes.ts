/** A panel in light, dark and both high contrasts: a picture of each, and what axe-core finds in it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Frame, Locator } from 'playwright-core';
import * as z from 'zod';
import { panel, picture, type Screen } from './screen.ts';

/** Names of the themes that come with the editor, by what it tells panels. */
const themes = {
  'vscode-dark': 'Default Dark Modern',
  'vscode-high-contrast': 'Default High Contrast',
  'vscode-high-contrast-light': 'Default High Contrast Light',
  'vscode-light': 'Default Light Modern',
} as const;

const axeResult = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      help: z.string(),
      nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })),
    }),
  ),
});

type Theme = keyof typeof themes;

/** A picture of the editor's own parts in each theme: those that are not ours need no look by axe-core. */
export function editorInEveryTheme(screen: Screen, workspace: string, name: string): Promise<void> {
  return editorIn(Object.keys(themes) as Theme[], { screen, workspace, name }); // Keys of it.
}

/** Of what stands open and is drawn by the editor alone: neither theme closes it. */
export function inLightAndDark(screen: Screen, workspace: string, name: string): Promise<void> {
  return editorIn(['vscode-light', 'vscode-dark'], { screen, workspace, name });
}

async function editorIn(
  which: readonly Theme[],
  { screen, workspace, name }: { screen: Screen; workspace: string; name: string },
): Promise<void> {
  for (const told of which) {
    setTheme(workspace, themes[told]);
    await screen.page.locator(`.monaco-workbench.${themeClasses[told]}`).waitFor();
    // Colours of the other theme are replaced a moment later.
    await screen.page.waitForTimeout(150);
    await picture(screen, `${name}-${told.replace('vscode-', '')}`);
  }
}

const themeClasses = {
  'vscode-dark': 'vs-dark',
  'vscode-high-contrast': 'hc-black',
  'vscode-high-contrast-light': 'hc-light',
  'vscode-light': 'vs',
} as const satisfies Record<keyof typeof themes, string>;

function setTheme(workspace: string, theme: string): void {
  mkdirSync(join(workspace, '.vscode'), { recursive: true });
  const settings = JSON.stringify({ 'workbench.colorTheme': theme });
  writeFileSync(join(workspace, '.vscode', 'settings.json'), settings);
}

type PanelKind = Parameters<typeof panel>[1];

async function frameOf(main: Locator): Promise<Frame> {
  const frame = await (await main.elementHandle())?.ownerFrame();
  if (frame === null || frame === undefined) throw new Error('the panel has no frame');
  return frame;
}

/** A panel 400 pixels wide, which is to be read: throws with the captions that are cut. */
export async function whenNarrow(screen: Screen, kind: PanelKind): Promise<void> {
  const { page } = screen;
  const frame = await frameOf(panel(page, kind));
  const before = page.viewportSize() ?? { width: 1280, height: 860 };
  const beside = before.width - z.number().parse(await frame.evaluate('innerWidth'));
  await page.setViewportSize({ ...before, width: beside + 400 });
  await frame.waitForFunction('innerWidth <= 400');
  await picture(screen, `${kind}-narrow`);
  const cut = await frame.evaluate(
    "[...document.querySelectorAll('caption')].filter((each) => each.getBoundingClientRect().right > innerWidth).map((each) => each.textContent)",
  );
  await page.setViewportSize(before);
  if (z.array(z.string()).parse(cut).length > 0) throw new Error(`cut in the narrow panel ${kind}: ${cut}`);
}

/** Throws with everything that axe-core finds, in all themes. */
export async function inEveryTheme(screen: Screen, workspace: string, kind: PanelKind): Promise<void> {
  const found: string[] = [];
  for (const [told, theme] of Object.entries(themes)) {
    setTheme(workspace, theme);
    const main = panel(screen.page, kind);
    await main.locator(`xpath=ancestor::body[@data-vscode-theme-kind="${told}"]`).waitFor();
    await picture(screen, `${kind}-${told.replace('vscode-', '')}`);
    const raw: unknown = await (await frameOf(main)).evaluate(
      `${axe.source}; axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] })`,
    );
    for (const { id, help, nodes } of axeResult.parse(raw).violations) {
      const [first] = nodes;
      found.push(`${told} ${id}: ${help} (${nodes.length}x) ${first?.html} ${first?.failureSummary ?? ''}`);
    }
  }
  if (found.length > 0) throw new Error(`axe-core found in the panel ${kind}:\n${found.join('\n')}`);
}
