/** Expression text to tree. */
import type { Expression, Gate, Parsed } from './ast.ts';

/** Filter, derive, expect and slice expressions. */
export function parseExpression(text: string): Parsed<Expression> {
  return { problem: { message: `\`${text}\` cannot be read yet.`, span: { start: 0, end: text.length } } };
}

/** An evaluate.slices item or what stands in a gate's parentheses: `column=value`, or an expression. */
export function parseSlice(text: string): Parsed<Expression> {
  return parseExpression(text);
}

export function parseGate(text: string): Parsed<Gate> {
  return { problem: { message: `\`${text}\` cannot be read yet.`, span: { start: 0, end: text.length } } };
}
