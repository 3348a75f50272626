/** Formatting: white space alone. Two columns a level, one space where one belongs; words, quotes, comments, order and line breaks stay. */
import { type ConfigNode, plainValue } from '../config/configNode.ts';
import type { ConfigSource } from '../config/source.ts';
import { TextDocument } from '../config/textDocument.ts';
import { parseYaml } from '../config/yaml/yaml.ts';
import { applyEdits } from '../lint/fix.ts';
import type { TextEdit } from '../protocol/finding.ts';
import type { OpenExperiment } from './openExperiment.ts';

const step = 2;

/** None for text that cannot be read whole: what is broken is the person's to mend first. */
export function formatEdits({ loaded: { source, text, damaged, problems } }: OpenExperiment): TextEdit[] {
  const { root } = source;
  const broken = damaged.length > 0 || problems.some(({ rule }) => rule === 'yaml-syntax');
  if (root === undefined || broken || /\t/.test(text.text)) return [];
  const edits = [...indentEdits(source, root), ...spacingEdits(source, root), ...endEdits(text)];
  return keepsMeaning(text.text, applyEdits(text.text, edits), root) ? edits : [];
}

/** White space must never change what the file says, nor lose a comment. */
function keepsMeaning(before: string, after: string, root: ConfigNode): boolean {
  const parsed = parseYaml(new TextDocument(after));
  if (parsed.root === undefined || parsed.problems.some(({ rule }) => rule === 'yaml-syntax')) return false;
  const bare = (text: string) => text.replaceAll(/\s+/g, '');
  return (
    bare(before) === bare(after) &&
    JSON.stringify(plainValue(parsed.root)) === JSON.stringify(plainValue(root))
  );
}

/** A line on which keys or items of block style start: where it starts now, and where it should. */
interface Start {
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

function indentEdits({ text }: ConfigSource, root: ConfigNode): TextEdit[] {
  const starts = new Map<number, Start>();
  const place = (offset: number, to: number) => {
    const { line, character } = text.positionAt(offset);
    const lead = text.lineAt(line).slice(0, character);
    // Of what stands on one line (`- name: x`), the first decides.
    if (lead.trim() === '' && !starts.has(line)) starts.set(line, { line, from: character, to });
  };
  const visit = (node: ConfigNode, column: number): void => {
    if (node.kind === 'scalar' || node.flow) return;
    if (node.kind === 'map') {
      for (const { keyStart, node: child } of node.entries) {
        place(keyStart, column);
        visit(child, column + step);
      }
      return;
    }
    for (const item of node.items) {
      place(dashOf(text, item), column);
      visit(item, column + step);
    }
  };
  visit(root, 0);
  return linesOf(text, starts);
}

/** The dash that an item stands behind; the item itself where it is empty. */
function dashOf(text: TextDocument, item: ConfigNode): number {
  const { line, character } = text.positionAt(item.start);
  const dash = /^[ -]*-\s/.exec(text.lineAt(line).slice(0, character));
  return dash === null ? item.start : text.offsetAt({ line, character: text.lineAt(line).indexOf('-') });
}

/** Lines between two starts move with the earlier one; a comment goes where the line below it goes. */
function linesOf(text: TextDocument, starts: ReadonlyMap<number, Start>): TextEdit[] {
  const edits: TextEdit[] = [];
  const ordered = [...starts.values()].toSorted((a, b) => a.line - b.line);
  let current: Start | undefined;
  for (let line = 0; line < text.lineCount; line++) {
    const content = text.lineAt(line);
    const indent = content.length - content.trimStart().length;
    current = starts.get(line) ?? current;
    if (content.trim() === '') continue;
    const next = content.trimStart().startsWith('#') ? ordered.find((each) => each.line > line) : undefined;
    const own = starts.get(line) ?? (next?.from === indent ? next : current);
    if (own === undefined) continue;
    const to = Math.max(0, indent + own.to - own.from);
    if (to !== indent)
      edits.push({
        range: { start: { line, character: 0 }, end: { line, character: indent } },
        text: ' '.repeat(to),
      });
  }
  return edits;
}

/** `key: value`, `- item`, `[a, b]`, `{a: 1, b: 2}`. */
function spacingEdits({ text }: ConfigSource, root: ConfigNode): TextEdit[] {
  const edits: TextEdit[] = [];
  const between = (start: number, end: number, wanted: string) => {
    const now = text.text.slice(start, end);
    if (end > start && now !== wanted && /^[ ,]*$/.test(now))
      edits.push({ range: text.rangeAt(start, end), text: wanted });
  };
  const visit = (node: ConfigNode, dash: boolean): void => {
    if (node.kind === 'scalar') return;
    const parts =
      node.kind === 'map' ? node.entries.map(({ keyStart }) => keyStart) : node.items.map((i) => i.start);
    const ends =
      node.kind === 'map'
        ? node.entries.map((entry) => Math.max(entry.keyEnd, entry.node.end))
        : node.items.map((i) => i.end);
    if (node.flow) {
      parts.forEach((start, i) => {
        const before = ends[i - 1];
        if (before === undefined) between(node.start + 1, start, '');
        else between(before, start, ', ');
      });
      if (parts.length > 0) between(ends.at(-1) ?? node.end, node.end - 1, '');
    } else if (node.kind === 'list') {
      for (const item of node.items) {
        const at = dashOf(text, item);
        if (at !== item.start && text.text.charAt(at) === '-') between(at + 1, item.start, ' ');
      }
    }
    if (node.kind === 'list') for (const item of node.items) visit(item, true);
    else
      for (const { keyEnd, node: child } of node.entries) {
        const colon = text.text.indexOf(':', keyEnd);
        between(keyEnd, colon, '');
        const empty = child.kind === 'scalar' && child.source === '';
        if (!empty) between(colon + 1, child.start, ' ');
        visit(child, dash);
      }
  };
  visit(root, false);
  return edits;
}

/** No white space at the ends of lines, and one line end at the end of the file. */
function endEdits(text: TextDocument): TextEdit[] {
  const edits: TextEdit[] = [];
  const trailing = /[ ]+(?=\r?\n|$)/g;
  for (const match of text.text.matchAll(trailing)) {
    const start = match.index;
    edits.push({ range: text.rangeAt(start, start + match[0].length), text: '' });
  }
  const blank = /(?:\r?\n)*$/.exec(text.text)?.[0] ?? '';
  const end = blank.startsWith('\r') ? '\r\n' : '\n';
  const from = text.text.length - blank.length;
  if (blank !== end && from > 0) edits.push({ range: text.rangeAt(from, text.text.length), text: end });
  return edits;
}
