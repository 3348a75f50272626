/** Expression text to tree: filter, derive, expect, slices; gates stand in gate.ts. */

import { keepLast } from '../keepLast.ts';
import { nearest } from '../nearest.ts';
import type { Comparison, Expression, Parsed, Span, Unit } from './ast.ts';
import { functions } from './functions.ts';
import { type Token, tokenize } from './tokenize.ts';
import { ExpressionFault, TokenStream } from './tokenStream.ts';

/** Filter, derive and expect expressions. `=` and `==` are the same. */
export const parseExpression: (text: string) => Parsed<Expression> = keepLast(2_000, (text) =>
  parseWhole(text, (stream) => orChain(stream)),
);

/**
 * An evaluate.slices item or what stands in a gate's parentheses: `column=value` with the value unquoted, or an
 * expression. `offset` is added to all spans.
 */
export function parseSlice(text: string, offset = 0): Parsed<Expression> {
  const short = /^(\s*)([\p{L}_][\p{L}\p{N}_.]*|`[^`]+`)(\s*=\s*)([^='"`()<>[\],]+?)\s*$/u.exec(text);
  if (short === null || /\s(?:and|or)\s/i.test(short[4] ?? '')) return parseWhole(text, orChain, offset);
  const [, lead = '', column = '', equals = '', value = ''] = short;
  const start = offset + lead.length;
  const middle = start + column.length + equals.length;
  const span = { start, end: middle + value.length };
  const left = {
    kind: 'name',
    name: column.replaceAll('`', ''),
    span: { start, end: start + column.length },
  } as const;
  const right = sliceValue(value, { start: middle, end: span.end });
  return { ast: { kind: 'compare', operator: '==', left, right, span } };
}

/** Runs a parse over the whole text and turns a fault into a problem. */
export function parseWhole<T>(text: string, parse: (stream: TokenStream) => T, offset = 0): Parsed<T> {
  const { tokens, problem } = tokenize(text, offset);
  if (tokens === undefined) return { problem };
  try {
    const stream = new TokenStream(text, tokens);
    if (stream.peek().kind === 'end') stream.fail('is empty');
    const ast = parse(stream);
    stream.expectEnd();
    return { ast };
  } catch (error) {
    if (error instanceof ExpressionFault) return { problem: error.problem };
    throw error;
  }
}

export function orChain(stream: TokenStream): Expression {
  return stream.nested(() => {
    let left = andChain(stream);
    while (stream.takeWord('or') !== undefined) {
      stream.link();
      const right = andChain(stream);
      left = { kind: 'logic', operator: 'or', left, right, span: join(left, right) };
    }
    return left;
  });
}

/** A number with its sign and unit, as gates and spaces want it; undefined where none stands. */
export function takeNumber(
  stream: TokenStream,
  rates = false,
): (Expression & { kind: 'number' }) | undefined {
  const sign = stream.atSymbol('-') && stream.peek(1).kind === 'number' ? stream.next() : undefined;
  if (stream.peek().kind !== 'number') return undefined;
  const number = numberAt(stream, rates);
  if (sign === undefined) return number;
  return { ...number, value: -number.value, span: { start: sign.span.start, end: number.span.end } };
}

function sliceValue(value: string, span: Span): Expression {
  if (/^-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(value))
    return { kind: 'number', value: Number(value), span };
  if (/^(?:true|false)$/i.test(value))
    return { kind: 'boolean', value: value.toLowerCase() === 'true', span };
  if (/^null$/i.test(value)) return { kind: 'null', span };
  if (/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?Z?)?$/.test(value)) return { kind: 'date', value, span };
  return { kind: 'text', value, span };
}

function andChain(stream: TokenStream): Expression {
  let left = notTerm(stream);
  while (stream.takeWord('and') !== undefined) {
    stream.link();
    const right = notTerm(stream);
    left = { kind: 'logic', operator: 'and', left, right, span: join(left, right) };
  }
  return left;
}

function notTerm(stream: TokenStream): Expression {
  const not = stream.takeWord('not');
  if (not === undefined) return comparison(stream);
  const operand = stream.nested(() => notTerm(stream));
  return { kind: 'not', operand, span: { start: not.span.start, end: operand.span.end } };
}

function comparison(stream: TokenStream): Expression {
  const left = sum(stream);
  const operator = stream.takeSymbol('==', '=', '!=', '<', '<=', '>', '>=');
  if (operator !== undefined) return compared(stream, left, operator);
  const is = stream.takeWord('is');
  if (is !== undefined) return nullTest(stream, left, is.span);
  const negated = stream.atWord('not') && stream.atWord('in', 1);
  if (negated) stream.next();
  return stream.takeWord('in') === undefined ? left : membership(stream, left, negated);
}

function compared(stream: TokenStream, left: Expression, token: Token): Expression {
  const right = sum(stream);
  if (stream.atSymbol('==', '=', '!=', '<', '<=', '>', '>=')) {
    stream.fail('compares three values at once; write `a < b and b < c`, or `b in a..c`');
  }
  // The tokens that were asked for are `=` and the comparisons.
  const operator = (token.text === '=' ? '==' : token.text) as Comparison;
  return { kind: 'compare', operator, left, right, span: join(left, right) };
}

function nullTest(stream: TokenStream, operand: Expression, is: Span): Expression {
  const not = stream.takeWord('not');
  const negated = not !== undefined;
  const word = stream.takeWord('null');
  if (word === undefined) {
    const instead = negated ? '!=' : '==';
    const span = { start: is.start, end: (not?.span ?? is).end };
    stream.fail(
      `only \`is null\` and \`is not null\` follow \`is\`; values are compared with \`${instead}\``,
      span,
      instead,
    );
  }
  return { kind: 'isNull', operand, negated, span: { start: operand.span.start, end: word.span.end } };
}

function membership(stream: TokenStream, value: Expression, negated: boolean): Expression {
  if (stream.takeSymbol('[') !== undefined) {
    const options = list(stream, ']');
    const end = stream.expectSymbol(']', 'the list').span.end;
    if (options.length === 0) stream.fail('the list after `in` is empty', { start: value.span.start, end });
    return { kind: 'oneOf', value, options, negated, span: { start: value.span.start, end } };
  }
  const low = sum(stream);
  stream.expectSymbol('..', 'the lower end of the range');
  const high = sum(stream);
  return { kind: 'between', value, low, high, negated, span: join(value, high) };
}

function sum(stream: TokenStream): Expression {
  let left = product(stream);
  for (;;) {
    const operator = stream.takeSymbol('+', '-')?.text;
    if (operator !== '+' && operator !== '-') return left;
    stream.link();
    const right = product(stream);
    left = { kind: 'arithmetic', operator, left, right, span: join(left, right) };
  }
}

function product(stream: TokenStream): Expression {
  let left = signed(stream);
  for (;;) {
    const operator = stream.takeSymbol('*', '/')?.text;
    if (operator !== '*' && operator !== '/') return left;
    stream.link();
    const right = signed(stream);
    left = { kind: 'arithmetic', operator, left, right, span: join(left, right) };
  }
}

function signed(stream: TokenStream): Expression {
  const minus = stream.takeSymbol('-');
  if (minus === undefined) return primary(stream);
  const operand = stream.nested(() => signed(stream));
  const span = { start: minus.span.start, end: operand.span.end };
  if (operand.kind === 'number') return { ...operand, value: -operand.value, span };
  return { kind: 'negate', operand, span };
}

function primary(stream: TokenStream): Expression {
  const token = stream.peek();
  if (token.kind === 'number') return numberAt(stream, false);
  if (token.kind === 'name') return nameOrCall(stream);
  if (token.kind === 'end') stream.fail('ends too early: a value is missing');
  stream.next();
  const { span } = token;
  if (token.kind === 'date') return { kind: 'date', value: token.text, span };
  if (token.kind === 'text') return { kind: 'text', value: token.text, span };
  if (token.text !== '(') stream.fail(`a value is missing before \`${token.text}\``, span);
  const inner = orChain(stream);
  const end = stream.expectSymbol(')', 'the expression in parentheses').span.end;
  return { ...inner, span: { start: span.start, end } };
}

const reserved = new Set(['and', 'or', 'not', 'in', 'is']);

function nameOrCall(stream: TokenStream): Expression {
  const token = stream.next();
  const { text: name, span } = token;
  if (!token.quoted) {
    const word = name.toLowerCase();
    if (word === 'true' || word === 'false') return { kind: 'boolean', value: word === 'true', span };
    if (word === 'null') return { kind: 'null', span };
    if (reserved.has(word)) stream.fail(`a value is missing before \`${name}\``, span);
    if (stream.atSymbol('(')) return call(stream, token);
  }
  return { kind: 'name', name, span };
}

function call(stream: TokenStream, token: Token): Expression {
  const name = token.text.toLowerCase();
  const entry = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (entry === undefined) {
    const suggestion = nearest(name, Object.keys(functions));
    const hint = suggestion === undefined ? '' : `; did you mean \`${suggestion}\`?`;
    stream.fail(`there is no function \`${token.text}\`${hint}`, token.span, suggestion);
  }
  stream.expectSymbol('(', `\`${token.text}\``);
  const args = list(stream, ')');
  const end = stream.expectSymbol(')', `the arguments of \`${name}\``).span.end;
  const span = { start: token.span.start, end };
  const least = entry.takes.length - (entry.optional ?? 0);
  const most = entry.repeats === true ? Number.POSITIVE_INFINITY : entry.takes.length;
  if (args.length < least || args.length > most) {
    const wanted =
      least === most
        ? `${least}`
        : most === Number.POSITIVE_INFINITY
          ? `at least ${least}`
          : `${least} to ${most}`;
    stream.fail(`\`${name}\` takes ${wanted} argument${wanted === '1' ? '' : 's'}, not ${args.length}`, span);
  }
  return { kind: 'call', name, args, span };
}

function list(stream: TokenStream, closing: string): Expression[] {
  const items: Expression[] = [];
  while (!stream.atSymbol(closing)) {
    items.push(orChain(stream));
    if (stream.takeSymbol(',') === undefined) break;
  }
  return items;
}

function numberAt(stream: TokenStream, rates: boolean): Expression & { kind: 'number' } {
  const token = stream.next();
  const value = Number(token.text);
  if (!Number.isFinite(value)) stream.fail(`\`${token.text}\` is larger than any number`, token.span);
  const unit = unitAt(stream, rates);
  if (unit === undefined) return { kind: 'number', value, span: token.span };
  const span = { start: token.span.start, end: unit.end };
  return { kind: 'number', value: unit.unit === '%' ? value / 100 : value, unit: unit.unit, span };
}

const wordUnits: ReadonlySet<string> = new Set(['ms', 's', 'm', 'h', 'd', 'KB', 'MB', 'GB', 'EUR', 'USD']);

function unitAt(stream: TokenStream, rates: boolean): { unit: Unit; end: number } | undefined {
  const token = stream.peek();
  if (token.kind === 'symbol' && token.text === '%') return { unit: '%', end: stream.next().span.end };
  // Only units follow a number without an operator.
  if (token.kind === 'name' && wordUnits.has(token.text))
    return { unit: token.text as Unit, end: stream.next().span.end };
  if (!rates || !stream.atSymbol('/')) return undefined;
  const rate = stream.peek(1);
  if (rate.text !== 's' && rate.text !== 'min') return undefined;
  stream.next();
  return { unit: `/${rate.text}`, end: stream.next().span.end };
}

function join(left: Expression, right: Expression): Span {
  return { start: left.span.start, end: right.span.end };
}
