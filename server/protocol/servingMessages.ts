/** What a serving worker and the process that starts it say to each other, and what the store keeps of a deployment. */
import * as z from 'zod';
import { loadFiguresSchema } from './deployments.ts';
import { failureSchema } from './runMessages.ts';

/** One model of a deployment, settled when it starts: an alias that moves later does not change what is served. */
export const servedModelSchema = z.object({
  /** Its name in URLs. */
  name: z.string(),
  /** Number of a registered version, id of a run, or `1` for a bare file. */
  version: z.string(),
  /** As written by the person. */
  reference: z.string(),
  /** Absolute path of the ONNX file. */
  path: z.string(),
  run: z.string().nullable(),
});
export type ServedModel = z.infer<typeof servedModelSchema>;

/** To the worker, once. */
export const servingOrderSchema = z.object({
  workspace: z.string(),
  models: z
    .array(
      servedModelSchema.extend({
        /** Sections of the experiment that made the model: `serve` and `data`; empty for a bare file. */
        experiment: z.record(z.string(), z.unknown()),
      }),
    )
    .min(1),
  /** null: the first free port from the experiment's own on. */
  port: z.int().min(0).max(65_535).nullable(),
  /** Largest request in bytes. */
  bodyLimit: z.int().min(1),
  /** Ends with the process that started it. */
  attached: z.boolean(),
});
export type ServingOrder = z.infer<typeof servingOrderSchema>;

/** From the worker: it answers requests and is recorded, or it cannot. */
export const servingReportSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), deployment: z.string(), url: z.string(), pid: z.int() }),
  z.object({ kind: z.literal('refused'), failure: failureSchema }),
]);
export type ServingReport = z.infer<typeof servingReportSchema>;

/** To the worker of a load test, once. */
export const loadOrderSchema = z.object({
  url: z.string(),
  body: z.string(),
  connections: z.int().min(1),
  seconds: z.number(),
});
export type LoadOrder = z.infer<typeof loadOrderSchema>;

/** From the worker of a load test: once a second, then how it ended. */
export const loadReportSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), figures: loadFiguresSchema }),
  z.object({ kind: z.literal('done'), figures: loadFiguresSchema }),
  z.object({ kind: z.literal('failed'), failure: failureSchema }),
]);
export type LoadReport = z.infer<typeof loadReportSchema>;
