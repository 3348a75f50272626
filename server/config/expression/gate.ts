/** Gate, guard and alert text to tree: `pr_auc >= 0.55`, `beats baseline`, `recall(plan=basic) > champion - 0.01`. */

import { keepLast } from '../keepLast.ts';
import {
  type Change,
  type Comparison,
  comparisons,
  type Gate,
  type MetricReference,
  type Parsed,
  type Reference,
} from './ast.ts';
import { orChain, parseSlice, parseWhole, takeNumber } from './parse.ts';
import { ExpressionFault, type TokenStream } from './tokenStream.ts';

/** Many rules ask about the same gates at every key press. */
export const parseGate: (text: string) => Parsed<Gate> = keepLast(2_000, (text) => parseWhole(text, gate));

/** `column = expr`, `+=`, `-=`, `*=`. */
export function parseChange(text: string): Parsed<Change> {
  return parseWhole(text, change);
}

function gate(stream: TokenStream): Gate {
  const start = stream.peek().span.start;
  if (stream.takeWord('beats') !== undefined) {
    const target = reference(stream);
    const significant = takeSignificant(stream);
    return { kind: 'beats', reference: target, significant, span: { start, end: stream.peek().span.end } };
  }
  const measured = metric(stream);
  const operator = takeComparison(stream, measured.name);
  const right = rightSide(stream);
  const significant = takeSignificant(stream);
  const span = { start, end: stream.peek().span.end };
  return { kind: 'compare', metric: measured, operator, right, significant, span };
}

function metric(stream: TokenStream): MetricReference {
  const token = stream.peek();
  if (token.kind !== 'name') stream.fail('a gate starts with a metric, as in `pr_auc >= 0.55`');
  stream.next();
  if (!stream.atSymbol('(')) return { name: token.text, span: token.span };
  const open = stream.next();
  const close = skipToClosing(stream);
  const text = stream.text.slice(open.span.end, close);
  const { ast, problem } = parseSlice(text, open.span.end);
  if (ast === undefined) throw new ExpressionFault(problem);
  return {
    name: token.text,
    slice: { text: text.trim(), expression: ast },
    span: { start: token.span.start, end: close + 1 },
  };
}

/** Moves past the parenthesis that closes the one just taken; returns its offset. */
function skipToClosing(stream: TokenStream): number {
  let depth = 1;
  for (;;) {
    const token = stream.peek();
    if (token.kind === 'end') stream.fail('`)` is missing after the slice');
    stream.next();
    if (token.kind === 'symbol' && token.text === '(') depth++;
    if (token.kind === 'symbol' && token.text === ')' && --depth === 0) return token.span.start;
  }
}

function takeComparison(stream: TokenStream, name: string): Comparison {
  const token = stream.peek();
  const operator = token.text === '=' ? '==' : comparisons.find((candidate) => candidate === token.text);
  if (token.kind !== 'symbol' || operator === undefined) {
    stream.fail(
      `a comparison is missing after \`${name}\`, as in \`${name} >= 0.5\` or \`${name} > baseline\``,
    );
  }
  stream.next();
  return operator;
}

function rightSide(stream: TokenStream): (Gate & { kind: 'compare' })['right'] {
  const number = takeNumber(stream, true);
  if (number !== undefined) return number;
  const start = stream.peek().span.start;
  const target = reference(stream);
  const sign = stream.takeSymbol('+', '-');
  if (sign === undefined) return { kind: 'reference', reference: target, offset: 0, span: target.span };
  const offset = takeNumber(stream);
  if (offset === undefined) stream.fail(`a number is missing after \`${sign.text}\``);
  const signed = sign.text === '-' ? -offset.value : offset.value;
  return { kind: 'reference', reference: target, offset: signed, span: { start, end: offset.span.end } };
}

const plainReferences = ['baseline', 'champion', 'budget', 'tolerance', 'small', 'medium', 'large'] as const;

function reference(stream: TokenStream): Reference {
  const token = stream.peek();
  if (token.kind === 'end')
    stream.fail('a number or one of baseline, champion, variant(id), run(id) is missing');
  stream.next();
  const plain = plainReferences.find((name) => name === token.text);
  if (plain !== undefined) return { kind: plain, span: token.span };
  if ((token.text === 'variant' || token.text === 'run') && stream.takeSymbol('(') !== undefined) {
    const first = stream.peek().span.start;
    const close = skipToClosing(stream);
    const id = stream.text.slice(first, close).trim();
    return { kind: token.text, id, span: { start: token.span.start, end: close + 1 } };
  }
  stream.fail(
    `\`${token.text}\` is nothing to compare with: a number, or one of ${plainReferences.join(', ')}, variant(id), run(id)`,
    token.span,
  );
}

function takeSignificant(stream: TokenStream): boolean {
  if (!stream.atSymbol('(') || !stream.atWord('significant', 1)) return false;
  stream.next();
  stream.next();
  stream.expectSymbol(')', '`(significant`');
  return true;
}

function change(stream: TokenStream): Change {
  const token = stream.peek();
  if (token.kind !== 'name') stream.fail('a change starts with a column, as in `age += 1`');
  stream.next();
  const operator = (['=', '+=', '-=', '*='] as const).find(
    (candidate) => stream.takeSymbol(candidate) !== undefined,
  );
  if (operator === undefined) stream.fail(`one of = += -= *= is missing after \`${token.text}\``);
  const value = orChain(stream);
  return { column: token.text, operator, value, span: { start: token.span.start, end: value.span.end } };
}
