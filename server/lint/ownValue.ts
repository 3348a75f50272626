/** The value of a team's own expression over an experiment: its settings, its rows, and facts about its columns. */
import { isDeepStrictEqual } from 'node:util';
import type { Expression } from '../config/expression/ast.ts';
import { isMap } from '../config/schema/nodes.ts';
import type { ColumnProfile } from '../data/profile/columnProfile.ts';
import type { LintContext } from './rule.ts';

/** Null is "not known", as in the expression language: it makes nothing true and nothing false. */
export type Value = number | string | boolean | null;

/** Settings by their dotted path, defaults filled in; `rows` where the data are known. */
export function valueIn(context: LintContext, ast: Expression): Value {
  switch (ast.kind) {
    case 'number':
    case 'text':
    case 'boolean':
    case 'date':
      return ast.value;
    case 'null':
      return null;
    case 'name':
      return named(context, ast.name);
    case 'call':
      return called(context, ast);
    case 'negate': {
      const value = valueIn(context, ast.operand);
      return typeof value === 'number' ? -value : null;
    }
    case 'not': {
      const value = valueIn(context, ast.operand);
      return typeof value === 'boolean' ? !value : null;
    }
    case 'isNull':
      return (valueIn(context, ast.operand) === null) !== ast.negated;
    case 'arithmetic':
      return calculated(ast.operator, valueIn(context, ast.left), valueIn(context, ast.right));
    case 'compare':
      return compared(ast.operator, valueIn(context, ast.left), valueIn(context, ast.right));
    case 'logic':
      return joined(ast.operator, valueIn(context, ast.left), valueIn(context, ast.right));
    case 'between': {
      const value = valueIn(context, ast.value);
      const inside = joined(
        'and',
        compared('>=', value, valueIn(context, ast.low)),
        compared('<=', value, valueIn(context, ast.high)),
      );
      return inside === null ? null : inside !== ast.negated;
    }
    case 'oneOf': {
      const value = valueIn(context, ast.value);
      if (value === null) return null;
      return ast.options.some((option) => isDeepStrictEqual(valueIn(context, option), value)) !== ast.negated;
    }
  }
}

function named({ loaded, facts }: LintContext, name: string): Value {
  if (name === 'rows') return facts?.rows ?? null;
  let value: unknown = loaded.experiment;
  for (const step of name.split('.'))
    value = isMap(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  return null;
}

/** What the profile knows of a column; of a list of settings, how many there are. */
function called(context: LintContext, { name, args }: Extract<Expression, { kind: 'call' }>): Value {
  const [of] = args;
  if (of?.kind === 'name') {
    const column = context.facts?.profile.columns.find((each) => each.name === of.name);
    if (column !== undefined) return ofColumn(name, column);
    const list: unknown = of.name
      .split('.')
      .reduce<unknown>((value, step) => (isMap(value) ? value[step] : undefined), context.loaded.experiment);
    if (name === 'count') return Array.isArray(list) ? list.length : null;
  }
  const value = of === undefined ? null : valueIn(context, of);
  if (name === 'abs') return typeof value === 'number' ? Math.abs(value) : null;
  return name === 'lower' && typeof value === 'string' ? value.toLowerCase() : null;
}

function ofColumn(name: string, { mean, std, min, max, distinct, missing, quantiles }: ColumnProfile): Value {
  const known: Readonly<Record<string, Value>> = { mean, std, min, max, unique: distinct, isnull: missing };
  if (name === 'median') return quantiles?.['0.5'] ?? null;
  return Object.hasOwn(known, name) ? (known[name] ?? null) : null;
}

function calculated(operator: '+' | '-' | '*' | '/', left: Value, right: Value): Value {
  if (typeof left !== 'number' || typeof right !== 'number') return null;
  if (operator === '/') return right === 0 ? null : left / right;
  return operator === '+' ? left + right : operator === '-' ? left - right : left * right;
}

function compared(operator: string, left: Value, right: Value): boolean | null {
  if (left === null || right === null) return null;
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  if (typeof left !== typeof right) return null;
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

function joined(operator: 'and' | 'or', left: Value, right: Value): boolean | null {
  const decides = operator === 'or';
  if (left === decides || right === decides) return decides;
  return left === null || right === null ? null : !decides;
}
