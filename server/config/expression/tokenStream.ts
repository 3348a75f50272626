/** A cursor over tokens with the depth limit that keeps hostile expressions from overflowing the stack. */
import type { ExpressionProblem, Span } from './ast.ts';
import type { Token } from './tokenize.ts';

/** Stops a parse from anywhere inside it; caught at the public functions of parse.ts and gate.ts, never beyond. */
export class ExpressionFault extends Error {
  readonly problem: ExpressionProblem;

  constructor(problem: ExpressionProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

const deepest = 200;
/** Operators of one kind in a row make the tree as deep as they are many. */
const longestChain = 500;

export class TokenStream {
  readonly text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  #links = 0;

  /** `text` is what all spans refer to. */
  constructor(text: string, tokens: readonly Token[]) {
    this.text = text;
    this.#tokens = tokens;
  }

  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new Error('tokenize always ends with an end token');
    return token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  atSymbol(...symbols: readonly string[]): boolean {
    const token = this.peek();
    return token.kind === 'symbol' && symbols.includes(token.text);
  }

  /** Keywords in any case. */
  atWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'name' && !token.quoted && token.text.toLowerCase() === word;
  }

  takeSymbol(...symbols: readonly string[]): Token | undefined {
    return this.atSymbol(...symbols) ? this.next() : undefined;
  }

  takeWord(word: string): Token | undefined {
    return this.atWord(word) ? this.next() : undefined;
  }

  expectSymbol(symbol: string, after: string): Token {
    const token = this.takeSymbol(symbol);
    if (token === undefined) {
      // Where more follows, it is not sure that it belongs before that.
      const atEnd = this.peek().kind === 'end' ? symbol : undefined;
      this.fail(`\`${symbol}\` is missing after ${after}`, this.peek().span, atEnd);
    }
    return token;
  }

  expectEnd(): void {
    const token = this.peek();
    if (token.kind !== 'end') this.fail(`\`${token.text}\` is not expected here`);
  }

  fail(message: string, span: Span = this.peek().span, suggestion?: string): never {
    throw new ExpressionFault({ message, span, ...(suggestion === undefined ? {} : { suggestion }) });
  }

  /** Counts one more operator of a chain. */
  link(): void {
    if (++this.#links > longestChain)
      this.fail(`has more than ${longestChain} operators; lists are shorter: \`x in [a, b]\``);
  }

  /** Runs `parse` one level deeper. */
  nested<T>(parse: () => T): T {
    if (++this.#depth > deepest) this.fail(`is nested deeper than ${deepest} levels`);
    const result = parse();
    this.#depth--;
    return result;
  }
}
