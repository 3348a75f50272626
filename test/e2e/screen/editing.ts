/** Writing an experiment: what the editor offers, warns of and mends while a person types. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { createRandom } from '../../../server/statistics/random.ts';
import { command, openFile, picture, type ScreenTest } from './screen.ts';

const text = `data:
  source: shop.csv
  derive:
    - {name: late, expr: delay > 15}
target: late
split: {test: 0.25}
variants:
  near: {data: {filter: distance < 500}}
features: [distance]`;

function writeShop(workspace: string): void {
  const random = createRandom(3, 'shop');
  const lines = ['delay,distance,carrier'];
  for (let row = 0; row < 2000; row++) {
    const distance = row % 50 === 0 ? '' : Math.round(100 + 900 * random.uniform());
    lines.push(`${Math.round(60 * random.uniform() - 10)},${distance},${'ABC'.charAt(row % 3)}`);
  }
  writeFileSync(join(workspace, 'shop.csv'), `${lines.join('\n')}\n`);
  writeFileSync(join(workspace, 'shop.experiment.yaml'), text);
}

/** A line of an open text; the editor draws blanks as no-break spaces. */
function line(page: Page, words: RegExp) {
  const text = new RegExp(words.source.replaceAll(' ', '\\s'));
  return page.locator('.editor-instance .view-line').filter({ hasText: text }).first();
}

/** Opens the hover at the caret until it tells this: it shows the findings of the moment in which it was opened. */
async function hoverTelling(page: Page, text: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    await page.keyboard.press('Control+k');
    await page.keyboard.press('Control+i');
    try {
      await page.locator('.monaco-hover', { hasText: text }).waitFor({ timeout: 5_000 });
      return;
    } catch (error) {
      if (attempt === 8) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

export const editingTests: readonly ScreenTest[] = [
  {
    name: 'a person adds a column that leaks, is told at the word, and takes it out by a quick fix',
    prepare: writeShop,
    async act(screen) {
      const { page } = screen;
      await openFile(page, 'shop.experiment.yaml');
      // What is inferred stands beside what is written, and lenses over it; a key has another colour than its value.
      await line(page, /target: late.*task: binary.*metric: roc_auc/).waitFor();
      await line(page, /source: shop\.csv/)
        .locator('[class*="mtk"]')
        .nth(1)
        .waitFor();
      await page.locator('.codelens-decoration a', { hasText: /^\s*Run$/ }).waitFor();
      await page.locator('.codelens-decoration', { hasText: 'Run variant' }).waitFor();
      await page.locator('.codelens-decoration', { hasText: '2,000 rows · 3 columns' }).waitFor();
      await page
        .locator('.codelens-decoration', { hasText: 'train 1,500 · 5 folds · test 500 rows' })
        .waitFor();
      await picture(screen, 'editor-open');

      await page.locator('.monaco-editor .view-lines').first().click();
      await page.keyboard.press('Control+End');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.type(', ');
      const offered = page.locator('.suggest-widget .monaco-list-row');
      await offered.filter({ hasText: 'carrier' }).waitFor();
      await offered.filter({ hasText: 'leaks the target' }).first().waitFor();
      await picture(screen, 'editor-completion');
      await page.keyboard.type('delay');
      await page.keyboard.press('Escape');
      const squiggle = page.locator('.monaco-editor .squiggly-error').first();
      await squiggle.waitFor();
      await hoverTelling(page, 'is what `late` is computed from (AUC 1.000)');
      await page.locator('.monaco-hover', { hasText: /numeric · none missing/ }).waitFor();
      await picture(screen, 'editor-leak');

      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+.');
      await picture(screen, 'editor-fixes');
      await page.locator('.action-widget .monaco-list-row').filter({ hasText: /delay/ }).first().click();
      await line(page, /features: \[distance\]/).waitFor();
      await squiggle.waitFor({ state: 'detached' });

      // Keys and the values of one are offered, and a key says what it is.
      await page.keyboard.press('Control+End');
      await page.keyboard.type('\nmod');
      await offered.filter({ hasText: 'model' }).first().waitFor();
      await page.keyboard.type('el: ');
      await offered.filter({ hasText: 'forest' }).first().waitFor();
      await page.keyboard.type('forest');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Home');
      await hoverTelling(page, 'The model and what is done to its scores');
    },
  },
  {
    name: 'a person reads the resolved experiment beside the file, and it follows what is typed',
    prepare: writeShop,
    async act(screen) {
      const { page } = screen;
      await openFile(page, 'shop.experiment.yaml');
      await command(page, 'Modelwright: Show resolved experiment');
      await line(page, /as a run would read it/).waitFor();
      await line(page, /source: shop\.csv # written in shop\.ex/).waitFor();
      await picture(screen, 'editor-resolved');
      await page.locator('.editor-instance').first().locator('.view-lines').click();
      await page.keyboard.press('Control+End');
      await page.keyboard.type('\nname: corner-shop');
      await page.keyboard.press('Escape');
      await line(page, /name: corner-shop # written/).waitFor();
    },
  },
];
