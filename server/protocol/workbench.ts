/** What the extension asks the server beside LSP: runs, experiments and cards. Paths are absolute. */
import * as z from 'zod';
import { call, nothing } from './call.ts';
import type { Card } from './card.ts';
import { runDocumentSchema, runHeadSchema } from './run.ts';
import { failureSchema, runEventSchema } from './runMessages.ts';

const runPlace = z.object({ workspace: z.string(), id: z.string() });
export type RunPlace = z.infer<typeof runPlace>;

/** One line of a list of runs. */
export const runEntrySchema = runHeadSchema.extend({
  workspace: z.string(),
  file: z.string(),
  metric: z.string().nullable(),
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Written as text, only those that differ among the listed runs. */
  settings: z.record(z.string(), z.string()),
});
export type RunEntry = z.infer<typeof runEntrySchema>;

export const experimentEntrySchema = z.object({
  workspace: z.string(),
  file: z.string(),
  /** With forward slashes, relative to the workspace. */
  path: z.string(),
  name: z.string(),
  variants: z.array(z.string()),
});
export type ExperimentEntry = z.infer<typeof experimentEntrySchema>;

const settingSchema = z.object({
  path: z.string(),
  value: z.string(),
  /** Of the run of the same experiment before this one; null where there is none, or it had no such setting. */
  before: z.string().nullable(),
});

export const timedEventSchema = z.object({ sequence: z.int(), time: z.string(), event: runEventSchema });
export type TimedEvent = z.infer<typeof timedEventSchema>;

const trialTableSchema = z.object({
  metric: z.string(),
  /** Of the settings that vary. */
  paths: z.array(z.string()),
  /** The best first; at most 100. `share`: of the steps that the experiment allows. */
  rows: z.array(
    z.object({
      number: z.int(),
      settings: z.array(z.string()),
      value: z.number().nullable(),
      share: z.number(),
      state: z.enum(['best', 'finished', 'pruned', 'failed']),
    }),
  ),
  total: z.int(),
});
export type TrialTable = z.infer<typeof trialTableSchema>;

export const runDetailSchema = z.object({
  head: runHeadSchema,
  workspace: z.string(),
  file: z.string(),
  document: runDocumentSchema.nullable(),
  error: failureSchema.partial({ exit: true }).nullable(),
  findings: z.array(z.object({ rule: z.string(), severity: z.string(), message: z.string() })),
  /** Later than asked for; at most 1,000, the last among them. */
  events: z.array(timedEventSchema),
  settings: z.array(settingSchema),
  before: z.string().nullable(),
  /** Of the metrics that the events report, those that get better by getting lower. */
  lowerIsBetter: z.array(z.string()),
  /** Where settings are searched. */
  trials: trialTableSchema.nullable(),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

const jsonNumber = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]);

export const runComparisonSchema = z.object({
  runs: z.array(z.string()),
  parameters: z.array(z.object({ path: z.string(), values: z.array(z.unknown()) })),
  metrics: z.array(
    z.object({
      name: z.string(),
      values: z.array(z.unknown()),
      /** Of the last run against the first. */
      difference: jsonNumber,
      low: jsonNumber,
      high: jsonNumber,
      p: jsonNumber,
    }),
  ),
});
export type RunComparisonDocument = z.infer<typeof runComparisonSchema>;

/** Experiments, or variants of one, as they stand now. */
export const experimentComparisonSchema = runComparisonSchema.omit({ runs: true }).extend({
  sides: z.array(
    z.object({
      title: z.string(),
      /** The last one that finished. */
      run: z.string().nullable(),
      /** The experiment was changed since that run. */
      stale: z.boolean(),
    }),
  ),
});
export type ExperimentComparison = z.infer<typeof experimentComparisonSchema>;

const planSchema = z.object({
  stages: z.array(z.object({ stage: z.string(), detail: z.string(), seconds: z.number() })),
  seconds: z.number(),
  memoryBytes: z.number(),
  /** The budgets that this would pass, in words. */
  over: z.array(z.object({ path: z.string(), message: z.string() })),
});
export type PlanDocument = z.infer<typeof planSchema>;

const order = z.object({ workspace: z.string(), file: z.string(), variant: z.string().nullable() });

/** From the extension to the server; models.ts and deployments.ts have the others. */
export const calls = {
  listExperiments: call(
    'experiments/list',
    z.object({ workspaces: z.array(z.string()) }),
    z.object({ experiments: z.array(experimentEntrySchema) }),
  ),
  /** Columns of a table that could be predicted, the likeliest first. */
  guessTargets: call(
    'experiments/targets',
    z.object({ data: z.string() }),
    z.object({ targets: z.array(z.string()) }),
  ),
  /** The text of a starting experiment; `folder` is where its file will stand. */
  draftExperiment: call(
    'experiments/draft',
    z.object({ data: z.string(), target: z.string(), folder: z.string() }),
    z.object({ text: z.string() }),
  ),
  /** Newest first. From the first call on, the server reports changes in these workspaces. */
  listRuns: call(
    'runs/list',
    z.object({ workspaces: z.array(z.string()), limit: z.int().min(1) }),
    z.object({ runs: z.array(runEntrySchema) }),
  ),
  showRun: call('runs/show', runPlace.extend({ after: z.int().min(0) }), runDetailSchema),
  /** Answers as soon as the run is recorded; an experiment that cannot run is a failure. */
  startRun: call(
    'runs/start',
    order.extend({ device: z.string().optional(), trials: z.int().min(1).optional() }),
    z.object({ id: z.string() }),
  ),
  planRun: call('runs/plan', order.extend({ trials: z.int().min(1).optional() }), planSchema),
  cancelRun: call('runs/cancel', runPlace, nothing),
  resumeRun: call('runs/resume', runPlace, nothing),
  /** The same settings, code permitting, on the same data as a new run; answers as soon as it is recorded. */
  reproduceRun: call('runs/reproduce', runPlace, z.object({ id: z.string() })),
  /** Which files of two runs are the same, byte for byte. */
  sameFiles: call(
    'runs/same',
    z.object({ workspace: z.string(), ids: z.tuple([z.string(), z.string()]) }),
    z.object({ model: z.boolean(), predictions: z.boolean() }),
  ),
  deleteRun: call('runs/delete', runPlace, nothing),
  restoreRun: call('runs/restore', runPlace, nothing),
  compareRuns: call(
    'runs/compare',
    z.object({ workspace: z.string(), ids: z.array(z.string()).min(2) }),
    runComparisonSchema,
  ),
  compareExperiments: call(
    'experiments/compare',
    z.object({
      workspace: z.string(),
      sides: z
        .array(z.object({ file: z.string(), variant: z.string().nullable() }))
        .min(2)
        .max(20),
    }),
    experimentComparisonSchema,
  ),
  card: call('card', runPlace, z.object({ card: z.custom<Card>((value) => typeof value === 'object') })),
  exportCard: call(
    'card/export',
    runPlace.extend({ format: z.enum(['md', 'html', 'json']) }),
    z.object({ text: z.string() }),
  ),
} as const;

/** Every answer: a result, or the one failure that a person is shown. */
export const answerSchema = z.union([
  z.object({ result: z.unknown() }).strict(),
  z.object({ failure: failureSchema }).strict(),
]);

/** From the server, when the runs of a workspace changed. */
export const runsChanged = {
  method: 'modelwright/runs/changed',
  params: z.object({
    workspace: z.string(),
    /** The list itself is another: a run came, ended or was deleted. */
    listed: z.boolean(),
    running: z.array(z.object({ id: z.string(), event: runEventSchema.nullable() })),
  }),
} as const;
export type RunsChanged = z.infer<typeof runsChanged.params>;
