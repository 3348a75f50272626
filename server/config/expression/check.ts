/** Types an expression against the columns it reads, before anything is run. */

import { nearest } from '../nearest.ts';
import type { Expression, ExpressionProblem } from './ast.ts';
import { type FunctionEntry, functions, type ValueType } from './functions.ts';
import { patternFault, patternSentence } from './regularExpression.ts';

export interface CheckOptions {
  /** What the whole must give; `any` unless said. */
  readonly wants?: ValueType;
  /** Aggregates such as `mean(x)`: in expect and in windowed features. */
  readonly aggregates?: boolean;
  /** `lag(x)`: in windowed features, where aggregates are of the past. */
  readonly windows?: boolean;
  /** Names of `data.join`: `count(NAME)` counts their rows. */
  readonly joins?: readonly string[];
}

/** Column name to type; `any` where the type is not known yet. Without columns, names are not looked up. */
export type ColumnTypes = ReadonlyMap<string, ValueType>;

/** All problems, in the order of the text; a part with a problem counts as `any`, so that one fault is told once. */
export function checkExpression(
  ast: Expression,
  columns: ColumnTypes | undefined,
  options: CheckOptions = {},
): ExpressionProblem[] {
  const checker = new Checker(columns, options);
  const given = checker.typeOf(ast);
  const wants = options.wants ?? 'any';
  if (!fits(given, wants)) checker.report(ast, `gives ${noun[given]}; ${noun[wants]} is needed`);
  return checker.problems.toSorted((a, b) => a.span.start - b.span.start);
}

/** Columns that are read, each once, in the order of the text. `rows` is not one of them unless `columns` has it. */
export function columnsOf(ast: Expression, columns?: { has(name: string): boolean }): string[] {
  const names = new Set<string>();
  visit(ast, (part) => {
    if (part.kind === 'name' && (part.name !== 'rows' || columns?.has('rows') === true)) names.add(part.name);
  });
  return [...names];
}

/** Calls `look` for a tree's every part, parents first. */
export function visit(ast: Expression, look: (part: Expression) => void): void {
  look(ast);
  for (const part of partsOf(ast)) visit(part, look);
}

/** Whether it has one value for all rows rather than one for each: it aggregates. */
export function aggregates(ast: Expression): boolean {
  if (ast.kind === 'call' && isAggregate(ast)) return true;
  return partsOf(ast).some(aggregates);
}

export function isAggregate(call: Expression & { kind: 'call' }): boolean {
  const over = functions[call.name]?.over;
  return over === 'aggregate' || (over === 'either' && call.args.length === 1);
}

export function partsOf(ast: Expression): readonly Expression[] {
  switch (ast.kind) {
    case 'call':
      return ast.args;
    case 'negate':
    case 'not':
    case 'isNull':
      return [ast.operand];
    case 'arithmetic':
    case 'compare':
    case 'logic':
      return [ast.left, ast.right];
    case 'between':
      return [ast.value, ast.low, ast.high];
    case 'oneOf':
      return [ast.value, ...ast.options];
    default:
      return [];
  }
}

const noun: Readonly<Record<ValueType, string>> = {
  number: 'a number',
  text: 'text',
  boolean: 'true or false',
  datetime: 'a date',
  null: 'null',
  any: 'a value',
};

/** Booleans count as 1 and 0, and ISO text as a date; null fits anywhere. */
function fits(given: ValueType, wanted: ValueType): boolean {
  if (given === wanted || given === 'any' || wanted === 'any' || given === 'null') return true;
  return given === 'boolean' && wanted === 'number';
}

class Checker {
  readonly problems: ExpressionProblem[] = [];
  readonly #columns: ColumnTypes | undefined;
  readonly #options: CheckOptions;

  constructor(columns: ColumnTypes | undefined, options: CheckOptions) {
    this.#columns = columns;
    this.#options = options;
  }

  report(part: Expression, message: string, suggestion?: string): 'any' {
    this.problems.push({ message, span: part.span, ...(suggestion === undefined ? {} : { suggestion }) });
    return 'any';
  }

  typeOf(ast: Expression): ValueType {
    switch (ast.kind) {
      case 'number':
        if (ast.unit === undefined || ast.unit === '%') return 'number';
        return this.report(
          ast,
          `the unit \`${ast.unit}\` has no meaning here; units stand in gates and alerts`,
        );
      case 'text':
      case 'boolean':
      case 'null':
        return ast.kind;
      case 'date':
        return Number.isNaN(Date.parse(isoDate(ast.value)))
          ? this.report(ast, `\`${ast.value}\` is no date`)
          : 'datetime';
      case 'name':
        return this.#column(ast);
      case 'call':
        return this.#call(ast);
      case 'negate':
        return this.#need(ast.operand, 'number', 'a minus sign');
      case 'not':
        return this.#need(ast.operand, 'boolean', '`not`');
      case 'logic':
        this.#need(ast.left, 'boolean', `\`${ast.operator}\``);
        return this.#need(ast.right, 'boolean', `\`${ast.operator}\``);
      case 'arithmetic':
        return this.#arithmetic(ast);
      case 'compare':
        this.#comparable(ast.left, ast.right);
        return 'boolean';
      case 'between':
        this.#comparable(ast.value, ast.low);
        this.#comparable(ast.value, ast.high);
        return 'boolean';
      case 'oneOf':
        for (const option of ast.options) this.#comparable(ast.value, option);
        return 'boolean';
      case 'isNull':
        this.typeOf(ast.operand);
        return 'boolean';
    }
  }

  #column(ast: Expression & { kind: 'name' }): ValueType {
    if (this.#columns === undefined) return 'any';
    const type = this.#columns.get(ast.name);
    if (type !== undefined) return type;
    if (ast.name === 'rows') return 'number';
    const suggestion = nearest(ast.name, this.#columns.keys());
    const hint = suggestion === undefined ? '' : `; did you mean \`${suggestion}\`?`;
    this.problems.push({
      message: `there is no column \`${ast.name}\`${hint}`,
      span: ast.span,
      column: ast.name,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
    return 'any';
  }

  #call(ast: Expression & { kind: 'call' }): ValueType {
    const entry = functions[ast.name];
    if (entry === undefined) return this.report(ast, `there is no function \`${ast.name}\``);
    this.#placement(ast, entry);
    if (this.#countsJoin(ast)) return 'number';
    const given = ast.args.map((argument, i) => {
      const wanted = entry.takes[Math.min(i, entry.takes.length - 1)] ?? 'any';
      return this.#need(argument, wanted, `\`${ast.name}\``);
    });
    if (ast.name === 'matches') this.#pattern(ast.args[1]);
    if (ast.name === 'if') {
      const types = new Set(given.slice(1).filter((type) => type !== 'null'));
      const [only = 'null'] = types;
      return types.size <= 1 ? only : 'any';
    }
    return entry.gives === 'first' ? (given.find((type) => type !== 'null') ?? 'null') : entry.gives;
  }

  #placement(ast: Expression & { kind: 'call' }, entry: FunctionEntry): void {
    if (isAggregate(ast) && this.#options.aggregates !== true) {
      this.report(
        ast,
        `\`${ast.name}\` looks at all rows at once, which only data.expect and windowed features may`,
      );
    }
    if (entry.over === 'window' && this.#options.windows !== true) {
      this.report(ast, `\`${ast.name}\` looks at other rows, which only windowed features may`);
    }
    if (this.#options.windows === true) this.#window(ast, entry);
    if (!isAggregate(ast) && entry.over !== 'window') return;
    const inner = ast.args.find(aggregates);
    if (inner !== undefined) this.report(inner, `\`${ast.name}\` of an aggregate has no meaning`);
  }

  /** What a window cannot be asked, and what must be known before the rows are read. */
  #window(ast: Expression & { kind: 'call' }, entry: FunctionEntry): void {
    const [, second] = ast.args;
    if (ast.name === 'unique') {
      this.report(ast, '`unique` is a question about a whole table, not about the past of a row');
    } else if (ast.name === 'quantile' && second !== undefined && !isShare(second)) {
      this.report(second, 'the second argument of `quantile` is a share from 0 to 1, such as 0.9');
    } else if (entry.over === 'window' && second !== undefined && !isSteps(second)) {
      this.report(second, `\`${ast.name}\` wants a whole number of rows from 1 on`);
    }
    if (!isAggregate(ast) && entry.over !== 'window') return;
    const names = ast.args.flatMap((argument) => columnsOf(argument));
    const sources = new Set(names.map((name) => joinOf(name, this.#options.joins ?? [])));
    if (sources.size > 1)
      this.report(
        ast,
        `\`${ast.name}\` looks at the rows of one table at a time, but ${names.map((name) => `\`${name}\``).join(' and ')} are of several`,
      );
  }

  /** `count(NAME)`: the rows of a join. */
  #countsJoin({ name, args: [argument, ...more] }: Expression & { kind: 'call' }): boolean {
    return (
      name === 'count' &&
      argument?.kind === 'name' &&
      more.length === 0 &&
      this.#options.joins?.includes(argument.name) === true &&
      this.#columns?.has(argument.name) !== true
    );
  }

  #pattern(ast: Expression | undefined): void {
    if (ast?.kind !== 'text') return;
    const fault = patternFault(ast.value);
    if (fault === undefined) return;
    const { start, end } = ast.span;
    // Where a quote is doubled the text is longer than the pattern.
    const isExact = end - start === ast.value.length + 2;
    const span = isExact ? { start: start + 1 + fault.start, end: start + 1 + fault.end } : ast.span;
    this.problems.push({ message: patternSentence(ast.value, fault), span });
  }

  #need(ast: Expression, wanted: ValueType, who: string): ValueType {
    const given = this.typeOf(ast);
    if (fits(given, wanted) || (wanted === 'datetime' && isDateText(ast)))
      return wanted === 'any' ? given : wanted;
    return this.report(ast, `${who} wants ${noun[wanted]}, but this is ${noun[given]}`);
  }

  /** A difference of dates is a number of days, and days can be added to a date. */
  #arithmetic(ast: Expression & { kind: 'arithmetic' }): ValueType {
    const left = this.typeOf(ast.left);
    const right = this.typeOf(ast.right);
    if (ast.operator === '-' && left === 'datetime' && right === 'datetime') return 'number';
    if ((ast.operator === '-' || ast.operator === '+') && left === 'datetime' && fits(right, 'number'))
      return 'datetime';
    for (const [part, given] of [
      [ast.left, left],
      [ast.right, right],
    ] as const) {
      if (!fits(given, 'number'))
        this.report(part, `\`${ast.operator}\` wants numbers, but this is ${noun[given]}`);
    }
    const maybeDate = (ast.operator === '+' || ast.operator === '-') && (left === 'any' || right === 'any');
    return maybeDate ? 'any' : 'number';
  }

  #comparable(left: Expression, right: Expression): void {
    const a = this.typeOf(left);
    const b = this.typeOf(right);
    if (a === 'null' || b === 'null') {
      this.report(b === 'null' ? right : left, 'a comparison with null is always null; write `is null`');
    } else if (!fits(a, b) && !fits(b, a) && !dateAgainstText(a, right) && !dateAgainstText(b, left)) {
      this.report(right, `${noun[a]} cannot be compared with ${noun[b]}`);
    }
  }
}

/** The join whose rows a name stands for or whose column it is; of several names that fit, the longest. */
export function joinOf(name: string, joins: readonly string[]): string | undefined {
  const fitting = joins.filter((join) => name === join || name.startsWith(`${join}.`));
  return fitting.toSorted((a, b) => b.length - a.length)[0];
}

function isShare(ast: Expression): boolean {
  return ast.kind === 'number' && ast.value >= 0 && ast.value <= 1;
}

/** `lag(x, -1)` is told by `future-aggregate`. */
function isSteps(ast: Expression): boolean {
  if (ast.kind === 'negate') return true;
  return ast.kind === 'number' && Number.isInteger(ast.value) && ast.value >= 1;
}

function dateAgainstText(type: ValueType, other: Expression): boolean {
  return type === 'datetime' && isDateText(other);
}

function isDateText(ast: Expression): boolean {
  return (
    ast.kind === 'text' && /^\d{4}-\d\d-\d\d/.test(ast.value) && !Number.isNaN(Date.parse(isoDate(ast.value)))
  );
}

function isoDate(text: string): string {
  return text.replace(' ', 'T');
}
