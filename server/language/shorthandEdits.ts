/** Writing a shorthand out, and taking it back: `split: 0.2` and `split: {test: 0.2}` mean the same. */
import type { ConfigNode, MapEntry } from '../config/configNode.ts';
import { expandShorthands } from '../config/expand.ts';
import { loadExperiment } from '../config/load.ts';
import { primaryOf } from '../config/shorthands.ts';
import type { ConfigSource } from '../config/source.ts';
import { applyEdits } from '../lint/fix.ts';
import type { TextEdit } from '../protocol/finding.ts';
import type { OpenExperiment } from './openExperiment.ts';

export interface ShorthandEdit {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** Of the setting around an offset; none where neither form is possible, or comments would be lost. */
export function shorthandEdits(open: OpenExperiment, offset: number): ShorthandEdit[] {
  const { source } = open.loaded;
  return entriesAround(source, offset).flatMap(({ path, entry, flow }) => {
    const primary = primaryOf(path);
    if (primary === undefined) return [];
    const collapse = entry.node.kind === 'map';
    const edits = collapse ? collapsed(source, entry, primary) : expanded(source, entry, { primary, flow });
    const title = collapse ? `Collapse ${path} to its ${primary}` : `Expand ${path} to {${primary}: …}`;
    return edits.length > 0 && meansTheSame(open, edits) ? [{ title, edits }] : [];
  });
}

/** `split: 0.2` becomes `split: {test: 0.2}` between brackets, and a key on a line of its own elsewhere. */
export function expanded(
  source: ConfigSource,
  { keyStart, keyEnd, node }: MapEntry,
  { primary, flow }: { readonly primary: string; readonly flow: boolean },
): TextEdit[] {
  const { text } = source;
  if (node.kind === 'scalar' && (node.source === '' || node.style === 'block')) return [];
  const end = node.start + text.text.slice(node.start, node.end).trimEnd().length;
  if (flow) {
    return [
      { range: text.rangeAt(node.start, node.start), text: `{${primary}: ` },
      { range: text.rangeAt(end, end), text: '}' },
    ];
  }
  const indent = ' '.repeat(text.positionAt(keyStart).character + 2);
  const colon = text.text.indexOf(':', keyEnd) + 1;
  const head = { range: text.rangeAt(colon, node.start), text: `\n${indent}${primary}: ` };
  if (node.kind !== 'list' || node.flow) {
    return text.text.slice(colon, node.start).includes('\n') ? [] : [head];
  }
  const first = text.positionAt(node.start).line;
  const last = text.positionAt(Math.max(node.start, end)).line;
  const deeper = Array.from({ length: last - first + 1 }, (_, i) => {
    const at = text.offsetAt({ line: first + i, character: 0 });
    return { range: text.rangeAt(at, at), text: text.lineAt(first + i).trim() === '' ? '' : '  ' };
  }).filter((edit) => edit.text !== '');
  const eol = text.offsetAt({ line: text.positionAt(keyEnd).line, character: Number.MAX_SAFE_INTEGER });
  return [{ range: text.rangeAt(eol, eol), text: `\n${indent}${primary}:` }, ...deeper];
}

/** Only a map that holds the primary field alone, on one line or two, without a comment that would be lost. */
function collapsed(source: ConfigSource, { keyEnd, node }: MapEntry, primary: string): TextEdit[] {
  const [only, ...others] = node.kind === 'map' ? node.entries : [];
  if (only === undefined || only.key !== primary || others.length > 0) return [];
  const inner = only.node;
  const onOneLine = inner.kind === 'scalar' ? inner.style !== 'block' && inner.source !== '' : inner.flow;
  if (!onOneLine) return [];
  const { text } = source;
  const colon = text.text.indexOf(':', keyEnd) + 1;
  const before = text.text.slice(colon, inner.start);
  const after = text.text.slice(inner.end, node.end);
  if (before.includes('#') || after.includes('#')) return [];
  return [
    { range: text.rangeAt(colon, inner.start), text: ' ' },
    ...(node.kind === 'map' && node.flow ? [{ range: text.rangeAt(inner.end, node.end), text: '' }] : []),
  ];
}

/** The change is offered only where the experiment stays what it is. */
function meansTheSame({ loaded }: OpenExperiment, edits: readonly TextEdit[]): boolean {
  const text = applyEdits(loaded.text.text, edits);
  // The file alone: what it builds on stays as it is.
  const of = (each: string) => {
    const { file, workspace } = loaded;
    const { value, problems } = loadExperiment({ file, workspace, text: each, readFile: () => '' });
    return JSON.stringify([expandShorthands(value), problems.map(({ rule }) => rule)]);
  };
  return of(text) === of(loaded.text.text);
}

interface Around {
  readonly path: string;
  readonly entry: MapEntry;
  /** Written between brackets. */
  readonly flow: boolean;
}

/** The settings whose key or one-line value holds the offset, outermost first. */
function entriesAround({ root }: ConfigSource, offset: number): Around[] {
  const found: Around[] = [];
  const step = (node: ConfigNode, steps: readonly (string | number)[], flow: boolean): void => {
    if (node.kind === 'list') {
      for (const [i, item] of node.items.entries())
        if (offset >= item.start && offset <= item.end) step(item, [...steps, i], flow || node.flow);
      return;
    }
    if (node.kind !== 'map') return;
    for (const entry of node.entries) {
      if (offset < entry.keyStart || offset > Math.max(entry.keyEnd, entry.node.end)) continue;
      const path = [...steps, entry.key];
      // Those of a variant overlay the experiment's.
      const plain = path[0] === 'variants' ? path.slice(2) : path;
      if (plain.length > 0) found.push({ path: plain.join('.'), entry, flow: flow || node.flow });
      step(entry.node, path, flow || node.flow);
    }
  };
  if (root !== undefined) step(root, [], false);
  return found;
}
