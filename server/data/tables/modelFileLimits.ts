/** What a row feature cannot say, since no standard operator of a model file says it: told when the table is read. */
import type { Expression } from '../../config/expression/ast.ts';
import { readMoment } from '../../config/expression/moment.ts';
import type { SqlType, SqlValue } from './functionSql.ts';

const instead = 'compute it in `data.derive`, whose columns are inputs of the file';

const nouns: Readonly<Record<SqlType, string>> = {
  number: 'a number',
  text: 'text',
  boolean: 'true or false',
  datetime: 'a date',
  null: 'null',
};

/** What a model file holds of a text: itself, or its code among those that the expression names. */
export type TextsInFile = 'text' | 'code';

/** Why a call cannot be part of the model file; undefined where it can. */
export function callLimit(
  { name, args }: Extract<Expression, { kind: 'call' }>,
  values: readonly SqlValue[],
  texts: TextsInFile,
): string | undefined {
  if (name === 'matches' && texts === 'code')
    return `a rule compares texts, it has no \`matches\`; ${instead}`;
  if (name === 'trim' || name === 'lower') return `a model file has no \`${name}\`; ${instead}`;
  if (name === 'matches') {
    const pattern = args[1];
    if (pattern?.kind !== 'text')
      return `a model file takes the pattern of \`matches\` as written text only; ${instead}`;
    return pattern.value.includes('\\Q')
      ? `write the pattern without \`\\Q\`, which a model file cannot hold`
      : undefined;
  }
  if (name === 'min' || name === 'max') {
    const isText = values.some(({ type }) => type === 'text');
    return isText ? `a model file does not order texts; ${instead}` : undefined;
  }
  if (name === 'if' || name === 'coalesce') return unlike(name, name === 'if' ? values.slice(1) : values);
  if (name === 'days' || name === 'hour' || name === 'weekday') return dateLimit(args, values);
  return undefined;
}

/** The same of a comparison, by what stands on its sides. */
export function comparisonLimit(
  ast: Extract<Expression, { kind: 'compare' | 'between' | 'oneOf' }>,
  values: readonly SqlValue[],
  texts: TextsInFile,
): string | undefined {
  if (values.some(({ type }) => type === 'datetime')) return dateLimit(sidesOf(ast), values);
  const isOrder = ast.kind === 'between' || (ast.kind === 'compare' && !['==', '!='].includes(ast.operator));
  const isText = values.some(({ type }) => type === 'text');
  if (isOrder && isText) return `a model file does not order texts; ${instead}`;
  const unwritten = sidesOf(ast).filter((part, i) => values[i]?.type === 'text' && part.kind !== 'text');
  return texts === 'code' && unwritten.length > 1
    ? `a rule compares text with written text only; ${instead}`
    : undefined;
}

export function sidesOf(
  ast: Extract<Expression, { kind: 'compare' | 'between' | 'oneOf' }>,
): readonly Expression[] {
  if (ast.kind === 'compare') return [ast.left, ast.right];
  return ast.kind === 'between' ? [ast.value, ast.low, ast.high] : [ast.value, ...ast.options];
}

function unlike(name: string, values: readonly SqlValue[]): string | undefined {
  const [first, second] = new Set(values.map(({ type }) => type).filter((type) => type !== 'null'));
  if (first === undefined || second === undefined) return undefined;
  return `\`${name}\` gives ${nouns[first]} here and ${nouns[second]} there, and a feature is of one kind; ${instead}`;
}

function dateLimit(parts: readonly Expression[], values: readonly SqlValue[]): string | undefined {
  const odd = parts.find(
    (part, index) =>
      values[index]?.type === 'text' && (part.kind !== 'text' || readMoment(part.value) === undefined),
  );
  if (odd === undefined) return undefined;
  return odd.kind === 'text'
    ? `\`${odd.value}\` is written unlike 2025-07-01 or 2025-07-01T12:30:00`
    : `a model file does not read text as a date; ${instead}`;
}
