/** A tree back to text: the one spelling of each expression, with the fewest parentheses. Parsing it gives the tree again. */
import type { Expression } from './ast.ts';

const level = { or: 1, and: 2, not: 3, compare: 4, sum: 5, product: 6, negate: 7, primary: 8 } as const;

export function formatExpression(ast: Expression): string {
  return at(ast, level.or);
}

function at(ast: Expression, least: number): string {
  const [text, own] = written(ast);
  return own < least ? `(${text})` : text;
}

function written(ast: Expression): readonly [string, number] {
  switch (ast.kind) {
    case 'number':
      return [formatNumber(ast), ast.value < 0 ? level.negate : level.primary];
    case 'text':
      return [`'${ast.value.replaceAll("'", "''")}'`, level.primary];
    case 'boolean':
      return [String(ast.value), level.primary];
    case 'null':
      return ['null', level.primary];
    case 'date':
      return [ast.value, level.primary];
    case 'name':
      return [formatName(ast.name), level.primary];
    case 'call':
      return [`${ast.name}(${ast.args.map(formatExpression).join(', ')})`, level.primary];
    case 'negate':
      return [`-${at(ast.operand, level.negate)}`, level.negate];
    case 'not':
      return [`not ${at(ast.operand, level.not)}`, level.not];
    case 'logic': {
      const own = level[ast.operator];
      return [`${at(ast.left, own)} ${ast.operator} ${at(ast.right, own + 1)}`, own];
    }
    case 'arithmetic': {
      const own = ast.operator === '+' || ast.operator === '-' ? level.sum : level.product;
      return [`${at(ast.left, own)} ${ast.operator} ${at(ast.right, own + 1)}`, own];
    }
    case 'compare':
      return [`${at(ast.left, level.sum)} ${ast.operator} ${at(ast.right, level.sum)}`, level.compare];
    case 'between': {
      const range = `${at(ast.low, level.sum)}..${at(ast.high, level.sum)}`;
      return [`${at(ast.value, level.sum)} ${ast.negated ? 'not in' : 'in'} ${range}`, level.compare];
    }
    case 'oneOf': {
      const options = ast.options.map(formatExpression).join(', ');
      return [`${at(ast.value, level.sum)} ${ast.negated ? 'not in' : 'in'} [${options}]`, level.compare];
    }
    case 'isNull':
      return [`${at(ast.operand, level.sum)} ${ast.negated ? 'is not null' : 'is null'}`, level.compare];
  }
}

function formatNumber(ast: Expression & { kind: 'number' }): string {
  if (ast.unit !== '%') return `${ast.value}${ast.unit ?? ''}`;
  const percent = ast.value * 100;
  // Only where the percentage reads back as the same number.
  return percent / 100 === ast.value ? `${percent}%` : String(ast.value);
}

const words = new Set(['and', 'or', 'not', 'in', 'is', 'true', 'false', 'null', 'beats']);

/** As the tokenizer reads it: words with dots between, as the columns of joins have. */
const plainName = /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*$/u;

/** A column as an expression names it: in backquotes where it is not a plain word. */
export function formatName(name: string): string {
  if (plainName.test(name) && !words.has(name.toLowerCase())) return name;
  return `\`${name.replaceAll('`', '``')}\``;
}
