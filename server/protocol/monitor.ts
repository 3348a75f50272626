/** What `monitor` prints and the drift panel shows: windows of a log or a file against the rows of a model's test. */
import * as z from 'zod';
import { call } from './call.ts';
import { driftReportSchema } from './drift.ts';
import { failureSchema } from './runMessages.ts';

const windowSchema = z.object({
  /** Of its first and last row; null for a file. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  rows: z.int(),
  /** False where there were too few rows for any test: then it says nothing, neither drift nor calm. */
  tested: z.boolean(),
  drifted: z.boolean(),
  /** Drifted, and in so many of the last windows as `persist` asks for. */
  alarm: z.boolean(),
  columns: z.array(z.string()),
});

export const monitorDocumentSchema = z.object({
  /** Of the deployment, or the path of the file. */
  subject: z.string(),
  deployment: z.string().nullable(),
  model: z.string(),
  run: z.string(),
  reference: z.object({ rows: z.int(), sampled: z.int() }),
  window: z.string(),
  persist: z.int(),
  /** Oldest first. */
  windows: z.array(windowSchema),
  /** Of the newest window; null where there is none yet. */
  report: driftReportSchema.nullable(),
  alarm: z.boolean(),
  /** Rows with a value outside what training saw, by the model's serving contract (features.validate). */
  outside: z.array(
    z.object({ column: z.string(), check: z.enum(['missing', 'range', 'unseen']), rows: z.int() }),
  ),
  /** Windows of the reference itself, where nothing can have drifted. */
  replay: z
    .object({
      windows: z.int(),
      rows: z.int(),
      alarms: z.int(),
      rate: z.number(),
      low: z.number(),
      high: z.number(),
    })
    .nullable(),
});
export type MonitorDocument = z.infer<typeof monitorDocumentSchema>;

/** From the extension to the server, and from there to a process of its own. */
export const monitorOrderSchema = z.object({
  workspace: z.string(),
  /** Id of a deployment, or the path of a file. */
  subject: z.string(),
  /** What a file is compared with. */
  model: z.string().nullable(),
  replay: z.boolean(),
});
export type MonitorOrder = z.infer<typeof monitorOrderSchema>;

/** From the process: the comparison, or why there is none. */
export const monitorReplySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), document: monitorDocumentSchema }),
  z.object({ kind: z.literal('failed'), failure: failureSchema }),
]);
export type MonitorReply = z.infer<typeof monitorReplySchema>;

export const driftCalls = {
  /** Cancelling ends the process. */
  monitor: call('drift/monitor', monitorOrderSchema, monitorDocumentSchema),
} as const;
