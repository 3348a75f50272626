/**
 * The one expression language of an experiment file (filter, derive, expect, slices, gates, alerts, change) as a tree.
 * Parsed in parse.ts, typed in check.ts, compiled to SQL in server/data; never evaluated as code.
 *
 * Logic has three values, as in SQL: a comparison with null is null; `and` is false if one side is false, `or` is
 * true if one side is true, else null wins; `not null` is null; a filter keeps only true. `x is null` and
 * `isnull(x)` are never null. Division by zero is null.
 */

/** Offsets into the expression's own text, in UTF-16 code units; half-open. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** `%` is already applied: `5%` is value 0.05. The other units leave the value as written. */
export const units = ['%', 'ms', 's', 'm', 'h', 'd', 'KB', 'MB', 'GB', 'EUR', 'USD', '/s', '/min'] as const;
export type Unit = (typeof units)[number];

export const comparisons = ['==', '!=', '<', '<=', '>', '>='] as const;
export type Comparison = (typeof comparisons)[number];
export type Arithmetic = '+' | '-' | '*' | '/';

export type Expression =
  | { readonly kind: 'number'; readonly value: number; readonly unit?: Unit; readonly span: Span }
  | { readonly kind: 'text'; readonly value: string; readonly span: Span }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly span: Span }
  | { readonly kind: 'null'; readonly span: Span }
  /** `2025-07-01` or `2025-07-01T12:30:00`, as written; UTC. */
  | { readonly kind: 'date'; readonly value: string; readonly span: Span }
  /** A column. A name that is no column but `rows` is the number of rows. */
  | { readonly kind: 'name'; readonly name: string; readonly span: Span }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly Expression[];
      readonly span: Span;
    }
  | { readonly kind: 'negate'; readonly operand: Expression; readonly span: Span }
  | { readonly kind: 'not'; readonly operand: Expression; readonly span: Span }
  | {
      readonly kind: 'arithmetic';
      readonly operator: Arithmetic;
      readonly left: Expression;
      readonly right: Expression;
      readonly span: Span;
    }
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly left: Expression;
      readonly right: Expression;
      readonly span: Span;
    }
  | {
      readonly kind: 'logic';
      readonly operator: 'and' | 'or';
      readonly left: Expression;
      readonly right: Expression;
      readonly span: Span;
    }
  /** `x in a..b`, both ends included. */
  | {
      readonly kind: 'between';
      readonly value: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly negated: boolean;
      readonly span: Span;
    }
  /** `x in [a, b]`. */
  | {
      readonly kind: 'oneOf';
      readonly value: Expression;
      readonly options: readonly Expression[];
      readonly negated: boolean;
      readonly span: Span;
    }
  | { readonly kind: 'isNull'; readonly operand: Expression; readonly negated: boolean; readonly span: Span };

/** What a gate compares with: a model on the same rows, or a figure set elsewhere in the file. */
export type Reference =
  | {
      readonly kind: 'baseline' | 'champion' | 'budget' | 'tolerance' | 'small' | 'medium' | 'large';
      readonly span: Span;
    }
  | { readonly kind: 'variant' | 'run'; readonly id: string; readonly span: Span };

/** `pr_auc`, `recall@2000`, `recall(plan=basic)`, `latency.p95`, `drift(prediction)`, `lint.errors`. */
export interface MetricReference {
  readonly name: string;
  /** What stands between the parentheses. */
  readonly slice?: { readonly text: string; readonly expression: Expression };
  readonly span: Span;
}

export type Gate =
  | {
      readonly kind: 'compare';
      readonly metric: MetricReference;
      readonly operator: Comparison;
      readonly right:
        | { readonly kind: 'number'; readonly value: number; readonly unit?: Unit; readonly span: Span }
        /** `baseline + 0.02` has offset 0.02. */
        | {
            readonly kind: 'reference';
            readonly reference: Reference;
            readonly offset: number;
            readonly span: Span;
          };
      readonly significant: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: 'beats';
      readonly reference: Reference;
      readonly significant: boolean;
      readonly span: Span;
    };

/** `tenure_days += 365` of evaluate.behavior. */
export interface Change {
  readonly column: string;
  readonly operator: '=' | '+=' | '-=' | '*=';
  readonly value: Expression;
  readonly span: Span;
}

/** Why an expression cannot be used, and where in its text. */
export interface ExpressionProblem {
  readonly message: string;
  readonly span: Span;
  /** What to put in place of the span, where there is one likely answer. */
  readonly suggestion?: string;
  /** The column that does not exist. */
  readonly column?: string;
}

export type Parsed<T> =
  | { readonly ast: T; readonly problem?: undefined }
  | { readonly ast?: undefined; readonly problem: ExpressionProblem };
