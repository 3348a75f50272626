/** What columns tell together, or the two sides of a split: plain values for the rules, each computed in the file that its comment names. */
import type { NearFacts } from '../split/nearTexts.ts';

export interface LookFacts extends PairFacts {
  readonly jumps: readonly Jump[];
  readonly gaps: readonly AnnotationGap[];
  /** Absent where the rows could not be divided. */
  readonly shift: ShiftFacts | null;
  readonly near: readonly NearFacts[];
}

export interface PairFacts {
  /** Later features that go with an earlier one, the strongest for each. */
  readonly correlated: readonly Correlated[];
  /** Linear models only: numbers that the other numbers explain. At most 1e6. */
  readonly inflated: readonly { readonly column: string; readonly vif: number }[];
  readonly proxies: readonly StandIn[];
}

export interface Correlated {
  readonly column: string;
  readonly other: string;
  /** Spearman's rho of numbers, or Cramér's V of levels, corrected for bias (Bergsma, 2013). */
  readonly measure: 'rho' | 'v';
  readonly value: number;
  /** Of being at most 0.9, corrected over the pairs. */
  readonly p: number;
}

export interface StandIn {
  readonly column: string;
  /** The attribute that it stands in for. */
  readonly of: string;
  /** Macro over its classes; numbers are cut at their median. */
  readonly auc: number;
  /** One-sided 99 % bound, corrected over the features. */
  readonly low: number;
}

export interface ShiftFacts {
  readonly columns: readonly ColumnShift[];
  /** Training against test rows told apart by all features; null where the split sees to a difference, as one in time does. */
  readonly apart: { readonly auc: number; readonly p: number; readonly top: readonly string[] } | null;
}

export interface ColumnShift {
  readonly column: string;
  /** Wasserstein over scale, total variation, or difference of the missing shares: the largest; chance is taken off. */
  readonly effect: number;
  /** Corrected over the features (Holm). */
  readonly p: number;
  /** Predictive power for the target on either side, and p of the difference in AUC or R², not corrected; null where it is weak on both. */
  readonly relation: { readonly train: number; readonly test: number; readonly p: number } | null;
}

export interface Jump {
  readonly column: string;
  /** The larger median over the smaller. */
  readonly ratio: number;
  readonly up: boolean;
  /** First day of the period in which the new values begin. */
  readonly date: string;
}

export interface AnnotationGap {
  readonly column: string;
  readonly level: string;
  readonly rows: number;
  /** Of its rows, and of all rows. */
  readonly labelled: number;
  readonly overall: number;
}
