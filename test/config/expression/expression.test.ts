import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Expression, Span } from '../../../server/config/expression/ast.ts';
import { aggregates, checkExpression, columnsOf } from '../../../server/config/expression/check.ts';
import { formatExpression, formatName } from '../../../server/config/expression/format.ts';
import { parseChange, parseGate } from '../../../server/config/expression/gate.ts';
import { parseExpression, parseSlice } from '../../../server/config/expression/parse.ts';
import { longestExpression } from '../../../server/config/expression/tokenize.ts';

function parsed(text: string): Expression {
  const { ast, problem } = parseExpression(text);
  if (ast === undefined) throw new Error(`${text}: ${problem.message}`);
  return ast;
}

describe('reading', () => {
  test.each([
    ['delay > 15', 'delay > 15'],
    ['a + b * c - d / e', 'a + b * c - d / e'],
    ['(a + b) * c', '(a + b) * c'],
    ['a - (b - c)', 'a - (b - c)'],
    ['not a == 1 and b or c', 'not a == 1 and b or c'],
    ['not (a or b)', 'not (a or b)'],
    ['x in 20..60', 'x in 20..60'],
    ['x not in [1, "two", null]', "x not in [1, 'two', null]"],
    ['x IS NOT NULL Or y Is Null', 'x is not null or y is null'],
    [
      'when >= 2001-06-01 and when < 2002-01-01T12:30:00',
      'when >= 2001-06-01 and when < 2002-01-01T12:30:00',
    ],
    ['day in 2001-01-01..2001-06-30', 'day in 2001-01-01..2001-06-30'],
    ["name == 'it''s'", "name == 'it''s'"],
    ['`odd name` = 3', '`odd name` == 3'],
    ['-x * -2', '-x * -2'],
    ['if(a > 1, b, coalesce(c, 0))', 'if(a > 1, b, coalesce(c, 0))'],
    ['COUNT() >= 10', 'count() >= 10'],
    ['share < 5%', 'share < 5%'],
    ['x < 1e-3 or x > .5', 'x < 0.001 or x > 0.5'],
    ['höhe > 1', 'höhe > 1'],
  ])('%s', (text, canonical) => {
    expect(formatExpression(parsed(text))).toBe(canonical);
  });

  test('precedence: or below and below not below comparison below sum below product', () => {
    const ast = parsed('a or b and not c < d + e * f');
    expect(ast).toMatchObject({
      operator: 'or',
      right: {
        operator: 'and',
        right: {
          kind: 'not',
          operand: { operator: '<', right: { operator: '+', right: { operator: '*' } } },
        },
      },
    });
  });
});

describe('what cannot be read is told at its place', () => {
  test.each<[string, string, string]>([
    ['', '', 'is empty'],
    ['age >', '', 'ends too early: a value is missing'],
    ['a «b»', 'b', '`b` is not expected here'],
    ['a < b < c', '<', 'compares three values at once'],
    ['a && b', '&&', '`&&` is written `and` here'],
    ['a || b', '||', '`||` is written `or` here'],
    ['!a', '!', '`!` is written `not` here'],
    ['a <> b', '<>', '`<>` is written `!=` here'],
    ['a == "b', '"b', 'the quote " is never closed'],
    ['cuont(x)', 'cuont', 'there is no function `cuont`; did you mean `count`?'],
    ['hour()', 'hour()', '`hour` takes 1 argument, not 0'],
    ['clip(a, 1)', 'clip(a, 1)', '`clip` takes 3 arguments, not 2'],
    ['x in []', 'x in []', 'the list after `in` is empty'],
    ['x is 3', 'is', 'only `is null`'],
    ['a ; drop table', ';', '`;` has no meaning here'],
    ['and b', 'and', 'a value is missing before `and`'],
    ['(a', '', '`)` is missing'],
    ['constructor(x)', 'constructor', 'there is no function `constructor`'],
  ])('%s', (marked, part, message) => {
    const text = marked.replace(/[«»]/g, '');
    const { problem } = parseExpression(text);
    expect(problem?.message).toContain(message);
    expect(text.slice(problem?.span.start, problem?.span.end)).toBe(part);
  });

  test('hostile depth and length give an error, not a crash', () => {
    expect(parseExpression('('.repeat(5_000)).problem?.message).toContain('nested deeper than 200');
    expect(parseExpression('-'.repeat(5_000)).problem?.message).toContain('nested deeper than 200');
    expect(parseExpression('not '.repeat(2_000)).problem?.message).toContain('nested deeper than 200');
    expect(parseExpression(`a${' + a'.repeat(longestExpression)}`).problem?.message).toContain(
      'characters long',
    );
    expect(parseExpression(`a${' + a'.repeat(2_400)}`).problem?.message).toContain('more than 500 operators');
    expect(checkExpression(parsed(`a${' + a'.repeat(500)}`), new Map([['a', 'number']]))).toEqual([]);
  });

  test('2,000 random texts never throw, and their problems lie inside them', () => {
    const piece = fc.constantFrom(
      'a',
      'mean(',
      ')',
      '(',
      '..',
      'in',
      '[',
      ']',
      ',',
      '3',
      "'",
      '"',
      '`',
      '-',
      'not',
      'is',
      'null',
      '2001-01-01',
      '%',
      'ms',
      '@',
      '/s',
      ' ',
      '🙂',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join(' ');
        for (const { problem } of [
          parseExpression(text),
          parseSlice(text),
          parseGate(text),
          parseChange(text),
        ]) {
          if (problem === undefined) continue;
          const { start, end } = problem.span;
          if (start < 0 || end < start || end > text.length) return false;
        }
        return true;
      }),
      { numRuns: 2_000, seed: 7 },
    );
  });
});

describe('round trip', () => {
  const span: Span = { start: 0, end: 0 };
  const name = fc
    .constantFrom('age', 'plan', 'odd name', 'and', 'x`y', 'höhe', 'a.b')
    .map((text): Expression => ({ kind: 'name', name: text, span }));
  const literal: fc.Arbitrary<Expression> = fc.oneof(
    fc.nat({ max: 1_000_000 }).map((value): Expression => ({ kind: 'number', value, span })),
    fc
      .double({ min: 1e-9, max: 1e12, noNaN: true })
      .map((value): Expression => ({ kind: 'number', value, span })),
    fc.string({ maxLength: 8 }).map((value): Expression => ({ kind: 'text', value, span })),
    fc.boolean().map((value): Expression => ({ kind: 'boolean', value, span })),
    fc.constant<Expression>({ kind: 'date', value: '2025-07-01', span }),
  );
  const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      name,
      literal,
      tie('tree')
        .filter((operand) => operand.kind !== 'number')
        .map((operand): Expression => ({ kind: 'negate', operand, span })),
      tie('tree').map((operand): Expression => ({ kind: 'not', operand, span })),
      fc
        .tuple(tie('tree'), fc.boolean())
        .map(([operand, negated]): Expression => ({ kind: 'isNull', operand, negated, span })),
      fc
        .tuple(
          fc.constantFrom('+' as const, '-' as const, '*' as const, '/' as const),
          tie('tree'),
          tie('tree'),
        )
        .map(([operator, left, right]): Expression => ({ kind: 'arithmetic', operator, left, right, span })),
      fc
        .tuple(
          fc.constantFrom('==' as const, '!=' as const, '<' as const, '>=' as const),
          tie('tree'),
          tie('tree'),
        )
        .map(([operator, left, right]): Expression => ({ kind: 'compare', operator, left, right, span })),
      fc
        .tuple(fc.constantFrom('and' as const, 'or' as const), tie('tree'), tie('tree'))
        .map(([operator, left, right]): Expression => ({ kind: 'logic', operator, left, right, span })),
      fc
        .tuple(tie('tree'), tie('tree'), tie('tree'), fc.boolean())
        .map(
          ([value, low, high, negated]): Expression => ({ kind: 'between', value, low, high, negated, span }),
        ),
      fc
        .tuple(tie('tree'), fc.array(tie('tree'), { minLength: 1, maxLength: 3 }), fc.boolean())
        .map(([value, options, negated]): Expression => ({ kind: 'oneOf', value, options, negated, span })),
      fc
        .tuple(tie('tree'), tie('tree'))
        .map((args): Expression => ({ kind: 'call', name: 'coalesce', args, span })),
    ),
  }));

  test('a tree written and read again is the same tree', () => {
    fc.assert(
      fc.property(tree, (ast) => {
        const text = formatExpression(ast);
        if (text.length > 2_000) return;
        expect(withoutSpans(parsed(text))).toEqual(withoutSpans(ast));
        expect(formatExpression(parsed(text))).toBe(text);
      }),
      { numRuns: 1_000, seed: 11 },
    );
  });

  function withoutSpans(ast: Expression): unknown {
    return JSON.parse(JSON.stringify(ast, (key, value: unknown) => (key === 'span' ? undefined : value)));
  }

  test('column names are quoted where they are no plain word', () => {
    expect(['age', 'petal length', 'not', 'x`y', '1st'].map(formatName)).toEqual([
      'age',
      '`petal length`',
      '`not`',
      '`x``y`',
      '`1st`',
    ]);
  });
});

describe('typing', () => {
  const columns = new Map([
    ['age', 'number'],
    ['plan', 'text'],
    ['late', 'boolean'],
    ['start', 'datetime'],
    ['end', 'datetime'],
    ['odd', 'any'],
  ] as const);

  test.each([
    ['age > 3 and late'],
    ["plan in ['a', 'b']"],
    ["matches(plan, '^p') or lower(plan) == 'x'"],
    ['start < 2025-01-01'],
    ["start < '2025-01-01'"],
    ['end - start < 30'],
    ['days(end, start) in 0..30'],
    ['start + 30 > end'],
    ['odd > 3 or odd'],
    ['isnull(age) or age is not null'],
    ['late == 1'],
  ])('%s is a condition', (text) => {
    expect(checkExpression(parsed(text), columns, { wants: 'boolean' })).toEqual([]);
  });

  test.each([
    ['age + 1', 'gives a number; true or false is needed'],
    ['plan + 1 > 2', '`+` wants numbers, but this is text'],
    ['agee > 3', 'there is no column `agee`; did you mean `age`?'],
    ['age and late', '`and` wants true or false, but this is a number'],
    ["age > 'x'", 'a number cannot be compared with text'],
    ["start > 'soon'", 'a date cannot be compared with text'],
    ['age == null', 'a comparison with null is always null; write `is null`'],
    ['start > 2025-13-01', '`2025-13-01` is no date'],
    ['age > 30d', 'the unit `d` has no meaning here'],
    ['mean(age) > 3', '`mean` looks at all rows at once'],
    ['lag(age) > 3', '`lag` looks at other rows'],
    ["matches(plan, '(') ", 'the pattern `(` is no regular expression of RE2: `)` is missing'],
    ["matches(plan, 'a(?=b)')", '`(?=` looks around, which RE2 does not do'],
    ['hour(age) > 3', '`hour` wants a date, but this is a number'],
  ])('%s is refused', (text, message) => {
    const problems = checkExpression(parsed(text), columns, { wants: 'boolean' });
    expect(problems.map((problem) => problem.message)).toEqual([expect.stringContaining(message)]);
  });

  test('expectations may look at all rows', () => {
    const options = { wants: 'boolean', aggregates: true } as const;
    for (const text of [
      'rows >= 100',
      'mean(age) in 20..60',
      'unique(age, plan)',
      'quantile(age, 0.9) < 80',
      'min(age) >= 0',
    ]) {
      expect(checkExpression(parsed(text), columns, options)).toEqual([]);
    }
    expect(checkExpression(parsed('mean(max(age)) > 3'), columns, options)).toHaveLength(1);
    expect([aggregates(parsed('min(age) > 0')), aggregates(parsed('min(age, 3) > 0'))]).toEqual([
      true,
      false,
    ]);
  });

  test('columnsOf names each once; rows is the count unless it is a column', () => {
    expect(columnsOf(parsed('a + b > a and rows > 3'))).toEqual(['a', 'b']);
    expect(columnsOf(parsed('rows > 3'), new Set(['rows']))).toEqual(['rows']);
  });
});

describe('slices', () => {
  test.each([
    ['plan=basic', "plan == 'basic'"],
    ['plan = two words', "plan == 'two words'"],
    ['lang=de-DE', "lang == 'de-DE'"],
    ['age=30', 'age == 30'],
    ['late=true', 'late == true'],
    ['`odd name`=x', "`odd name` == 'x'"],
    ["plan='a=b'", "plan == 'a=b'"],
    ['tenure < 90', 'tenure < 90'],
    ['a=1 and b=2', 'a == 1 and b == 2'],
    ['plan', 'plan'],
  ])('%s', (text, canonical) => {
    const { ast } = parseSlice(text);
    expect(ast === undefined ? undefined : formatExpression(ast)).toBe(canonical);
  });
});

describe('gates', () => {
  const gate = (text: string) => parseGate(text).ast;

  test('metric, comparison and number with its unit', () => {
    expect(gate('pr_auc >= 0.55')).toMatchObject({
      kind: 'compare',
      metric: { name: 'pr_auc' },
      operator: '>=',
      right: { value: 0.55 },
      significant: false,
    });
    expect(gate('latency.p95 < 50ms')).toMatchObject({
      metric: { name: 'latency.p95' },
      right: { value: 50, unit: 'ms' },
    });
    expect(gate('error_rate < 1%')).toMatchObject({ right: { value: 0.01, unit: '%' } });
    expect(gate('throughput >= 50/s')).toMatchObject({ right: { value: 50, unit: '/s' } });
    expect(gate('r2 > -0.1')).toMatchObject({ right: { value: -0.1 } });
    expect(gate('recall@2000 = 1')).toMatchObject({ metric: { name: 'recall@2000' }, operator: '==' });
  });

  test('references, offsets, significance, slices', () => {
    expect(gate('pr_auc > baseline (significant)')).toMatchObject({
      right: { reference: { kind: 'baseline' }, offset: 0 },
      significant: true,
    });
    expect(gate('pr_auc >= champion - 0.005')).toMatchObject({
      right: { reference: { kind: 'champion' }, offset: -0.005 },
    });
    expect(gate('f1 >= variant(no-tickets)')).toMatchObject({
      right: { reference: { kind: 'variant', id: 'no-tickets' } },
    });
    expect(gate('beats baseline')).toMatchObject({ kind: 'beats', reference: { kind: 'baseline' } });
    const { ast } = parseGate('recall(plan=basic) >= 0.4');
    expect(ast?.kind === 'compare' ? ast.metric.slice : undefined).toMatchObject({
      text: 'plan=basic',
      expression: { span: { start: 7, end: 17 } },
    });
  });

  test.each([
    ['pr_auc', 'a comparison is missing after `pr_auc`'],
    ['>= 0.5', 'a gate starts with a metric'],
    ['pr_auc >= ', 'a number or one of baseline'],
    ['ece <= foo', '`foo` is nothing to compare with'],
    ['recall(plan=basic >= 0.4', '`)` is missing'],
    ['pr_auc > baseline + x', 'a number is missing after `+`'],
    ['pr_auc > 0.5 0.6', '`0.6` is not expected here'],
  ])('%s is refused', (text, message) => {
    expect(parseGate(text).problem?.message).toContain(message);
  });

  test('changes', () => {
    expect(parseChange('tenure_days += 365').ast).toMatchObject({
      column: 'tenure_days',
      operator: '+=',
      value: { value: 365 },
    });
    expect(parseChange('row_id = 0').ast).toMatchObject({ operator: '=' });
    expect(parseChange('row_id').problem?.message).toContain('one of = += -= *=');
  });
});
