/** Model families: which tasks they can do, their numeric parameters with ranges, and how they want their features. */
import { trainedTasks } from './tasks.ts';

/** A numeric parameter; `above` is an exclusive lower bound. `default` absent: the family decides. */
export interface NumericParameter {
  readonly int: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly default?: number;
  /** Expected effect on the result, 0 to 3. */
  readonly impact: 0 | 1 | 2 | 3;
  /** What `tune` varies it over where no space is written. */
  readonly search?: string;
  readonly doc: string;
}

export interface ModelEntry {
  readonly title: string;
  readonly tasks: readonly string[];
  /** Trained by this version. */
  readonly supported: boolean;
  /** A person can follow the model itself (`interpretability: intrinsic`). */
  readonly intrinsic: boolean;
  /** Trains step by step, so that early stopping and checkpoints mean something. */
  readonly iterative: boolean;
  /** The setting that limits its steps, where it is iterative and can be tuned by part of them. */
  readonly steps?: string;
  /** The seed changes the result. */
  readonly stochastic: boolean;
  /** Can weigh its rows by how wrong they are (`imbalance: focal`). */
  readonly focal?: boolean;
  /** Its probabilities are taken as they are: no class weights, no calibration, and no threshold but one that is written. */
  readonly plain?: boolean;
  /** Learns an embedding of each category (`encode: embedding`). */
  readonly embeds?: boolean;
  /** What `auto` settings of `features` become for this family (the shape of `FeatureNeeds`). */
  readonly needs: {
    readonly impute: 'none' | 'median+indicator';
    readonly scale: 'none' | 'standard' | 'robust';
    readonly categories: 'codes' | 'onehot';
  };
}

const tabular = trainedTasks;
const trees = { impute: 'none', scale: 'none', categories: 'codes' } as const;
const coefficients = { impute: 'median+indicator', scale: 'standard', categories: 'codes' } as const;
const network = { impute: 'median+indicator', scale: 'robust', categories: 'codes' } as const;
const none = { intrinsic: false, iterative: false, stochastic: false };

// biome-ignore format: a row a line reads as a table.
export const models = {
  dummy: { title: 'Prior, mean or mode', tasks: tabular, supported: true, ...none, intrinsic: true, plain: true, needs: trees },
  heuristic: { title: 'Rules by hand', tasks: tabular, supported: true, ...none, intrinsic: true, plain: true, needs: trees },
  linear: { title: 'Linear', tasks: tabular, supported: true, ...none, intrinsic: true, needs: coefficients },
  gam: { title: 'Additive', tasks: tabular, supported: false, ...none, intrinsic: true, iterative: true, needs: trees },
  gbdt: { title: 'Gradient boosting', tasks: [...tabular, 'ranking', 'forecast', 'survival'], supported: true, intrinsic: false, iterative: true, steps: 'model.gbdt.trees', stochastic: true, focal: true, needs: trees },
  forest: { title: 'Random forest', tasks: ['binary', 'multiclass', 'regression', 'count', 'anomaly'], supported: true, ...none, stochastic: true, needs: trees },
  mlp: { title: 'Dense network', tasks: [...tabular, 'multilabel', 'forecast'], supported: true, intrinsic: false, iterative: true, steps: 'train.epochs', stochastic: true, focal: true, embeds: true, needs: network },
  cnn: { title: 'Convolutional network', tasks: ['image-classification', 'binary', 'multiclass'], supported: false, intrinsic: false, iterative: true, stochastic: true, needs: network },
  text: { title: 'Text model', tasks: ['text-classification', 'binary', 'multiclass', 'regression'], supported: false, intrinsic: false, iterative: true, stochastic: true, needs: coefficients },
  transfer: { title: 'Pretrained backbone', tasks: ['image-classification', 'text-classification', 'binary', 'multiclass'], supported: false, intrinsic: false, iterative: true, stochastic: true, needs: network },
  ensemble: { title: 'Ensemble', tasks: tabular, supported: false, ...none, stochastic: true, needs: trees },
  automl: { title: 'Search over families', tasks: tabular, supported: false, ...none, iterative: true, stochastic: true, needs: trees },
  command: { title: 'External command', tasks: [...tabular, 'forecast', 'ranking', 'survival'], supported: false, ...none, stochastic: true, needs: trees },
  onnx: { title: 'Imported ONNX file', tasks: tabular, supported: false, ...none, needs: trees },
  llm: { title: 'Language model', tasks: ['generation', 'rag', 'extraction'], supported: false, ...none, stochastic: true, needs: trees },
} as const satisfies Record<string, ModelEntry>;

export type ModelName = keyof typeof models;
export const modelNames = Object.keys(models) as ModelName[]; // The keys of the literal above.

/** The entry of a family; `auto` is gbdt, the choice for tables. Undefined where there is no such family. */
export function modelNamed(name: string): ModelEntry | undefined {
  return name === 'auto'
    ? models.gbdt
    : modelNames.includes(name as ModelName)
      ? models[name as ModelName]
      : undefined;
}

/** Other names in use, to ours. */
export const modelSynonyms: Readonly<Record<string, ModelName>> = {
  xgb: 'gbdt',
  xgboost: 'gbdt',
  lgbm: 'gbdt',
  lightgbm: 'gbdt',
  catboost: 'gbdt',
  gbm: 'gbdt',
  boosting: 'gbdt',
  gradient_boosting: 'gbdt',
  logistic: 'linear',
  logistic_regression: 'linear',
  logreg: 'linear',
  ridge: 'linear',
  lasso: 'linear',
  ols: 'linear',
  glm: 'linear',
  rf: 'forest',
  random_forest: 'forest',
  randomforest: 'forest',
  nn: 'mlp',
  dnn: 'mlp',
  neural_network: 'mlp',
  prior: 'dummy',
  mean: 'dummy',
  constant: 'dummy',
  rules: 'heuristic',
};

/** Ranges are what the trainers accept; the schema, search spaces and `lr-unusual` read them from here. */
// biome-ignore format: a row a line reads as a table.
export const parameters = {
  linear: {
    strength: { int: false, min: 0, max: 1e9, default: 1, impact: 3, search: '0.0001..100.0 log', doc: "Weight of the penalty: scikit-learn's alpha, or 1/C" },
    l1_ratio: { int: false, min: 0, max: 1, default: 0.5, impact: 1, doc: 'Share of L1 in an elastic penalty' },
  },
  gbdt: {
    trees: { int: true, min: 1, max: 100_000, default: 1000, impact: 2, doc: 'Trees; a ceiling under early stopping' },
    learning_rate: { int: false, above: 0, max: 1, default: 0.05, impact: 3, search: '0.01..0.3 log', doc: 'Share of each tree that is added' },
    max_depth: { int: true, min: 1, max: 64, default: 6, impact: 2, doc: 'Deepest level of a leaf' },
    max_leaves: { int: true, min: 2, max: 65_536, default: 31, impact: 3, search: '8..128 log', doc: 'Leaves of a tree' },
    min_leaf: { int: true, min: 1, max: 1_000_000, default: 20, impact: 2, search: '5..100 log', doc: 'Fewest rows in a leaf' },
    subsample: { int: false, above: 0, max: 1, default: 0.8, impact: 1, search: '0.5..1.0', doc: 'Share of rows for each tree' },
    colsample: { int: false, above: 0, max: 1, default: 0.8, impact: 1, search: '0.5..1.0', doc: 'Share of columns for each tree' },
    l1: { int: false, min: 0, max: 1e6, default: 0, impact: 1, doc: 'L1 penalty on leaf values' },
    l2: { int: false, min: 0, max: 1e6, default: 1, impact: 1, search: '0.01..30.0 log', doc: 'L2 penalty on leaf values' },
    bins: { int: true, min: 2, max: 255, default: 255, impact: 1, doc: 'Histogram bins of a numeric column' },
  },
  forest: {
    trees: { int: true, min: 1, max: 100_000, default: 300, impact: 1, doc: 'Trees' },
    max_depth: { int: true, min: 1, max: 256, impact: 2, doc: 'Deepest level of a leaf' },
    min_leaf: { int: true, min: 1, max: 1_000_000, default: 1, impact: 3, search: '1..50 log', doc: 'Fewest rows in a leaf' },
  },
  mlp: { dropout: { int: false, min: 0, max: 0.95, default: 0.1, impact: 2, search: '0.0..0.5', doc: 'Share of activations dropped in training' } },
  cnn: {
    blocks: { int: true, min: 1, max: 12, default: 3, impact: 2, doc: 'Convolution blocks' },
    channels: { int: true, min: 1, max: 2048, default: 32, impact: 2, doc: 'Channels of the first block' },
    kernel: { int: true, min: 1, max: 15, default: 3, impact: 1, doc: 'Width of a kernel' },
    dropout: { int: false, min: 0, max: 0.95, default: 0.2, impact: 2, doc: 'Share of activations dropped in training' },
  },
} as const satisfies Record<string, Record<string, NumericParameter>>;
