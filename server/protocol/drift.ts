/** What a comparison of rows says: the document of `drift`, one window of `monitor`, and what the drift panel shows (cli.md, binding). */
import * as z from 'zod';
import { numberSchema } from './run.ts';

export const effectSizes = ['none', 'small', 'medium', 'large'] as const;
export type EffectSize = (typeof effectSizes)[number];

/** Shares of the rows that have a value, in the sample; what few rows share is put together. */
const distributionSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('numbers'),
    /** One more than shares; the outermost bins take what lies beyond. */
    edges: z.array(z.number()),
    reference: z.array(z.number()),
    current: z.array(z.number()),
    /** The 5, 25, 50, 75 and 95 % quantiles. */
    quantiles: z.object({ reference: z.array(numberSchema), current: z.array(numberSchema) }),
  }),
  z.object({
    kind: z.literal('levels'),
    levels: z.array(z.string()),
    reference: z.array(z.number()),
    current: z.array(z.number()),
  }),
]);
export type Distribution = z.infer<typeof distributionSchema>;

const testResultSchema = z.object({
  /** `none` where there are too few rows, or nothing that could differ. */
  test: z.string(),
  statistic: numberSchema.nullable(),
  p: z.number().nullable(),
  pAdjusted: z.number().nullable(),
  effect: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  size: z.enum(effectSizes),
  drifted: z.boolean(),
});
export type DriftTest = z.infer<typeof testResultSchema>;

const columnDriftSchema = testResultSchema.extend({
  column: z.string(),
  kind: z.string(),
  /** `noticed`: significant, but smaller than what counts. `unknown`: not tested. */
  verdict: z.enum(['drifted', 'noticed', 'steady', 'unknown']),
  reason: z.string(),
  /** All tests of the column, the strongest first: that is the one above. */
  tests: z.array(testResultSchema.extend({ words: z.string() })),
  distribution: distributionSchema.nullable(),
  /** Of the column for the model, where that is known. */
  importance: z.number().nullable(),
});
export type ColumnDrift = z.infer<typeof columnDriftSchema>;

const sides = z.object({ reference: z.int(), current: z.int() });

export const driftReportSchema = z.object({
  columns: z.array(columnDriftSchema),
  multivariate: z.object({
    test: z.enum(['classifier', 'energy', 'none']),
    auc: z.number().nullable(),
    statistic: z.number().nullable(),
    p: z.number().nullable(),
    pAdjusted: z.number().nullable(),
    size: z.enum(effectSizes),
    drifted: z.boolean(),
    /** Columns that tell the two apart best. */
    top: z.array(z.string()),
  }),
  rows: sides,
  sampled: sides,
  /** Columns that only one side has. */
  only: z.object({ reference: z.array(z.string()), current: z.array(z.string()) }),
  alpha: z.number(),
  effect: z.union([z.enum(['small', 'medium', 'large']), z.number()]),
  correction: z.enum(['maxt', 'bh', 'holm', 'none']),
  permutations: z.int(),
  seed: z.int(),
  drifted: z.boolean(),
});
export type DriftReport = z.infer<typeof driftReportSchema>;
