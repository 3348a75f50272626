/** What a run's worker and the process that starts it say to each other, and what a run reports while it works. */
import * as z from 'zod';

/** To the worker, once: what to run. `resume` goes on with a run, `reproduce` does the same again as a run of its own. */
export const workerOrderSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('run'),
    workspace: z.string(),
    file: z.string(),
    overrides: z.array(z.string()),
    variant: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('resume'),
    workspace: z.string(),
    id: z.string(),
    /** Of `train.budget` and `train.checkpoint` only: all else would be another experiment. */
    overrides: z.array(z.string()).optional(),
  }),
  z.object({ kind: z.literal('reproduce'), workspace: z.string(), id: z.string() }),
]);
export type WorkerOrder = z.infer<typeof workerOrderSchema>;

/** What a run is doing. `fraction` and `secondsLeft` are of the whole run. */
export const runEventSchema = z.object({
  stage: z.string(),
  fraction: z.number(),
  secondsLeft: z.number().nullable(),
  /** In words, such as `tree 120 of 1000`. */
  detail: z.string(),
  /** The primary metric on validation rows, where the stage has one. */
  score: z.object({ metric: z.string(), value: z.number() }).nullable(),
});
export type RunEvent = z.infer<typeof runEventSchema>;

/** The error document of cli.md. */
export const failureSchema = z.looseObject({
  code: z.string(),
  message: z.string(),
  help: z.string(),
  exit: z.int(),
});
export type Failure = z.infer<typeof failureSchema>;

/** From the worker, until the run is recorded: afterwards the store tells. */
export const workerReportSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), event: runEventSchema }),
  z.object({ kind: z.literal('recorded'), id: z.string() }),
  z.object({ kind: z.literal('refused'), failure: failureSchema }),
]);
export type WorkerReport = z.infer<typeof workerReportSchema>;
