/** Damage that is better replaced before YAML is read at all: control characters, merge conflicts, tabs. Lengths stay. */
// biome-ignore-all lint/suspicious/noControlCharactersInRegex: control characters are what is looked for and replaced.
import type { TextEdit } from '../../protocol/finding.ts';
import type { Problem } from '../problem.ts';
import type { TextDocument } from '../textDocument.ts';
import { problemAt } from './yamlErrors.ts';

interface Masked {
  readonly text: string;
  readonly problem: Problem;
}

export function maskControls(document: TextDocument, text: string): Masked | undefined {
  const controls = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\uFFFD-\uFFFF]/g;
  const first = text.search(controls);
  if (first === -1) return undefined;
  if (text[first] === '\uFFFD') {
    const message = `${lineName(document, first)}: not UTF-8 text. Expected the file to be saved as UTF-8.`;
    return { text, problem: problemAt(document, first, first + 1, message) };
  }
  const code = text.charCodeAt(first).toString(16).toUpperCase().padStart(4, '0');
  const name = code === '0000' ? 'a NUL character' : `the control character U+${code}`;
  const message = `${lineName(document, first)}: ${name} stands in the text. Expected readable characters only.`;
  const count = text.match(controls)?.length ?? 1;
  const problem = problemAt(document, first, first + 1, message, { count });
  return { text: text.replaceAll(controls, ' '), problem };
}

/** Keeps the first side of each conflict; one problem for all of them. */
export function maskConflicts(document: TextDocument, text: string): Masked | undefined {
  const conflict = /^<{7}(?: .*)?\r?\n([\s\S]*?)^(?:\|{7}|={7})(?: .*)?\r?\n([\s\S]*?)^>{7}(?: .*)?$/gm;
  const first = text.search(conflict);
  if (first === -1) return undefined;
  const count = text.match(conflict)?.length ?? 1;
  const masked = text.replaceAll(conflict, (whole, ours: string) => {
    const start = whole.indexOf('\n') + 1;
    return blanked(whole.slice(0, start)) + ours + blanked(whole.slice(start + ours.length));
  });
  const many = count === 1 ? '' : ` (the first of ${count})`;
  const message = `${lineName(document, first)}: a merge conflict is left in the file${many}. Expected one of its sides.`;
  return { text: masked, problem: problemAt(document, first, first + 7, message, { count }) };
}

/** Each tab of an indentation becomes one space; the fix makes it two. */
export function maskTabs(document: TextDocument, text: string, first: number): Masked {
  const edits: TextEdit[] = [];
  const masked = text.replaceAll(/^[ \t]*\t[ \t]*(?=\S)/gm, (indent: string, offset: number) => {
    const range = document.rangeAt(offset, offset + indent.length);
    edits.push({ range, text: indent.replaceAll('\t', '  ') });
    return indent.replaceAll('\t', ' ');
  });
  const message = `${lineName(document, first)}: a tab indents the line. Expected spaces.`;
  const fixes = [{ title: 'Convert tabs to spaces', edits, safe: true }];
  return { text: masked, problem: { ...problemAt(document, first, first + 1, message), fixes } };
}

function blanked(text: string): string {
  return text.replaceAll(/[^\n\r]/g, ' ');
}

function lineName(document: TextDocument, offset: number): string {
  return `Line ${document.positionAt(offset).line + 1}`;
}
