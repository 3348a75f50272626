/** A place in a text as a terminal shows it: `file:line:column`, the line, and carets under the words at fault. */
// biome-ignore-all lint/suspicious/noControlCharactersInRegex: control characters are what is looked for and replaced.
import type { TextDocument } from '../../config/textDocument.ts';
import type { Range } from '../../protocol/finding.ts';

const widest = 160;

/** Three lines; an empty list where the range lies outside the text. Tabs and control characters become spaces. */
export function frame(text: TextDocument, range: Range): string[] {
  const { line, character } = range.start;
  if (line >= text.lineCount) return [];
  const content = text
    .lineAt(line)
    .replaceAll(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, ' ');
  const end = range.end.line === line ? range.end.character : content.length;
  // A long line is shown around the fault.
  const from = character > widest - 40 ? character - 40 : 0;
  const shown = content.slice(from, from + widest);
  const carets = '^'.repeat(Math.max(1, Math.min(end, from + widest) - character));
  const number = String(line + 1);
  const margin = ' '.repeat(number.length);
  return [
    `${margin} |`,
    `${number} | ${from > 0 ? '…' : ''}${shown}`,
    `${margin} | ${' '.repeat(Math.max(0, width(content.slice(from, character)) + (from > 0 ? 1 : 0)))}${carets}`,
  ];
}

/** Terminal columns: wide characters take two, combining marks none. */
function width(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue;
    columns +=
      /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\u{1F300}-\u{1FAFF}]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return columns;
}
