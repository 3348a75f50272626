/** Row expressions as nodes of the model file: what a rule says of raw columns, with the logic of three values. */
import { ModelwrightError } from '../catalog/errors.ts';
import type { Expression } from '../config/expression/ast.ts';
import type { GraphBuilder } from '../onnx/graph.ts';
import { apply, cast, double, int64, where } from '../onnx/operators.ts';

/** What a part of an expression is in the graph; tensors are [n, 1] or scalars. */
export type RuleValue =
  /** Double; NaN is null. */
  | { readonly type: 'number'; readonly tensor: string }
  /** Epoch seconds in double; NaN is null. */
  | { readonly type: 'datetime'; readonly tensor: string }
  /** Bools; null where neither holds. */
  | { readonly type: 'boolean'; readonly yes: string; readonly no: string }
  /** int64: 0 is null; the codes of `levels`, from 1 on; all other texts have one code more. */
  | { readonly type: 'text'; readonly tensor: string; readonly levels: readonly string[] };

export interface RuleScope {
  /** The text that is compiled, for errors. */
  readonly text: string;
  /** Appends a raw column. @throws where there is no such feature */
  column(name: string): RuleValue;
}

type Quantity = Extract<RuleValue, { tensor: string }> & { type: 'number' | 'datetime' };
type Truth = Extract<RuleValue, { type: 'boolean' }>;

/** @throws ModelwrightError model-setting for what has no counterpart in the file */
export function appendRule(graph: GraphBuilder, ast: Expression, scope: RuleScope): RuleValue {
  const compile = (part: Expression) => appendRule(graph, part, scope);
  switch (ast.kind) {
    case 'number':
      return { type: 'number', tensor: double(graph, ast.value) };
    case 'date':
      return { type: 'datetime', tensor: double(graph, Math.floor(Date.parse(utc(ast.value)) / 1000)) };
    case 'boolean':
      return { type: 'boolean', yes: truth(graph, ast.value), no: truth(graph, !ast.value) };
    case 'name':
      return scope.column(ast.name);
    case 'negate':
      return { type: 'number', tensor: apply(graph, 'Neg', [numberOf(compile(ast.operand), scope).tensor]) };
    case 'not': {
      const { yes, no } = truthOf(compile(ast.operand), scope);
      return { type: 'boolean', yes: no, no: yes };
    }
    case 'logic':
      return logic(
        graph,
        ast.operator,
        [ast.left, ast.right].map((part) => truthOf(compile(part), scope)),
      );
    case 'isNull': {
      const value = isNull(graph, compile(ast.operand));
      return ast.negated ? { ...value, yes: value.no, no: value.yes } : value;
    }
    case 'arithmetic':
      return arithmetic(graph, ast.operator, {
        left: numberOf(compile(ast.left), scope),
        right: numberOf(compile(ast.right), scope),
      });
    case 'compare':
      return compare(graph, ast.operator, { left: ast.left, right: ast.right }, scope);
    case 'between': {
      const low = compare(graph, '>=', { left: ast.value, right: ast.low }, scope);
      const both = logic(graph, 'and', [
        low,
        compare(graph, '<=', { left: ast.value, right: ast.high }, scope),
      ]);
      return ast.negated ? { ...both, yes: both.no, no: both.yes } : both;
    }
    case 'oneOf': {
      const each = ast.options.map((option) =>
        compare(graph, '==', { left: ast.value, right: option }, scope),
      );
      const any = each.reduce((all, next) => logic(graph, 'or', [all, next]));
      return ast.negated ? { ...any, yes: any.no, no: any.yes } : any;
    }
    case 'call':
      return call(graph, ast, scope);
    default:
      throw unfit(scope, 'a text or null stands where the model file can have none');
  }
}

function compare(
  graph: GraphBuilder,
  operator: string,
  sides: { readonly left: Expression; readonly right: Expression },
  scope: RuleScope,
): Truth {
  const [left, right] = sides.left.kind === 'text' ? [sides.right, sides.left] : [sides.left, sides.right];
  if (right.kind === 'text') return compareText(graph, operator, { left, literal: right.value }, scope);
  const values = [left, right].map((side) => appendRule(graph, side, scope));
  const [a, b] = values.map((value) =>
    value.type === 'boolean' ? asNumber(graph, value) : numberOf(value, scope),
  );
  if (a === undefined || b === undefined) throw unfit(scope, 'two values are compared');
  // Columns come as float32: a limit such as 20.1 is met by the value that was read as 20.1.
  const [x, y] = [cast(graph, a.tensor, 'float'), cast(graph, b.tensor, 'float')];
  const known = apply(graph, 'Not', [
    apply(graph, 'Or', [apply(graph, 'IsNaN', [x]), apply(graph, 'IsNaN', [y])]),
  ]);
  const [node, negated] = operators[operator] ?? ['Equal', false];
  const met = apply(graph, node, [x, y]);
  const holds = negated ? apply(graph, 'Not', [met]) : met;
  return {
    type: 'boolean',
    yes: apply(graph, 'And', [holds, known]),
    no: apply(graph, 'And', [apply(graph, 'Not', [holds]), known]),
  };
}

const operators: Readonly<Record<string, readonly [node: string, negated: boolean]>> = {
  '==': ['Equal', false],
  '!=': ['Equal', true],
  '<': ['Less', false],
  '<=': ['LessOrEqual', false],
  '>': ['Greater', false],
  '>=': ['GreaterOrEqual', false],
};

function compareText(
  graph: GraphBuilder,
  operator: string,
  { left, literal }: { readonly left: Expression; readonly literal: string },
  scope: RuleScope,
): Truth {
  const value = appendRule(graph, left, scope);
  if (value.type !== 'text' || !['==', '!='].includes(operator))
    throw unfit(scope, 'text is compared with text by `==`, `!=` and `in` only');
  const code = int64(graph, value.levels.indexOf(literal) + 1);
  const equal = apply(graph, 'Equal', [value.tensor, code]);
  const known = apply(graph, 'Greater', [value.tensor, int64(graph, 0)]);
  const differs = apply(graph, 'And', [apply(graph, 'Not', [equal]), known]);
  return operator === '=='
    ? { type: 'boolean', yes: equal, no: differs }
    : { type: 'boolean', yes: differs, no: equal };
}

function logic(graph: GraphBuilder, operator: 'and' | 'or', sides: readonly Truth[]): Truth {
  const join = (node: string, key: 'yes' | 'no') =>
    apply(
      graph,
      node,
      sides.map((side) => side[key]),
    );
  return operator === 'and'
    ? { type: 'boolean', yes: join('And', 'yes'), no: join('Or', 'no') }
    : { type: 'boolean', yes: join('Or', 'yes'), no: join('And', 'no') };
}

/** Days where two dates are subtracted; a number beside a date counts days. Division by zero is null. */
function arithmetic(
  graph: GraphBuilder,
  operator: '+' | '-' | '*' | '/',
  { left, right }: { readonly left: Quantity; readonly right: Quantity },
): RuleValue {
  const node = { '+': 'Add', '-': 'Sub', '*': 'Mul', '/': 'Div' }[operator];
  if (left.type === 'datetime') {
    const inDays = right.type === 'datetime';
    const other = inDays ? right.tensor : apply(graph, 'Mul', [right.tensor, double(graph, 86_400)]);
    const seconds = apply(graph, node, [left.tensor, other]);
    if (!inDays) return { type: 'datetime', tensor: seconds };
    return { type: 'number', tensor: apply(graph, 'Div', [seconds, double(graph, 86_400)]) };
  }
  if (operator !== '/') return { type: 'number', tensor: apply(graph, node, [left.tensor, right.tensor]) };
  const isZero = apply(graph, 'Equal', [right.tensor, double(graph, 0)]);
  const divisor = where(graph, isZero, double(graph, Number.NaN), right.tensor);
  return { type: 'number', tensor: apply(graph, 'Div', [left.tensor, divisor]) };
}

const callable: readonly string[] = ['abs', 'min', 'max', 'coalesce', 'isnull'];

function call(
  graph: GraphBuilder,
  { name, args }: Extract<Expression, { kind: 'call' }>,
  scope: RuleScope,
): RuleValue {
  if (!callable.includes(name))
    throw unfit(scope, `the model file has no \`${name}\`, only ${callable.join(', ')}`);
  const values = args.map((argument) => appendRule(graph, argument, scope));
  const [first] = values;
  if (name === 'isnull' && first) return isNull(graph, first);
  const numbers = values.map((value) => numberOf(value, scope));
  const [x, y] = numbers;
  if (name === 'abs' && x) return { type: 'number', tensor: apply(graph, 'Abs', [x.tensor]) };
  if ((name === 'min' || name === 'max') && x && y)
    return numbers.reduce((a, b) => extreme(graph, name, [a, b]));
  if (name === 'coalesce' && x) {
    return numbers.reduceRight((rest, value) => ({
      ...value,
      tensor: where(graph, apply(graph, 'IsNaN', [value.tensor]), rest.tensor, value.tensor),
    }));
  }
  throw unfit(scope, `\`${name}\` is given too little`);
}

/** Null if one of the two is. */
function extreme(graph: GraphBuilder, name: 'min' | 'max', [a, b]: readonly [Quantity, Quantity]): Quantity {
  const first = apply(graph, name === 'min' ? 'Less' : 'Greater', [a.tensor, b.tensor]);
  const better = where(graph, first, a.tensor, b.tensor);
  return { ...a, tensor: where(graph, apply(graph, 'IsNaN', [a.tensor]), a.tensor, better) };
}

function isNull(graph: GraphBuilder, value: RuleValue): Truth {
  const absent =
    value.type === 'text'
      ? apply(graph, 'Equal', [value.tensor, int64(graph, 0)])
      : value.type === 'boolean'
        ? apply(graph, 'Not', [apply(graph, 'Or', [value.yes, value.no])])
        : apply(graph, 'IsNaN', [value.tensor]);
  return { type: 'boolean', yes: absent, no: apply(graph, 'Not', [absent]) };
}

function asNumber(graph: GraphBuilder, { yes, no }: Truth): Quantity {
  const known = where(graph, no, double(graph, 0), double(graph, Number.NaN));
  return { type: 'number', tensor: where(graph, yes, double(graph, 1), known) };
}

function numberOf(value: RuleValue, scope: RuleScope): Quantity {
  if (value.type === 'number' || value.type === 'datetime') return value;
  throw unfit(scope, 'a number or date is needed');
}

/** @throws ModelwrightError model-setting for what is no condition */
export function truthOf(value: RuleValue, scope: RuleScope): Truth {
  if (value.type === 'boolean') return value;
  throw unfit(scope, 'a condition is needed');
}

function truth(graph: GraphBuilder, value: boolean): string {
  return graph.constant({ type: 'bool', shape: [], data: Uint8Array.of(Number(value)) });
}

function utc(date: string): string {
  return /T.*(Z|[+-]\d\d:?\d\d)$/.test(date) || !date.includes('T') ? date : `${date}Z`;
}

export function unfit(scope: Pick<RuleScope, 'text'>, reason: string): ModelwrightError {
  return new ModelwrightError('model-setting', {
    path: 'model.heuristic',
    value: scope.text,
    reason,
    instead: 'a condition on the features',
  });
}
