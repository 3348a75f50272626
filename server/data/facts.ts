/** What the data rules judge: plain numbers about one experiment's table, so that lint itself stays pure. */
import type { ContractFailure } from './contract.ts';
import type { Profile } from './profile.ts';
import type { ClassLabel, SupervisedTask } from './task.ts';

/** Plain values only: it crosses from the data worker to the server unchanged. */
export interface DataFacts {
  /** `sha256:…` of the source. */
  readonly hash: string;
  /** After filter. */
  readonly rows: number;
  readonly profile: Profile;
  /** Why no run is possible; the facts that depend on it are absent. */
  readonly problem?: {
    readonly code: string;
    readonly message: string;
    readonly help: string;
    readonly column?: string;
  };
  readonly target?: TargetFacts;
  /** Columns that the model would see, in table order. */
  readonly features: readonly { readonly name: string; readonly kind: string }[];
  /** Columns that would be features but cannot be yet, such as free text. */
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  /** Columns that the target's expression in `data.derive` reads, directly or through other derived columns. */
  readonly targetSources: readonly string[];
  /** By column name; every column but the target. */
  readonly links: Readonly<Record<string, ColumnLink>>;
  readonly order?: OrderLink;
  readonly duplicates: DuplicateFacts;
  readonly split?: SplitFacts;
  readonly contract: readonly ContractFailure[];
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

/** An estimate with a one-sided lower bound at the stated level, not yet corrected over columns. */
export interface LowerBound {
  readonly value: number;
  /** Standard error, on the scale of `value`. */
  readonly error: number;
  readonly low: number;
}

/** How one column alone goes with the target. */
export interface ColumnLink {
  /** `auc`: two classes, or macro one-vs-rest; at least 0.5 after turning the column round. `r2`: squared correlation of ranks or levels. */
  readonly measure: 'auc' | 'r2';
  /** `low`: one-sided 99 % bound. Null where the column says nothing (constant, all missing). */
  readonly strength: LowerBound | null;
  /** Predictive power score of a depth-limited tree, 0 to 1, cross-validated; only where `strength` makes a leak thinkable. */
  readonly pps: number | null;
  /** One value of the column for each value of the target, and back. */
  readonly copy: boolean;
  /** AUC (macro) or R² of "is missing"; `low`: one-sided 95 % bound. Null without missing values. */
  readonly missingness: (LowerBound & { readonly p: number }) | null;
  /** Intra-class correlation of the target within the column's values, with a lower 95 % bound; null where not a candidate group. */
  readonly grouping: (LowerBound & { readonly groups: number }) | null;
}

/** How the order of the rows in the source goes with the target. */
export interface OrderLink {
  readonly measure: 'auc' | 'r2';
  readonly value: number;
  /** One-sided 99 % bound. */
  readonly low: number;
}

export interface DuplicateFacts {
  /** Rows that repeat an earlier one in all columns but `data.id`. */
  readonly rows: number;
  /** Rows of classification whose features equal another row's with a different target. */
  readonly conflicting: number;
  /** Row numbers of one such pair. */
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
  /** Test rows equal to a training row in every feature and the target. */
  readonly overlap: number;
  /** Values of `data.group` with rows in training and in test; null without a group column. */
  readonly sharedGroups: number | null;
  /** With a time column: how the sides lie in time. */
  readonly time: TimeFacts | null;
  /** Features with levels that only test rows have. */
  readonly unseen: readonly { readonly column: string; readonly levels: number; readonly rows: number }[];
  /** Why the asked cross-validation is impossible; null when possible or not asked. */
  readonly infeasible: { readonly folds: number; readonly available: number; readonly of: string } | null;
  /** Half-width of the primary metric's 95 % interval on the test rows; null where it cannot be known beforehand. */
  readonly halfWidth: number | null;
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
