/** The text of an experiment file with its lines: turns offsets into positions and back. */
import type { Position, Range } from '../protocol/finding.ts';

/** Offsets and characters are UTF-16 code units; lines are zero-based and end with LF, CRLF or CR. */
export class TextDocument {
  readonly text: string;
  readonly #lineStarts: readonly number[];

  constructor(text: string) {
    this.text = text;
    this.#lineStarts = findLineStarts(text);
  }

  get lineCount(): number {
    return this.#lineStarts.length;
  }

  positionAt(offset: number): Position {
    const within = Math.max(0, Math.min(offset, this.text.length));
    // Between the two characters of a line's end nothing can stand.
    const clamped = within > 0 && this.text.startsWith('\r\n', within - 1) ? within - 1 : within;
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= clamped) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: clamped - (this.#lineStarts[low] ?? 0) };
  }

  /** Clamped to the line's end. */
  offsetAt(position: Position): number {
    const start = this.#lineStarts[position.line];
    if (start === undefined) return this.text.length;
    return Math.min(start + position.character, start + this.lineAt(position.line).length);
  }

  rangeAt(start: number, end: number): Range {
    return { start: this.positionAt(start), end: this.positionAt(end) };
  }

  textIn(range: Range): string {
    return this.text.slice(this.offsetAt(range.start), this.offsetAt(range.end));
  }

  /** Without its line ending; empty past the end. */
  lineAt(line: number): string {
    const start = this.#lineStarts[line];
    if (start === undefined) return '';
    return this.text.slice(start, this.#lineStarts[line + 1]).replace(/[\r\n]+$/, '');
  }
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
  }
  return starts;
}
