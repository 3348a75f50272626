/** Where settings stand in a file's text. Paths are dotted, list items by index; keys may hold dots themselves. */
import type { Range } from '../protocol/finding.ts';
import { type ConfigNode, locate, plainValue } from './configNode.ts';
import type { TextDocument } from './textDocument.ts';

export class ConfigSource {
  readonly text: TextDocument;
  /** Absent where the file holds nothing that could be read. */
  readonly root: ConfigNode | undefined;

  constructor(text: TextDocument, root: ConfigNode | undefined) {
    this.text = text;
    this.root = root;
  }

  /**
   * Range of a setting that is written in this file, else undefined. A value that spans lines below its key, or is
   * empty, is pointed at by its key; a list item by itself.
   */
  rangeOf(path: string, at: 'key' | 'value' = 'value'): Range | undefined {
    const found = this.root === undefined || path === '' ? undefined : locate(this.root, path);
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
    return this.root !== undefined && path !== '' && locate(this.root, path) !== undefined;
  }

  /** The plain value written at the path, before interpolation. */
  valueAt(path: string): unknown {
    const found = this.root === undefined ? undefined : locate(this.root, path);
    return found === undefined ? undefined : plainValue(found.node);
  }
}
