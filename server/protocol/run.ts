/** A run as JSON: what `run --json` and `runs show` print, the store keeps and the card reads (cli.md, binding). */
import * as z from 'zod';
import { trainedTasks } from '../catalog/tasks.ts';

/** JSON has no NaN or infinities: they travel as strings. */
export const numberSchema = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]);
const scalarSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const estimateSchema = z.object({ value: numberSchema, low: numberSchema, high: numberSchema });
const metricsSchema = z.record(z.string(), estimateSchema);

export const runStatuses = ['running', 'finished', 'failed', 'cancelled', 'interrupted'] as const;
export type RunStatus = (typeof runStatuses)[number];

export const runHeadSchema = z.object({
  id: z.string(),
  experiment: z.string(),
  status: z.enum(runStatuses),
  started: z.string(),
  ended: z.string().nullable(),
});
export type RunHead = z.infer<typeof runHeadSchema>;

export const comparisonSchema = z.object({
  to: z.string(),
  metric: z.string(),
  difference: numberSchema,
  low: numberSchema,
  high: numberSchema,
  p: numberSchema,
  pAdjusted: numberSchema,
  test: z.string(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

export const sliceSchema = z.object({
  /** Such as `origin=ATL` or an expression as written. */
  slice: z.string(),
  rows: z.int(),
  share: z.number(),
  metric: z.string(),
  value: numberSchema,
  low: numberSchema,
  high: numberSchema,
  /** The same metric over all test rows. */
  overall: numberSchema,
  /** Worse than the rest by a difference whose corrected interval excludes 0. */
  weak: z.boolean(),
});
export type Slice = z.infer<typeof sliceSchema>;

export const gateSchema = z.object({
  gate: z.string(),
  passed: z.boolean(),
  value: numberSchema.nullable(),
  low: numberSchema.nullable(),
  high: numberSchema.nullable(),
  /** Why, in words; `not applicable` where there is nothing to compare with. */
  reason: z.string(),
});
export type GateResult = z.infer<typeof gateSchema>;

export const importanceSchema = z.object({
  column: z.string(),
  value: numberSchema,
  low: numberSchema,
  high: numberSchema,
});
export type Importance = z.infer<typeof importanceSchema>;

/** What a search tried (section 8 of the language); scores are of held-out training rows. */
export const tuningSchema = z.object({
  search: z.string(),
  metric: z.string(),
  /** In the order in which they were suggested. `value`: of the metric, NaN where the fit failed. */
  trials: z.array(
    z.object({
      params: z.record(z.string(), z.unknown()),
      value: numberSchema,
      /** Share of the steps that it was trained for. */
      budget: z.number(),
      pruned: z.boolean(),
    }),
  ),
  /** Position of the trial whose settings the model has. */
  best: z.int(),
  /** Only with `split.cv.nested`: for each outer fold the winner of its own search, and its value on the rows held out. */
  nested: z
    .object({ folds: z.array(z.object({ params: z.record(z.string(), z.unknown()), value: numberSchema })) })
    .optional(),
});
export type Tuning = z.infer<typeof tuningSchema>;

/** What `model.uncertainty` promised and what the test rows say of it. */
export const uncertaintySchema = z.object({
  /** Absent where only the model file is known. */
  method: z.string().optional(),
  /** The share that was asked for. */
  coverage: z.number(),
  /** The share of the test rows whose truth is inside. */
  measured: estimateSchema,
  /** Mean width of the intervals; mean number of classes in a set. */
  width: estimateSchema.optional(),
  size: estimateSchema.optional(),
});

const joinSchema = z.object({
  name: z.string(),
  /** As the experiment spells it, relative to its folder. */
  source: z.string(),
  hash: z.string(),
  rows: z.int(),
  /** Rows of the data that have a match. */
  matched: z.int(),
  asOf: z.string().nullable(),
  newest: z.string().nullable(),
});

export const runDocumentSchema = z.object({
  run: runHeadSchema,
  task: z.enum(trainedTasks),
  target: z.string(),
  positive: scalarSchema,
  classes: z.array(scalarSchema),
  metric: z.string(),
  rows: z.object({
    train: z.int(),
    valid: z.int(),
    test: z.int(),
    withoutTarget: z.int(),
    /** Rows that `data.filter` and `data.as_of` leave, with or without a target. */
    source: z.int(),
  }),
  split: z.object({ method: z.string(), folds: z.int(), hash: z.string() }),
  model: z.object({
    type: z.string(),
    params: z.record(z.string(), z.unknown()),
    iterations: z.int(),
    calibration: z.string(),
    threshold: z.number().nullable(),
  }),
  /** Only where `tune` is set. */
  tuning: tuningSchema.optional(),
  /** Only where `features.select` is set: features that the model sees, and those that it does not. */
  selection: z
    .object({ method: z.string(), kept: z.array(z.string()), dropped: z.array(z.string()) })
    .optional(),
  features: z.array(z.object({ name: z.string(), kind: z.string(), input: z.string() })),
  /** What is done about values that training did not see, and what it saw; `levels` are counted. Absent where nothing is checked. */
  contract: z
    .object({
      missing: z.enum(['none', 'warn', 'reject']),
      range: z.enum(['none', 'warn', 'reject']),
      unseen: z.enum(['none', 'warn', 'reject']),
      columns: z.array(
        z.object({
          name: z.string(),
          missing: z.boolean(),
          low: z.number().optional(),
          high: z.number().optional(),
          levels: z.int().optional(),
        }),
      ),
    })
    .optional(),
  metrics: z.object({ test: metricsSchema, valid: metricsSchema, train: metricsSchema }),
  /** Only where `model.uncertainty` is set and there are test rows. */
  uncertainty: uncertaintySchema.optional(),
  baselines: z.record(z.string(), metricsSchema),
  comparisons: z.array(comparisonSchema),
  slices: z.array(sliceSchema),
  fairness: z.array(z.unknown()),
  explanations: z.array(
    z.object({ method: z.string(), metric: z.string(), importance: z.array(importanceSchema) }),
  ),
  confusion: z.array(z.array(z.int())).nullable(),
  /** Binary: mean predicted score and observed share per bin. */
  calibrationBins: z.array(z.object({ predicted: z.number(), observed: z.number(), rows: z.int() })),
  gates: z.array(gateSchema),
  lint: z.object({ error: z.int(), warning: z.int(), info: z.int(), hint: z.int() }),
  parity: z.object({ maxAbsDifference: z.number(), rows: z.int() }),
  /** `reason`: why this engine was chosen, where there was a choice. */
  device: z.object({ engine: z.string(), name: z.string(), reason: z.string().optional() }),
  timings: z.record(z.string(), z.number()),
  artifacts: z.object({
    model: z.string(),
    predictions: z.string(),
    card: z.string(),
    /** Test rows to compare later inputs with; absent without test rows, and in runs of older versions. */
    reference: z.string().optional(),
  }),
  lineage: z.object({
    data: z.string(),
    config: z.string(),
    code: z.string(),
    environment: z.string(),
    seed: z.int(),
    /** What `data.join` brought: `newest` is the latest instant that was used, `asOf` the column of instants. */
    joins: z.array(joinSchema).optional(),
    /** Windowed features: what says when a prediction is made, and the latest instant that was looked at. */
    windows: z
      .array(z.object({ name: z.string(), at: z.string(), newest: z.string().nullable() }))
      .optional(),
  }),
  warnings: z.array(z.string()),
});
export type RunDocument = z.infer<typeof runDocumentSchema>;
