/** What the server and the data worker say to each other: one request at a time, answered by a result or a failure. */
import { z } from 'zod';
import { failureSchema } from './runMessages.ts';

/** To the worker. `spec` and `experiment` are the sender's own typed objects. */
export const dataRequestSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('profile'), spec: z.looseObject({}), target: z.string().nullable() }),
  z.object({ kind: z.literal('facts'), experiment: z.looseObject({}), directory: z.string() }),
  z.object({ kind: z.literal('record'), spec: z.looseObject({}), columns: z.array(z.string()) }),
]);
export type DataRequest = z.infer<typeof dataRequestSchema>;

/** From the worker: plain values, NaN and infinities among them (structured clone, not JSON). */
export const dataReplySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('result'), result: z.unknown() }),
  z.object({ kind: z.literal('failure'), failure: failureSchema }),
]);
export type DataReply = z.infer<typeof dataReplySchema>;
