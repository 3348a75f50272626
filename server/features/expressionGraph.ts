/** Row expressions as nodes of the model file: the same values as their SQL (server/data) gives for the same row. */
import { ModelwrightError } from '../catalog/errors.ts';
import type { Expression } from '../config/expression/ast.ts';
import { readMoment } from '../config/expression/moment.ts';
import { apply, cast, double, int64, where } from '../onnx/operators.ts';
import { type Held, opposite, origin, type Truth, type Value, type ValueGraph } from './expressionValues.ts';

/** Microseconds. */
const hour = 3_600_000_000;
export const day = 24 * hour;
/** Days that may be added to a date. */
const mostDays = 3_652_425;

export interface ExpressionScope {
  readonly values: ValueGraph;
  column(name: string): Value;
}

/** @throws ModelwrightError internal-error for what the table had to refuse */
export function appendExpression(ast: Expression, scope: ExpressionScope): Value {
  const { values } = scope;
  const compile = (part: Expression) => appendExpression(part, scope);
  switch (ast.kind) {
    case 'number':
      return values.number(ast.value);
    case 'text':
      return values.text(ast.value);
    case 'boolean':
      return values.truth(ast.value);
    case 'null':
      return { type: 'null' };
    case 'date':
      return momentOf(values, ast.value);
    case 'name':
      return scope.column(ast.name);
    case 'negate': {
      const { tensor, ...rest } = values.held(compile(ast.operand));
      return { ...rest, tensor: values.node('Neg', tensor) };
    }
    case 'not':
      return opposite(truthOf(values, compile(ast.operand)));
    case 'logic': {
      const [left, right] = [ast.left, ast.right].map((part) => truthOf(values, compile(part)));
      if (left === undefined || right === undefined) throw unfit();
      return ast.operator === 'and' ? values.and(left, right) : values.or(left, right);
    }
    case 'isNull': {
      const absent = values.isNull(compile(ast.operand));
      return ast.negated ? opposite(absent) : absent;
    }
    case 'arithmetic':
      return arithmetic(values, ast.operator, compile(ast.left), compile(ast.right));
    case 'compare': {
      const [left, right] = alike(values, [ast.left, ast.right].map(compile));
      if (left === undefined || right === undefined) throw unfit();
      return compare(values, ast.operator, left, right);
    }
    case 'between': {
      const [value, low, high] = alike(values, [ast.value, ast.low, ast.high].map(compile));
      if (value === undefined || low === undefined || high === undefined) throw unfit();
      const within = values.and(compare(values, '>=', value, low), compare(values, '<=', value, high));
      return ast.negated ? opposite(within) : within;
    }
    case 'oneOf': {
      const [value, ...options] = alike(values, [ast.value, ...ast.options].map(compile));
      if (value === undefined) throw unfit();
      const any = options
        .map((option) => compare(values, '==', value, option))
        .reduce((a, b) => values.or(a, b));
      return ast.negated ? opposite(any) : any;
    }
    case 'call':
      return call(values, ast.name, ast.args.map(compile));
  }
}

/** As the table compares: text beside dates is a date, numbers are float32, booleans beside numbers are 1 and 0. */
function alike(values: ValueGraph, given: readonly Value[]): Held[] {
  const isDate = given.some(({ type }) => type === 'datetime');
  return given.map((value) => {
    const held = values.held(value);
    if (held.type === 'number') return values.rounded(held);
    return isDate && held.type === 'text' ? momentOf(values, held.literal) : held;
  });
}

function compare(values: ValueGraph, operator: string, a: Held, b: Held): Truth {
  if (a.type !== b.type || (a.type === 'text' && !['==', '!='].includes(operator))) throw unfit();
  const negated = ['!=', '<=', '>='].includes(operator);
  const [x, y] = ['>', '<='].includes(operator) ? [b, a] : [a, b];
  const holds = ['==', '!='].includes(operator) ? values.equal(x, y) : values.less(x, y);
  const truth = values.known(holds, a, b);
  return negated ? opposite(truth) : truth;
}

function arithmetic(values: ValueGraph, operator: '+' | '-' | '*' | '/', left: Value, right: Value): Held {
  const { graph } = values;
  const [a, b] = [values.held(left), values.held(right)];
  const common = { ...values.missingOf(a, b), ...origin(a, b) };
  if (a.type === 'datetime' && b.type === 'datetime') {
    const between = cast(graph, values.node('Sub', a.tensor, b.tensor), 'double');
    return {
      type: 'number',
      tensor: values.node('Div', between, double(graph, day)),
      single: true,
      ...common,
    };
  }
  if (a.type === 'datetime') return later(values, a, operator === '-' ? negative(values, b) : b);
  if (a.type !== 'number' || b.type !== 'number') throw unfit();
  const node = { '+': 'Add', '-': 'Sub', '*': 'Mul', '/': 'Div' }[operator];
  const result: Held = { type: 'number', tensor: values.node(node, a.tensor, b.tensor), ...common };
  if (operator !== '/') return result;
  const isZero = values.node('Equal', b.tensor, double(graph, 0));
  const missing = common.missing === undefined ? isZero : values.either(common.missing, isZero);
  return { ...result, missing };
}

function negative(values: ValueGraph, value: Held): Held {
  return { ...value, tensor: values.node('Neg', value.tensor) };
}

/** A date and a number of days, to the microsecond, half of one away from 0. */
function later(values: ValueGraph, date: Held, days: Held): Held {
  const { graph } = values;
  const near = values.node('Less', values.node('Abs', days.tensor), double(graph, mostDays));
  const shift = values.node('Mul', where(graph, near, days.tensor, double(graph, 0)), double(graph, day));
  const size = values.node('Abs', shift);
  const whole = values.node('Floor', size);
  const half = values.node('GreaterOrEqual', values.node('Sub', size, whole), double(graph, 0.5));
  const rounded = cast(graph, values.node('Add', whole, cast(graph, half, 'double')), 'int64');
  const isBack = values.node('Less', shift, double(graph, 0));
  const signed = where(graph, isBack, values.node('Neg', rounded), rounded);
  const { missing } = values.missingOf(date, days);
  const far = values.not(near);
  return {
    type: 'datetime',
    tensor: values.node('Add', date.tensor, signed),
    missing: missing === undefined ? far : values.either(missing, far),
    ...origin(date, days),
  };
}

function call(values: ValueGraph, name: string, args: readonly Value[]): Value {
  const { graph } = values;
  const [first, second, third] = args;
  if (first === undefined) throw unfit();
  const number = (tensor: string, value: Held): Held => {
    const { literal: _, ...rest } = value;
    return { ...rest, type: 'number', tensor, single: true };
  };
  switch (name) {
    case 'isnull':
      return values.isNull(first);
    case 'if': {
      if (second === undefined || third === undefined) throw unfit();
      const { yes, ...of } = truthOf(values, first);
      return choose(values, yes, second, third, of);
    }
    case 'coalesce':
      return args.reduceRight((rest, value) => {
        const absent = values.isNull(value);
        return choose(values, absent.yes, rest, value, absent);
      });
    case 'min':
    case 'max':
      return extreme(values, name, args);
    case 'abs': {
      const x = values.held(first);
      return { ...x, tensor: values.node('Abs', x.tensor) };
    }
    case 'log':
      return log(values, values.held(first));
    case 'clip':
      return clip(
        values,
        args.map((argument) => values.held(argument)),
      );
    case 'days': {
      const from = second === undefined ? values.moment(0n) : dateOf(values, second);
      return arithmetic(values, '-', dateOf(values, first), from);
    }
    case 'hour': {
      const date = dateOf(values, first);
      const time = values.node('Mod', date.tensor, int64(graph, day));
      return number(cast(graph, values.node('Div', time, int64(graph, hour)), 'double'), date);
    }
    case 'weekday': {
      const date = dateOf(values, first);
      const midnight = values.node('Sub', date.tensor, values.node('Mod', date.tensor, int64(graph, day)));
      // 1970 began on a Thursday.
      const days = values.node('Add', values.node('Div', midnight, int64(graph, day)), int64(graph, 3));
      return number(cast(graph, values.node('Mod', days, int64(graph, 7)), 'double'), date);
    }
    case 'matches':
      return matches(values, first, second);
    default:
      throw unfit();
  }
}

/** Of one type, `a` where the bool holds, else `b`; null is of the other's type. */
function choose(values: ValueGraph, holds: string, a: Value, b: Value, of: Pick<Truth, 'constant'>): Value {
  if (a.type === 'null' && b.type === 'null') return a;
  if (a.type === 'boolean' || b.type === 'boolean')
    return values.chooseTruth(holds, truthOf(values, a), truthOf(values, b), of);
  const x = a.type === 'null' ? values.nullOf(b.type === 'null' ? 'number' : b.type) : a;
  const y = b.type === 'null' ? values.nullOf(x.type) : b;
  if (x.type !== y.type) throw unfit();
  return values.chooseHeld(holds, x, y, of);
}

/** Null if one of them is. */
function extreme(values: ValueGraph, name: 'min' | 'max', args: readonly Value[]): Value {
  const truths = args.filter((each) => each.type === 'boolean');
  if (truths.length === args.length) {
    const all = (key: 'yes' | 'no') => truths.map((each) => each[key]);
    const known = truths.map(({ yes, no }) => values.either(yes, no)).reduce((a, b) => values.both(a, b));
    // The smallest is true where all are, the largest false where none is true.
    const [whole, part] = name === 'min' ? (['yes', 'no'] as const) : (['no', 'yes'] as const);
    const every = all(whole).reduce((a, b) => values.both(a, b));
    const some = values.both(
      known,
      all(part).reduce((a, b) => values.either(a, b)),
    );
    const [yes, no] = name === 'min' ? [every, some] : [some, every];
    return { type: 'boolean', yes, no, ...origin(...truths) };
  }
  const type = args.some((each) => each.type === 'datetime') ? 'datetime' : 'number';
  const held = args.map((each) => (each.type === 'null' ? values.nullOf(type) : values.held(each)));
  if (held.some((each) => each.type !== type)) throw unfit();
  const best = held.reduce((a, b) => better(values, name, a, b));
  return { ...best, ...values.missingOf(...held) };
}

/** Of two values, whatever is null. */
function better(values: ValueGraph, name: 'min' | 'max', a: Held, b: Held): Held {
  const takes = name === 'min' ? values.less(b, a) : values.less(a, b);
  return {
    type: a.type,
    tensor: where(values.graph, takes, b.tensor, a.tensor),
    single: a.single === true && b.single === true,
    ...origin(a, b),
  };
}

/** A bound that is null does not bind. */
function clip(values: ValueGraph, [value, low, high]: readonly Held[]): Held {
  if (value === undefined || low === undefined || high === undefined) throw unfit();
  const bounded = (name: 'min' | 'max', x: Held, bound: Held): Held => {
    const best = better(values, name, x, bound);
    return bound.missing === undefined
      ? best
      : { ...best, tensor: where(values.graph, bound.missing, x.tensor, best.tensor) };
  };
  const clipped = bounded('max', bounded('min', value, high), low);
  return { ...clipped, ...(value.missing === undefined ? {} : { missing: value.missing }) };
}

/** In double; float32 logarithms change with the size of the batch. */
function log(values: ValueGraph, value: Held): Held {
  const isPositive = values.less(values.number(0), value);
  const tensor = values.node('Log', where(values.graph, isPositive, value.tensor, double(values.graph, 1)));
  const others = values.not(isPositive);
  const missing = value.missing === undefined ? others : values.either(value.missing, others);
  return { ...value, tensor, missing };
}

/** The pattern is found anywhere in the text, as DuckDB's `regexp_matches` with the same RE2. */
function matches(values: ValueGraph, text: Value, pattern: Value | undefined): Truth {
  if (pattern?.type !== 'text' || pattern.literal === undefined) throw unfit();
  if (text.type === 'null') return { ...values.truth(false), no: values.bool(false) };
  if (text.type !== 'text') throw unfit();
  const whole = `(?s:.*)(?:${pattern.literal})(?s:.*)`;
  return values.known(apply(values.graph, 'RegexFullMatch', [text.tensor], { pattern: whole }), text);
}

export function truthOf(values: ValueGraph, value: Value): Truth {
  if (value.type === 'boolean') return value;
  if (value.type !== 'null') throw unfit();
  return { ...values.truth(false), no: values.bool(false) };
}

function dateOf(values: ValueGraph, value: Value): Held {
  if (value.type === 'null') return values.nullOf('datetime');
  if (value.type === 'datetime') return value;
  return momentOf(values, value.type === 'text' ? value.literal : undefined);
}

/** A date that was written. */
function momentOf(values: ValueGraph, text: string | undefined): Held {
  const moment = readMoment(text ?? '');
  if (moment === undefined) throw unfit();
  return values.moment(moment);
}

function unfit(): ModelwrightError {
  return new ModelwrightError('internal-error', {
    reason: 'an expression that the model file cannot hold was not refused before',
  });
}
