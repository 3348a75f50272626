/** Whatever is typed, wherever the cursor stands, every feature answers: nothing throws, and every range lies in the text. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TextEdit } from 'vscode-languageserver/node';
import { codeActionsAt } from '../../server/language/codeActions.ts';
import { codeLenses } from '../../server/language/codeLenses.ts';
import { completionsAt } from '../../server/language/completion/completion.ts';
import { hoverAt } from '../../server/language/hover.ts';
import { inlayHints } from '../../server/language/inlayHints.ts';
import { definitionsAt, documentLinks, referencesAt } from '../../server/language/navigation.ts';
import type { OpenExperiment } from '../../server/language/openExperiment.ts';
import { documentSymbols, foldingRanges, selectionRange } from '../../server/language/outline.ts';
import { semanticTokens } from '../../server/language/semanticTokens.ts';
import { signatureAt } from '../../server/language/signature.ts';
import type { Position, Range } from '../../server/protocol/finding.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { pieces } from '../config/edited.ts';
import { now } from '../lint/marked.ts';
import { rounds } from '../rounds.ts';
import { facts, openText } from './open.ts';

const examples = join(import.meta.dirname, '../config/examples');
/** Minutes in the soak. */
const edits = rounds(60, 5_000);

describe.each(readdirSync(examples))('%s', (name) => {
  const original = readFileSync(join(examples, name), 'utf8');

  test(`${edits} random edits`, { timeout: 600_000 }, () => {
    const random = createRandom(7, name);
    const pick = (count: number) => Math.floor(random.uniform() * count);
    let text = original;
    for (let round = 0; round < edits; round++) {
      if (round % 8 === 0) text = original;
      const at = pick(text.length + 1);
      text =
        random.uniform() < 0.6
          ? text.slice(0, at) + (pieces[pick(pieces.length)] ?? '') + text.slice(at)
          : text.slice(0, at) + text.slice(at + 1 + pick(20));
      const open = openText(text, { facts });
      // Where the edit was, and somewhere else.
      for (const offset of [Math.min(at, text.length), pick(text.length + 1)])
        askAll(open, open.loaded.text.positionAt(offset));
    }
    expect(text).not.toBe(original);
  });
});

function askAll(open: OpenExperiment, position: Position): void {
  const ranges: Range[] = [];
  for (const { textEdit } of completionsAt(open, position, { snippets: true }).items) {
    if (!TextEdit.is(textEdit)) throw new Error('a completion writes nothing');
    ranges.push(textEdit.range);
    // Editors take only edits of the cursor's own line that hold the cursor.
    const { start, end } = textEdit.range;
    const holds =
      start.line === position.line &&
      end.line === position.line &&
      start.character <= position.character &&
      end.character >= position.character;
    if (!holds)
      throw new Error(
        `${JSON.stringify(textEdit)} at ${JSON.stringify(position)} of ${JSON.stringify(open.loaded.text.text)}`,
      );
  }
  ranges.push(hoverAt(open, position)?.range ?? { start: position, end: position });
  ranges.push(...inlayHints(open).map((hint) => ({ start: hint.position, end: hint.position })));
  ranges.push(...codeLenses(open, now).map(({ range }) => range));
  ranges.push(
    ...definitionsAt(open, position)
      .filter(({ uri }) => uri === open.uri)
      .map(({ range }) => range),
  );
  ranges.push(...referencesAt(open, position, true).map(({ range }) => range));
  ranges.push(...documentLinks(open).map(({ range }) => range));
  ranges.push(selectionRange(open, position).range);
  const symbols = documentSymbols(open, { counts: true });
  for (const { range, selectionRange: name } of symbols) {
    // VS Code refuses a symbol whose name is outside of it.
    if (before(name.start, range.start) || before(range.end, name.end))
      throw new Error('a name outside of its symbol');
    ranges.push(range);
  }
  foldingRanges(open);
  codeActionsAt(open, { range: { start: position, end: position }, context: { diagnostics: [] } });
  signatureAt(open, position);
  expect(semanticTokens(open).data.every((part) => part >= 0)).toBe(true);
  const { lineCount } = open.loaded.text;
  for (const { start, end } of ranges) {
    if (before(end, start) || end.line >= lineCount)
      throw new Error(`${JSON.stringify({ start, end })} of ${JSON.stringify(open.loaded.text.text)}`);
  }
}

function before(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}
