/** Where settings stand in a file's text. Paths are dotted, list items by index; keys may hold dots themselves. */
import type { Range } from '../protocol/finding.ts';
import { type ConfigNode, type Located, locate, plainValue } from './configNode.ts';
import { primaryOf } from './shorthands.ts';
import type { TextDocument } from './textDocument.ts';

export class ConfigSource {
  readonly text: TextDocument;
  /** Absent where the file holds nothing that could be read. */
  readonly root: ConfigNode | undefined;

  constructor(text: TextDocument, root: ConfigNode | undefined) {
    this.text = text;
    this.root = root;
  }

  /** The node at a path; `split.test` is found in `split: 0.2` as well. */
  locate(path: string): Located | undefined {
    if (this.root === undefined) return undefined;
    const found = locate(this.root, path);
    if (found !== undefined || path === '') return found;
    const parts = path.split('.');
    for (let kept = parts.length - 1; kept > 0; kept--) {
      const section = parts.slice(0, kept).join('.');
      const written = locate(this.root, section);
      if (written === undefined) continue;
      if (written.node.kind === 'map' || primaryOf(section) !== parts[kept]) return undefined;
      return kept === parts.length - 1
        ? written
        : this.locate([...parts.slice(0, kept), ...parts.slice(kept + 1)].join('.'));
    }
    return undefined;
  }

  /**
   * Range of a setting that is written in this file, else undefined. A value that spans lines below its key, or is
   * empty, is pointed at by its key; a list item by itself.
   */
  rangeOf(path: string, at: 'key' | 'value' = 'value'): Range | undefined {
    const found = path === '' ? undefined : this.locate(path);
    if (found === undefined) return undefined;
    const { node, entry } = found;
    const inPlace = node.kind === 'scalar' ? node.style !== 'block' && node.source !== '' : node.flow;
    if (entry !== undefined && (at === 'key' || !inPlace))
      return this.text.rangeAt(entry.keyStart, entry.keyEnd);
    const range = this.text.rangeAt(node.start, node.end);
    if (range.start.line === range.end.line) return range;
    // The first line of what spans several says enough.
    return {
      start: range.start,
      end: { line: range.start.line, character: this.text.lineAt(range.start.line).length },
    };
  }

  /** The same, of the nearest parent that is written; the file's first word when there is none. */
  nearestRange(path: string, at: 'key' | 'value' = 'value'): Range {
    const parts = path.split('.');
    for (let kept = parts.length; kept > 0; kept--) {
      const range = this.rangeOf(parts.slice(0, kept).join('.'), kept === parts.length ? at : 'value');
      if (range !== undefined) return range;
    }
    const first = this.text.text.search(/[^\s#-]/);
    const word = /^[\w.-]+/.exec(this.text.text.slice(Math.max(0, first)))?.[0] ?? '';
    return this.text.rangeAt(Math.max(0, first), Math.max(0, first) + word.length);
  }

  /** Whether the setting is written in this file. */
  has(path: string): boolean {
    return path !== '' && this.locate(path) !== undefined;
  }

  /** The plain value written at the path, before interpolation. */
  valueAt(path: string): unknown {
    const found = this.locate(path);
    return found === undefined ? undefined : plainValue(found.node);
  }
}
