/** Metrics and functions in a file's values, for colours: words that the language gives and nobody renames. */
import { parseMetricName } from '../catalog/metrics.ts';
import { walk } from '../config/configNode.ts';
import type { Expression, Span } from '../config/expression/ast.ts';
import { visit } from '../config/expression/check.ts';
import { parseChange, parseGate } from '../config/expression/gate.ts';
import { parseExpression, parseSlice } from '../config/expression/parse.ts';
import type { Format } from '../config/schema/values.ts';
import type { ConfigSource } from '../config/source.ts';
import { formatsAt, textOf, withoutReferences } from './occurrences.ts';

export interface ExpressionWord extends Span {
  readonly kind: 'metric' | 'function';
}

/** In the order of the text. */
export function expressionWords({ root }: ConfigSource): ExpressionWord[] {
  const words: ExpressionWord[] = [];
  if (root === undefined) return words;
  walk(root, (node, path) => {
    const text = textOf(node);
    if (text === undefined) return;
    const from = node.start + text.quote.length;
    for (const { kind, start, end } of wordsOf(withoutReferences(text.value), formatsAt(path), path))
      words.push({ kind, start: from + start, end: from + end });
  });
  return words;
}

function wordsOf(text: string, formats: readonly Format[], path: string): ExpressionWord[] {
  if (formats.includes('metric')) {
    return parseMetricName(text) === undefined ? [] : [{ kind: 'metric', start: 0, end: text.length }];
  }
  if (formats.includes('gate')) {
    const { ast } = parseGate(text);
    if (ast?.kind !== 'compare') return [];
    const { name, span, slice } = ast.metric;
    const metric = { kind: 'metric', start: span.start, end: span.start + name.length } as const;
    return [metric, ...calls(slice?.expression)];
  }
  if (formats.includes('slice')) return calls(parseSlice(text).ast);
  if (!formats.includes('expr')) return [];
  return calls(path.endsWith('.change') ? parseChange(text).ast?.value : parseExpression(text).ast);
}

function calls(ast: Expression | undefined): ExpressionWord[] {
  const found: ExpressionWord[] = [];
  if (ast === undefined) return found;
  visit(ast, (part) => {
    if (part.kind !== 'call') return;
    const { start } = part.span;
    found.push({ kind: 'function', start, end: start + part.name.length });
  });
  return found;
}
