/** The shape of a file: outline, folding and growing selections. */
import {
  type DocumentSymbol,
  type FoldingRange,
  FoldingRangeKind,
  type SelectionRange,
  SymbolKind,
} from 'vscode-languageserver/node';
import { type ConfigNode, walk } from '../config/configNode.ts';
import type { Position, Range } from '../protocol/finding.ts';
import type { OpenExperiment } from './openExperiment.ts';

interface Shown {
  readonly open: OpenExperiment;
  /** How many problems each section has; an editor that keeps an outline would show counts of the past. */
  readonly counts: boolean;
}

export function documentSymbols(open: OpenExperiment, { counts }: Pick<Shown, 'counts'>): DocumentSymbol[] {
  const { root } = open.loaded.source;
  return root === undefined ? [] : symbolsOf({ open, counts }, root, true);
}

function symbolsOf(shown: Shown, node: ConfigNode, top: boolean): DocumentSymbol[] {
  const { open, counts } = shown;
  const { text } = open.loaded;
  if (node.kind === 'map') {
    return node.entries.map(({ key, keyStart, keyEnd, node: child }) => {
      const range = text.rangeAt(keyStart, Math.max(keyEnd, contentEnd(text.text, child)));
      return {
        name: key.trim() === '' ? '(no name)' : key,
        detail: [detailOf(child), ...(top && counts ? problemsIn(open, range) : [])]
          .filter((part) => part !== '')
          .join(' · '),
        kind: kindOf(child, top),
        range,
        selectionRange: text.rangeAt(keyStart, keyEnd),
        children: symbolsOf(shown, child, false),
      };
    });
  }
  if (node.kind === 'scalar') return [];
  return node.items.flatMap((item, index) => {
    const named =
      item.kind === 'map'
        ? item.entries.find(({ key }) => ['name', 'id', 'rule', 'kpi'].includes(key))
        : undefined;
    if (item.kind === 'scalar') return [];
    const range = text.rangeAt(item.start, Math.max(item.start, contentEnd(text.text, item)));
    const name = named?.node.kind === 'scalar' ? String(named.node.value) : '';
    return [
      {
        name: name.trim() === '' ? String(index + 1) : name,
        kind: SymbolKind.Object,
        range,
        selectionRange: range,
        children: symbolsOf(shown, item, false),
      },
    ];
  });
}

function detailOf(node: ConfigNode): string {
  if (node.kind === 'list') return node.items.length === 1 ? '1 item' : `${node.items.length} items`;
  if (node.kind === 'map') return '';
  const text = String(node.value ?? '').replaceAll(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function problemsIn({ findings }: OpenExperiment, { start, end }: Range): string[] {
  const within = findings.filter(
    ({ range, severity }) =>
      severity !== 'hint' && range.start.line >= start.line && range.start.line <= end.line,
  );
  return within.length === 0 ? [] : [within.length === 1 ? '1 problem' : `${within.length} problems`];
}

function kindOf(node: ConfigNode, top: boolean): SymbolKind {
  if (top && node.kind !== 'scalar') return SymbolKind.Module;
  if (node.kind === 'map') return SymbolKind.Object;
  if (node.kind === 'list') return SymbolKind.Array;
  if (typeof node.value === 'number') return SymbolKind.Number;
  return typeof node.value === 'boolean' ? SymbolKind.Boolean : SymbolKind.String;
}

/** Sections and lists over several lines, and comments of several lines. */
export function foldingRanges({ loaded: { source, text } }: OpenExperiment): FoldingRange[] {
  const ranges: FoldingRange[] = [];
  const fold = (start: number, end: number, kind?: FoldingRangeKind) => {
    if (end > start) ranges.push({ startLine: start, endLine: end, ...(kind === undefined ? {} : { kind }) });
  };
  if (source.root !== undefined) {
    walk(source.root, (node, path, entry) => {
      if (path === '') return;
      fold(
        text.positionAt(entry?.keyStart ?? node.start).line,
        text.positionAt(contentEnd(text.text, node)).line,
      );
    });
  }
  let comment: number | undefined;
  for (let line = 0; line <= text.lineCount; line++) {
    if (line < text.lineCount && /^\s*#/.test(text.lineAt(line))) comment ??= line;
    else if (comment !== undefined) {
      fold(comment, line - 1, FoldingRangeKind.Comment);
      comment = undefined;
    }
  }
  return ranges;
}

/** From the word outwards: value, setting, section, file. */
export function selectionRange(
  { loaded: { source, text } }: OpenExperiment,
  position: Position,
): SelectionRange {
  const offset = text.offsetAt(position);
  let found: SelectionRange = { range: text.rangeAt(0, text.text.length) };
  const grow = (start: number, end: number) => {
    if (offset >= start && offset <= end) found = { range: text.rangeAt(start, end), parent: found };
  };
  if (source.root !== undefined) {
    walk(source.root, (node, _, entry) => {
      const end = contentEnd(text.text, node);
      if (offset < (entry?.keyStart ?? node.start) || offset > end) return;
      if (entry !== undefined) {
        grow(entry.keyStart, Math.max(entry.keyEnd, end));
        grow(entry.keyStart, entry.keyEnd);
      }
      grow(node.start, end);
    });
  }
  return found;
}

/** Without the white space that block text ends with. */
function contentEnd(text: string, node: ConfigNode): number {
  return node.start + text.slice(node.start, node.end).trimEnd().length;
}
