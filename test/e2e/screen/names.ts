/** What names lead to, by the keys that people know from other languages; each state in light and in dark, to be looked at. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { baseText, churnRows, churnText } from '../churnProject.ts';
import { runInTerminal } from './running.ts';
import {
  choose,
  command,
  notified,
  openFile,
  openModelwright,
  panel,
  picture,
  type ScreenTest,
  untilSeen,
} from './screen.ts';
import { inLightAndDark } from './themes.ts';

/** With two runs of it as it was before the last edits: other settings, and nothing misspelt. */
function writeChurn(workspace: string): void {
  const write = (name: string, text: string) => writeFileSync(join(workspace, name), text);
  write('rows.csv', churnRows());
  write('base.experiment.yaml', baseText);
  const sound = churnText.replace(', agee', '').replace('tune: {trials: 40}\n', '');
  for (const trees of [5, 8]) {
    write('churn.experiment.yaml', sound.replace('trees: 5', `trees: ${trees}`));
    runInTerminal(workspace);
  }
  write('churn.experiment.yaml', churnText);
}

/** Puts the caret before these words of the experiment. */
async function caretAt(page: Page, words: string): Promise<void> {
  const before = churnText.slice(0, churnText.indexOf(words)).split('\n');
  await page.keyboard.press('Control+g');
  const input = page.locator('.quick-input-widget input').first();
  await input.waitFor();
  await input.fill(`:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`);
  await page.keyboard.press('Enter');
  await input.waitFor({ state: 'hidden' });
}

/** By its key, until it answers. */
async function press(page: Page, key: string, answer: Locator): Promise<void> {
  await untilSeen(answer, () => page.keyboard.press(key), 5_000);
}

function lensOf(page: Page, words: RegExp): Locator {
  return page.locator('.codelens-decoration').filter({ hasText: words });
}

const written = (workspace: string, name: string) => readFileSync(join(workspace, name), 'utf8');

export const namesTests: readonly ScreenTest[] = [
  {
    name: 'by key a person goes to a definition and back, peeks at it and at all uses, renames a column in two files, jumps to symbols, folds, and asks what can be done',
    prepare: writeChurn,
    async act(screen, workspace) {
      const { page } = screen;
      const look = (name: string) => inLightAndDark(screen, workspace, name);
      await openFile(page, 'churn.experiment.yaml');
      const tab = (name: string) => page.locator('.tab.active', { hasText: name });
      await lensOf(page, /Compare with the run before/).waitFor();
      await lensOf(page, /Tune \(40 trials, about/).waitFor();
      await lensOf(page, /600 rows · 5 columns · \d problems/).waitFor();
      // What has no effect is faded.
      await page.locator('.squiggly-inline-unnecessary', { hasText: 'epochs' }).waitFor();
      await command(page, 'Explorer: Focus on Outline View');
      const outline = page.locator('.outline-pane');
      await outline.getByText('5 items').waitFor();
      // Room for all of it.
      await page.getByRole('button', { name: /^Explorer Section/ }).click();
      await outline.getByText('gates').waitFor();
      await look('outline');

      await page.locator('.tab.active').click();
      await caretAt(page, 'loyal, agee');
      await page.locator('.wordHighlightText, .wordHighlight').first().waitFor();
      await press(page, 'F12', tab('base.experiment.yaml'));
      await page.locator('.statusbar-item', { hasText: 'Ln 5, Col 14' }).waitFor();
      await press(page, 'Control+Alt+Minus', tab('churn.experiment.yaml'));
      const peek = page.locator('.peekview-widget');
      // Alt+F12 on other systems; so is Alt+Left above.
      await press(page, 'Control+Shift+F10', peek.filter({ hasText: 'base.experiment.yaml' }));
      await peek
        .locator('.view-line', { hasText: /visits/ })
        .first()
        .waitFor();
      await look('peek-definition');
      await press(page, 'Escape', page.locator('.editor-instance .view-line').first());
      await peek.waitFor({ state: 'detached' });
      await press(page, 'Shift+F12', peek.filter({ hasText: 'References (3)' }));
      await look('peek-references');
      await page.keyboard.press('Escape');
      await peek.waitFor({ state: 'detached' });

      const symbols = page.locator('.quick-input-list .monaco-list-row');
      await press(page, 'Control+Shift+o', symbols.filter({ hasText: 'learning_rate' }).first());
      await look('symbols');
      await page.keyboard.press('Escape');
      await press(page, 'Control+t', page.locator('.quick-input-widget input').first());
      await page.keyboard.type('loyal');
      await symbols.filter({ hasText: 'base.experiment.yaml' }).first().waitFor();
      await look('workspace-symbols');
      await page.keyboard.press('Escape');

      const box = page.locator('.rename-box:visible').first();
      await press(page, 'F2', box);
      await look('rename');
      await page.keyboard.press('Control+a');
      await page.keyboard.type('faithful');
      await page.keyboard.press('Enter');
      await box.waitFor({ state: 'hidden' });
      await page
        .locator('.view-line', { hasText: /or\sfaithful/ })
        .first()
        .waitFor();
      await command(page, 'File: Save All');
      await page.locator('.tab.dirty').first().waitFor({ state: 'detached' });
      const now = ['churn', 'base'].map((name) => written(workspace, `${name}.experiment.yaml`));
      const wanted = [churnText, baseText].map((text) => text.replaceAll('loyal', 'faithful'));
      if (now.join() !== wanted.join()) throw new Error(`it was renamed otherwise: ${now.join('\n')}`);
      await caretAt(page, 'features');
      await press(
        page,
        'Control+z',
        page.locator('.monaco-dialog-box, .view-line', { hasText: /undo|or\sloyal/i }).first(),
      );
      const ask = page.locator('.monaco-dialog-box');
      if (await ask.isVisible()) await ask.getByRole('button', { name: /Undo in 2 Files/ }).click();
      await page
        .locator('.view-line', { hasText: /or\sloyal/ })
        .first()
        .waitFor();
    },
  },
  {
    name: 'by key a person sees what can be done at a word and what a function takes, folds sections, grows a selection, and opens what links and lenses lead to',
    prepare: writeChurn,
    async act(screen, workspace) {
      const { page } = screen;
      const look = (name: string) => inLightAndDark(screen, workspace, name);
      await openFile(page, 'churn.experiment.yaml');
      await page.locator('.squiggly-error').first().waitFor();
      await page.locator('.tab.active').click();
      await caretAt(page, 'agee');
      const menu = page.locator('.action-widget .monaco-list-row');
      await press(page, 'Control+.', menu.filter({ hasText: 'Replace by age' }));
      for (const title of [
        'Ignore column-not-found here, with a reason',
        'Explain column-not-found',
        'Fix all safe problems',
      ])
        await menu.filter({ hasText: title }).first().waitFor();
      await look('lightbulb');
      await page.keyboard.press('Enter');
      await page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
      await caretAt(page, 'rows.csv');
      await press(page, 'Control+.', menu.filter({ hasText: 'Pin data version' }));
      await look('lightbulb-data');
      await page.keyboard.press('Escape');
      await menu.first().waitFor({ state: 'detached' });

      await caretAt(page, '0.1}');
      for (let grown = 0; grown < 5; grown++) await page.keyboard.press('Shift+Alt+ArrowRight');
      await page.locator('.statusbar-item', { hasText: /selected/ }).waitFor();
      await look('selection');
      await caretAt(page, 'source');
      await press(page, 'Control+Shift+BracketLeft', page.locator('.codicon-folding-collapsed').first());
      await command(page, 'Fold All Block Comments');
      await look('folded');
      await command(page, 'Unfold All');

      await caretAt(page, 'visits <');
      await page.keyboard.press('Shift+End');
      await page.keyboard.type('clip(visits, ');
      const hints = page.locator('.parameter-hints-widget.visible');
      await hints.locator('.parameter.active', { hasText: 'low: number' }).waitFor();
      // The list of what could follow is closed first.
      for (let pressed = 0; pressed < 3 && (await hints.isVisible()); pressed++)
        await page.keyboard.press('Escape');
      await hints.waitFor({ state: 'hidden' });
      await press(page, 'Control+Shift+Space', hints);
      await look('signature');
      await page.keyboard.press('Escape');
      await caretAt(page, 'visits <');
      await page.keyboard.press('Shift+End');
      await page.keyboard.insertText('visits < ${vars.most} or loyal');
      await lensOf(page, /600 rows/).waitFor();

      await page.locator('.detected-link', { hasText: 'base.experiment.yaml' }).first().waitFor();
      await caretAt(page, 'base.exp');
      await press(page, 'F12', page.locator('.tab.active', { hasText: 'base.experiment.yaml' }));
      await press(
        page,
        'Control+Alt+Minus',
        page.locator('.tab.active', { hasText: 'churn.experiment.yaml' }),
      );

      await command(page, 'Modelwright: Show resolved experiment');
      await page
        .locator('.view-line', { hasText: /derive|loyal/ })
        .last()
        .waitFor();
      await look('resolved');
      await page
        .locator('.codelens-decoration a', { hasText: 'Compare with the run before' })
        .first()
        .click();
      const compare = panel(page, 'compare');
      await compare.getByRole('rowheader', { name: 'model.gbdt.trees' }).waitFor();
      await compare.getByRole('rowheader', { name: 'roc_auc' }).waitFor();
      await picture(screen, 'compare-from-lens');
    },
  },
  {
    name: 'a new experiment is made from a table: nothing is written over, and what cannot be is said',
    prepare(workspace) {
      const write = (name: string, text: string) => writeFileSync(join(workspace, name), text);
      mkdirSync(join(workspace, 'data'));
      write('data/rows.csv', churnRows());
      write('rows.csv', churnRows());
      write('rows.experiment.yaml', 'target: mine\n');
      write('keys.csv', 'id,same\n1,a\n2,a\n3,a\n');
      write('broken.parquet', 'this is no table');
      write('package.json', '{}');
    },
    async act(screen, workspace) {
      const { page } = screen;
      const before = readdirSync(workspace).sort().join();
      const start = () => command(page, 'Modelwright: New experiment from data…');
      const row = page.locator('.quick-input-list .monaco-list-row');
      const closed = () => row.first().waitFor({ state: 'hidden' });
      // Pressing the bell while the list is being filled would close it and end the reading. The bell's dot is no sign:
      // it tells of anything that goes on in the window. What is told is read out when it is there.
      const refused = async (text: RegExp) => {
        await page.locator('.monaco-alert', { hasText: text }).first().waitFor({ state: 'attached' });
        await notified(page, text);
      };
      await openModelwright(page);
      await page.getByRole('treeitem', { name: /^rows, rows\.experiment/ }).waitFor();

      await start();
      await row.filter({ hasText: 'broken.parquet' }).waitFor();
      if ((await row.filter({ hasText: 'package.json' }).count()) > 0)
        throw new Error('settings are offered');
      await picture(screen, 'new-table');
      await page.keyboard.press('Escape');
      await closed();
      await start();
      await choose(page, 'rows.csv');
      await row.filter({ hasText: 'visits' }).waitFor();
      await picture(screen, 'new-target');
      await page.keyboard.press('Escape');
      await closed();
      await start();
      await choose(page, 'keys.csv');
      await refused(/No column of “keys\.csv” can be predicted: .*Choose another table/);
      await start();
      await choose(page, 'broken.parquet');
      await refused(/“.*broken\.parquet”/);
      const after = readdirSync(workspace).sort().join();
      if (after !== before) throw new Error(`something was written: ${after}`);

      for (const [table, name, source] of [
        ['data/rows.csv', 'rows-2', 'data/rows.csv'],
        ['rows.csv', 'rows-3', 'rows.csv'],
      ] as const) {
        await start();
        await choose(page, table);
        await choose(page, 'left');
        await page.locator('.tab.active', { hasText: `${name}.experiment.yaml` }).waitFor();
        await page.getByRole('treeitem', { name: new RegExp(`^${name}, ${name}`) }).waitFor();
        const text = written(workspace, `${name}.experiment.yaml`);
        if (text !== `data:\n  source: ${source}\n  id: id\ntarget: left\n`) throw new Error(text);
      }
      await lensOf(page, /600 rows · 5 columns/).waitFor();
      await picture(screen, 'new-experiment');
      if (written(workspace, 'rows.experiment.yaml') !== 'target: mine\n')
        throw new Error('it was written over');
    },
  },
];
