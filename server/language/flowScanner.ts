/** Follows `{…}` and `[…]` character by character: which key or item is being written when the text stops. */

interface Bracket {
  readonly kind: 'map' | 'list';
  key: string | undefined;
  index: number;
}

export interface FlowPlace {
  readonly steps: readonly (string | number)[];
  readonly role: 'key' | 'value' | 'either';
  /** In the last line that was scanned; negative where the word started on an earlier one. */
  readonly wordColumn: number;
  readonly quote: '' | '"' | "'";
  readonly flow: 'map' | 'list';
}

export class FlowScanner {
  readonly #open: Bracket[] = [];
  #word = '';
  #wordColumn = 0;
  #quote: '' | '"' | "'" = '';
  #comment = false;
  #offset = 0;

  /** Every bracket has been closed. */
  get closed(): boolean {
    return this.#open.length === 0;
  }

  newLine(): void {
    this.#comment = false;
    if (this.#word.trim() === '') this.#word = '';
    this.#wordColumn -= this.#offset;
    this.#offset = 0;
  }

  scan(text: string): void {
    for (let i = 0; i < text.length && !this.#comment; i++) {
      this.#character(text.charAt(i), text.charAt(i + 1), i);
      if (this.closed) return;
    }
    this.#offset = text.length;
  }

  /** Undefined in a comment. */
  place(): FlowPlace | undefined {
    const top = this.#open.at(-1);
    if (top === undefined || this.#comment) return undefined;
    const steps = this.#open.flatMap((bracket): (string | number)[] =>
      bracket.kind === 'list' ? [bracket.index] : bracket.key === undefined ? [] : [bracket.key],
    );
    const started = this.#word !== '' || this.#quote !== '';
    return {
      steps,
      role: top.kind === 'list' ? 'either' : top.key === undefined ? 'key' : 'value',
      wordColumn: (started ? this.#wordColumn : this.#offset) + (this.#quote === '' ? 0 : 1),
      quote: this.#quote,
      flow: top.kind,
    };
  }

  #character(character: string, next: string, at: number): void {
    if (this.#quote !== '') {
      this.#word += character;
      if (character === this.#quote) this.#quote = '';
      return;
    }
    const top = this.#open.at(-1);
    if (character === '#' && (this.#word === '' || /\s$/.test(this.#word))) {
      this.#comment = true;
    } else if ((character === '"' || character === "'") && this.#word === '') {
      this.#quote = character;
      this.#word = character;
      this.#wordColumn = at;
    } else if (character === '{' || character === '[') {
      this.#open.push({ kind: character === '{' ? 'map' : 'list', key: undefined, index: 0 });
      this.#word = '';
    } else if (character === '}' || character === ']') {
      this.#open.pop();
      this.#word = '';
    } else if (character === ',') {
      this.#word = '';
      if (top?.kind === 'map') top.key = undefined;
      else if (top !== undefined) top.index++;
    } else if (
      character === ':' &&
      top?.kind === 'map' &&
      top.key === undefined &&
      /^$|[\s,\]}]/.test(next)
    ) {
      top.key = this.#word.trim().replace(/^(["'])(.*)\1$/, '$2');
      this.#word = '';
    } else if (this.#word !== '' || !/\s/.test(character)) {
      if (this.#word === '') this.#wordColumn = at;
      this.#word += character;
    }
  }
}
