/** The resolved experiment: shorthands expanded, defaults filled in. `auto` stays where only the data can settle it. */

import type * as z from 'zod';
import type { ColumnKind } from '../catalog/columns.ts';
import type { DerivedFeature } from './derivedFeature.ts';
import type { categoricalShape, numericShape } from './schema/featureKinds.ts';
import type { forestShape, gbdtShape } from './schema/modelFamilies.ts';

export type { ColumnKind };

export type Scalar = string | number | boolean | null;

/** An item of `data.join`. */
export interface JoinSettings {
  readonly source: string;
  /** Absent: the file's stem. */
  readonly name?: string;
  readonly keys: string | readonly string[];
  readonly as_of?: string;
  readonly how?: 'left' | 'inner';
  readonly tolerance?: string;
}

export interface Experiment {
  readonly name: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly task: string;
  readonly target?: string;
  readonly positive?: Scalar;
  /** Absent: chosen by task and prevalence (language.md). */
  readonly metric?: string;
  readonly problem?: {
    readonly value?: string | Readonly<Partial<Record<'tp' | 'fp' | 'fn' | 'tn', number>>>;
    readonly horizon?: string;
    /** A column or an expression over a row. */
    readonly prediction_time?: string;
    readonly [field: string]: unknown;
  };
  readonly data: {
    readonly source?:
      | string
      | readonly string[]
      | { readonly train: string; readonly valid?: string; readonly test?: string };
    readonly format: string;
    readonly read: Readonly<Record<string, unknown>>;
    readonly version?: string;
    readonly as_of?: string;
    readonly id?: string;
    readonly time?: string;
    readonly group?: string;
    readonly weight?: string;
    readonly derive: readonly { readonly name: string; readonly expr: string }[];
    readonly join: readonly JoinSettings[];
    readonly filter?: string;
    readonly columns: Readonly<Record<string, ColumnContract>>;
    readonly expect: readonly string[];
    readonly quality: {
      readonly max_missing: number;
      readonly max_duplicates: number;
      readonly min_rows: number;
      readonly freshness?: string;
      readonly on_fail: 'fail' | 'warn' | 'quarantine';
    };
  };
  readonly features: {
    /** Column names and globs; absent: every column that is not excluded by its role. */
    readonly include?: readonly string[];
    readonly exclude: readonly string[];
    readonly types: Readonly<Record<string, ColumnKind>>;
    readonly numeric: NumericFeatureSettings;
    readonly categorical: CategoricalFeatureSettings;
    readonly datetime: DatetimeFeatureSettings;
    readonly derive: readonly DerivedFeature[];
    readonly cross?: readonly (readonly string[])[];
    /** Absent in runs of older versions. */
    readonly validate?: {
      readonly missing?: 'none' | 'warn' | 'reject';
      readonly range?: 'none' | 'warn' | 'reject';
      readonly unseen?: 'none' | 'warn' | 'reject';
      readonly skew?: boolean;
    };
    /** Absent: all features stay. */
    readonly select?: {
      readonly method: string;
      readonly keep?: number | string;
      readonly threshold?: number;
    };
    readonly columns: Readonly<
      Record<string, Partial<NumericFeatureSettings & CategoricalFeatureSettings & DatetimeFeatureSettings>>
    >;
    readonly [section: string]: unknown;
  };
  readonly split: {
    /** A ratio, an ISO date or a path. */
    readonly test: number | string;
    /** Absent: 0.1, or 0 with cross-validation. */
    readonly valid?: number;
    readonly method: string;
    readonly by?: string;
    readonly gap?: string | number;
    /** Absent: 5 folds under 5,000 rows unless `valid` is written, else none. Fewer than 2 folds mean none. */
    readonly cv?: {
      readonly folds: number;
      readonly repeats: number;
      readonly kind: 'auto' | 'kfold' | 'expanding' | 'rolling';
      readonly nested?: boolean;
    };
    readonly dedupe: 'none' | 'exact' | 'near' | number;
    /** Absent: train.seed. */
    readonly seed?: number;
    readonly [field: string]: unknown;
  };
  readonly model: {
    readonly heuristic?: readonly { readonly if: string; readonly then: number | string }[];
    readonly type: string;
    readonly linear: {
      readonly link: string;
      readonly penalty: string;
      readonly strength: number;
      readonly l1_ratio?: number;
      readonly intercept: boolean;
    };
    readonly gbdt: GbdtSettings;
    readonly forest: ForestSettings;
    readonly mlp: {
      readonly layers: readonly number[];
      readonly activation: 'relu' | 'gelu' | 'silu' | 'tanh';
      readonly dropout: number;
      readonly batch_norm: boolean;
      /** Absent: by the number of levels. */
      readonly embed?: number;
    };
    readonly calibrate: 'auto' | 'none' | 'platt' | 'isotonic' | 'temperature';
    /** Absent: no intervals. */
    readonly uncertainty?: {
      readonly method?: 'none' | 'conformal' | 'ensemble' | 'quantile';
      readonly coverage?: number;
    };
    readonly threshold: number | 'auto' | { readonly maximize: string } | { readonly by: 'value' };
    readonly [family: string]: unknown;
  };
  /** Family shorthands or `run:ID`. */
  readonly baseline: readonly string[];
  readonly train: {
    readonly seed: number;
    readonly early_stop:
      | false
      | {
          readonly patience: number;
          readonly min_delta: number;
          readonly restore_best: boolean;
          readonly metric?: string;
        };
    readonly epochs: number;
    readonly batch: number | 'auto';
    readonly optimizer: {
      readonly type: 'adamw' | 'adam' | 'sgd' | 'rmsprop' | 'lbfgs';
      readonly lr: number;
      readonly weight_decay: number;
      readonly momentum?: number;
      readonly betas?: readonly number[];
    };
    readonly schedule: {
      readonly type: 'constant' | 'cosine' | 'step' | 'exponential' | 'one-cycle' | 'plateau' | 'wsd';
      /** A share below 1, or steps. */
      readonly warmup: number;
      readonly min_lr?: number;
      readonly step?: number;
      readonly gamma?: number;
      readonly patience?: number;
    };
    readonly regularize: {
      readonly l1?: number;
      readonly l2?: number;
      readonly dropout?: number;
      readonly label_smoothing?: number;
      readonly mixup?: number;
      readonly grad_clip: number;
    };
    readonly device: 'auto' | 'cpu' | 'webgpu' | 'cuda' | 'mps';
    readonly imbalance: {
      readonly strategy:
        | 'auto'
        | 'none'
        | 'weights'
        | 'oversample'
        | 'undersample'
        | 'smote'
        | 'focal'
        | 'threshold';
      readonly ratio?: number;
    };
    readonly checkpoint: {
      readonly every: number | string;
      readonly keep: number;
      readonly resume: string;
      readonly best: boolean;
    };
    /** Absent in runs of older versions. `time` such as `1h`, `memory` such as `8GB`. */
    readonly budget?: { readonly time?: string; readonly memory?: string };
    readonly [field: string]: unknown;
  };
  readonly evaluate: {
    readonly metrics?: readonly string[];
    readonly ci: {
      readonly method: 'bootstrap' | 'wilson' | 'hanley' | 'none';
      readonly level: number;
      readonly samples: number;
      readonly by?: string;
    };
    readonly slices: 'auto' | readonly string[];
    readonly compare: {
      readonly to: readonly string[];
      readonly test: string;
      readonly alpha: number;
      readonly correction: 'none' | 'holm' | 'bh';
    };
    readonly [field: string]: unknown;
  };
  readonly gates?: readonly string[];
  readonly card: Readonly<Record<string, unknown>>;
  readonly lint: {
    readonly profile: string;
    readonly rules: Readonly<Record<string, unknown>>;
    readonly ignore: readonly unknown[];
  };
  /** Sections that this version checks but does not act on yet. */
  readonly [section: string]: unknown;
}

export interface ColumnContract {
  readonly type?: ColumnKind;
  readonly role?: string;
  readonly nullable?: boolean;
  readonly min?: number | string;
  readonly max?: number | string;
  readonly in?: readonly Scalar[];
  readonly regex?: string;
  readonly unique?: boolean;
  readonly pii?: string | boolean;
  readonly protected?: boolean;
  readonly available?: 'before' | 'after';
  readonly available_at?: string;
  readonly [field: string]: unknown;
}

/** The settings of a shape once every default is filled in. */
type Resolved<S extends z.ZodRawShape> = Readonly<z.infer<z.ZodObject<S>>>;

export type NumericFeatureSettings = Omit<Resolved<typeof numericShape>, 'bins'> & {
  readonly bins?: { readonly k: number; readonly by: 'quantile' | 'width' | 'tree' };
};

export type CategoricalFeatureSettings = Resolved<typeof categoricalShape>;

export interface DatetimeFeatureSettings {
  readonly parts: 'auto' | readonly string[];
  readonly cyclic: boolean;
  readonly elapsed_from?: string;
  readonly timezone?: string;
}

export type GbdtSettings = Resolved<typeof gbdtShape>;

/** `max_depth` absent: as deep as the rows go. */
export type ForestSettings = Omit<Resolved<typeof forestShape>, 'max_depth'> & {
  readonly max_depth?: number;
};
