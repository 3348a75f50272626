/** Expression text to tokens, each with its place. */
import type { ExpressionProblem, Span } from './ast.ts';

export interface Token {
  readonly kind: 'number' | 'date' | 'text' | 'name' | 'symbol' | 'end';
  /** As written; of text and quoted names, without quotes and escapes. */
  readonly text: string;
  /** A name in backquotes: never a keyword or function. */
  readonly quoted: boolean;
  readonly span: Span;
}

/** Longer text is refused: no expression that a person wrote comes near. */
export const longestExpression = 10_000;

const patterns: readonly (readonly [Token['kind'], RegExp])[] = [
  ['date', /\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?(?![\w-]|\.\d)/y],
  ['number', /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['name', /[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*(?:@\d+)?/uy],
  ['symbol', /\.\.|==|!=|<=|>=|\+=|-=|\*=|[<>=+\-*/%()[\],]/y],
];

/** What people write out of habit, and what it is called here. */
const habits: Readonly<Record<string, string>> = {
  '&&': 'and',
  '&': 'and',
  '||': 'or',
  '|': 'or',
  '!': 'not',
  '<>': '!=',
  '===': '==',
  '=>': '>=',
  '=<': '<=',
  '≥': '>=',
  '≤': '<=',
  '≠': '!=',
  '−': '-',
  '×': '*',
  '÷': '/',
};

export type Tokens =
  | { readonly tokens: readonly Token[]; readonly problem?: undefined }
  | { readonly tokens?: undefined; readonly problem: ExpressionProblem };

/** `offset` is added to all spans. */
export function tokenize(text: string, offset = 0): Tokens {
  if (text.length > longestExpression) {
    const message = `is ${text.length} characters long; at most ${longestExpression} are read`;
    return { problem: { message, span: { start: offset, end: offset + text.length } } };
  }
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at++;
      continue;
    }
    const next = quotedAt(text, at, offset) ?? plainAt(text, at, offset);
    if ('message' in next) return { problem: next };
    tokens.push(next);
    at = next.span.end - offset;
  }
  const end = offset + text.length;
  tokens.push({ kind: 'end', text: '', quoted: false, span: { start: end, end } });
  return { tokens };
}

function plainAt(text: string, at: number, offset: number): Token | ExpressionProblem {
  const habit = Object.keys(habits).find(
    (symbol) => text.startsWith(symbol, at) && !text.startsWith('!=', at),
  );
  if (habit !== undefined) {
    const span = { start: offset + at, end: offset + at + habit.length };
    const right = habits[habit] ?? '';
    // Words need room where signs need none.
    const [before, after] = /^[a-z]/.test(right)
      ? [/\S$/.test(text.slice(0, at)), /^\S/.test(text.slice(at + habit.length))]
      : [false, false];
    const suggestion = `${before ? ' ' : ''}${right}${after ? ' ' : ''}`;
    return { message: `\`${habit}\` is written \`${right}\` here`, span, suggestion };
  }
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) continue;
    const span = { start: offset + at, end: offset + at + match[0].length };
    return { kind, text: match[0], quoted: false, span };
  }
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  return {
    message: `\`${character}\` has no meaning here; text stands in single quotes, an odd column name in backquotes`,
    span: { start: offset + at, end: offset + at + character.length },
  };
}

/** Text in single or double quotes, a column name in backquotes; a doubled quote stands for itself. */
function quotedAt(text: string, at: number, offset: number): Token | ExpressionProblem | undefined {
  const quote = text.charAt(at);
  if (quote !== "'" && quote !== '"' && quote !== '`') return undefined;
  let value = '';
  for (let i = at + 1; i < text.length; i++) {
    if (text.charAt(i) !== quote) {
      value += text.charAt(i);
    } else if (text.charAt(i + 1) === quote) {
      value += quote;
      i++;
    } else {
      const span = { start: offset + at, end: offset + i + 1 };
      return { kind: quote === '`' ? 'name' : 'text', text: value, quoted: true, span };
    }
  }
  const span = { start: offset + at, end: offset + text.length };
  return { message: `the quote ${quote} is never closed`, span, suggestion: `${text.slice(at)}${quote}` };
}
