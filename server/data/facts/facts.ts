/** What the data rules judge: plain numbers about one experiment's table, so that lint itself stays pure. */

import type { Profile } from '../profile/columnProfile.ts';
import type { ContractFailure } from '../tables/contract.ts';
import type { ClassLabel, SupervisedTask } from '../task.ts';
import type { OddFacts } from './factsOdd.ts';
import type { Overlap } from './factsOverlap.ts';
import type { LookFacts } from './lookFacts.ts';

/** Plain values only: it crosses from the data worker to the server unchanged. */
export interface DataFacts {
  /** `sha256:…` of the source. */
  readonly hash: string;
  /** After filter. */
  readonly rows: number;
  /** Only some rows were looked at; `hash` is then empty. `total` is an estimate for files of text. */
  readonly sampled?: { readonly seen: number; readonly total: number };
  readonly profile: Profile;
  /** Why no run is possible; the facts that depend on it are absent. */
  readonly problem?: FactProblem;
  /** Why the rows cannot be divided. */
  readonly splitProblem?: FactProblem;
  readonly target?: TargetFacts;
  /** Columns that the model would see, in table order. */
  readonly features: readonly { readonly name: string; readonly kind: string }[];
  /** Columns that would be features but cannot be yet, such as free text. */
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  /** Columns that the target's expression in `data.derive` reads, directly or through other derived columns. */
  readonly targetSources: readonly string[];
  /** Features, `data.id` and columns that `features.include` names. */
  readonly links: Readonly<Record<string, ColumnLink>>;
  /** Categorical features by name. */
  readonly categories: Readonly<Record<string, CategoryFacts>>;
  /** Absent where `data.time` is declared. */
  readonly order?: OrderLink;
  readonly twins: TwinFacts;
  readonly split?: SplitFacts;
  /** What columns tell together; absent where no run is possible. */
  readonly looks?: LookFacts;
  /** Rows in which every column is empty. */
  readonly emptyRows: number;
  /** Features with instants after `data.time`. */
  readonly later: readonly LaterColumn[];
  readonly contract: readonly ContractFailure[];
}

export interface LaterColumn {
  readonly column: string;
  /** Rows in which it is after the time, of those that have both. */
  readonly rows: number;
  readonly of: number;
}

export interface FactProblem {
  readonly code: string;
  readonly message: string;
  readonly help: string;
  readonly column?: string;
}

export interface TargetFacts {
  readonly name: string;
  readonly task: SupervisedTask;
  readonly metric: string;
  readonly missing: number;
  /** Class order as in the model; empty for regression. */
  readonly classes: readonly { readonly label: ClassLabel; readonly rows: number }[];
  /** Binary: share of the positive class; otherwise null. */
  readonly prevalence: number | null;
  readonly distinct: number;
}

export interface LowerBound {
  readonly value: number;
  /** Standard error, on the scale of `value`. */
  readonly error: number;
  /** One-sided, not corrected over columns. */
  readonly low: number;
}

/** `low` at 99 %; `p`: of being at most 0.95, before correction over columns. */
export type Strength = LowerBound & { readonly p: number };

/** How one column alone goes with the target. Rows without a target are left out. */
export interface ColumnLink {
  /** AUC (two classes, or macro one-vs-rest), at least 0.5; or R². Both of the best single-column prediction. */
  readonly measure: 'auc' | 'r2';
  /** Null where the column says nothing: constant or empty. */
  readonly strength: Strength | null;
  /** Predictive power score, 0 to 1; only where `strength` makes a leak thinkable. */
  readonly pps: number | null;
  /** One value of the column for each value of the target, and back. */
  readonly copy: boolean;
  /** AUC or R² of "is missing"; `low` at 95 %, `p` of being at most 0.55 or 0.05. Null where nothing or all is missing. */
  readonly missingness: (LowerBound & { readonly p: number }) | null;
  /** Intra-class correlation of the target within the column's values; `low` at 95 %. */
  readonly grouping: {
    readonly value: number;
    readonly low: number;
    readonly groups: number;
    /** Share of the levels with two rows or more. */
    readonly repeated: number;
  } | null;
  /** Of few whole numbers: the target's mean jumps up and down along them, as it does along codes. */
  readonly outOfOrder: boolean;
  /** Chance that two random rows agree in this column. */
  readonly collision: number;
}

export interface CategoryFacts {
  readonly levels: number;
  /** Levels that are not rarer than `rare` asks for, among all rows. */
  readonly kept: number;
  /** Spellings that differ in case, spaces or punctuation alone, the largest sets first, at most three. */
  readonly variants: readonly (readonly string[])[];
  readonly odd: OddFacts;
}

/** How the order of the rows in the source goes with the target. */
export interface OrderLink {
  readonly measure: 'auc' | 'r2';
  readonly value: number;
  /** One-sided 99.9 % bound. */
  readonly low: number;
}

/** Rows that are equal, and how many pairs would be so by chance if the columns were independent. */
export interface TwinFacts {
  /** Rows that repeat an earlier one in all columns but `data.id`. */
  readonly repeats: number;
  /** Pairs of such rows expected by chance. */
  readonly expectedRepeats: number;
  /** Classification: rows whose features equal another row's with a different target. */
  readonly conflicting: number;
  /** Pairs of rows with equal features expected by chance. */
  readonly expectedTwins: number;
  /** Row numbers of one conflicting pair. */
  readonly example: readonly number[];
}

export interface SideFacts {
  readonly rows: number;
  /** Class order; empty for regression. */
  readonly classes: readonly number[];
  /** Mean of the target: of the class index when binary. */
  readonly mean: number;
}

export interface SplitFacts {
  readonly method: string;
  readonly folds: number;
  readonly train: SideFacts;
  readonly valid: SideFacts;
  readonly test: SideFacts;
  readonly absent: number;
  /** Test rows equal to a training row in every feature and the target; null where the split prevents it. */
  readonly overlap: Overlap | null;
  /** Values of `data.group` with rows in training and in test; null without a group column. */
  readonly sharedGroups: number | null;
  /** With a time column: how the sides lie in time. */
  readonly time: TimeFacts | null;
  /** Features with levels that only test rows have. */
  readonly unseen: readonly UnseenLevels[];
  /** Why the asked cross-validation is impossible; null when possible or not asked. */
  readonly infeasible: { readonly folds: number; readonly available: number; readonly of: string } | null;
  /**
   * Half-width of the primary metric's 95 % interval on the test rows (of an error in units of the target: relative to
   * that of guessing the mean); null where it cannot be known beforehand.
   */
  readonly halfWidth: number | null;
}

export interface UnseenLevels {
  readonly column: string;
  readonly levels: number;
  /** Test rows that have them. */
  readonly rows: number;
  /** Test rows that would have levels of their own if chance alone had dealt the rows: their mean, and three standard deviations more. */
  readonly byChance: number;
}

export interface TimeFacts {
  readonly column: string;
  /** Test rows earlier than the latest training row. */
  readonly testBeforeTrain: number;
  /** Test rows whose time some training row shares. */
  readonly ties: number;
  /** Smallest p-value of a trend of the target or a feature over time, corrected over them; and of which. */
  readonly trend: { readonly column: string; readonly p: number } | null;
}
