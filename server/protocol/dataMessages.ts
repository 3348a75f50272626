/** What the server and the data worker say to each other: one request at a time, answered by a result or a failure. */
import * as z from 'zod';
import type { CarriedError } from '../catalog/carriedError.ts';

/** Which rows a person wants to see. Row numbers are those of the source. */
export const rowQuestionSchema = z.discriminatedUnion('of', [
  z.object({ of: z.literal('rows'), rows: z.array(z.int().min(0)).max(1000) }),
  z.object({ of: z.literal('missing'), column: z.string() }),
  /** Rows whose value, as text, is one of these. */
  z.object({ of: z.literal('values'), column: z.string(), values: z.array(z.string()).max(100) }),
  /** Rows that equal another one in all columns but `data.id`. */
  z.object({ of: z.literal('repeated'), except: z.string().nullable() }),
  z.object({ of: z.literal('first') }),
]);
export type RowQuestion = z.infer<typeof rowQuestionSchema>;

/** To the worker. `spec` and `experiment` are the sender's own typed objects. */
export const dataRequestSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('profile'), spec: z.looseObject({}), target: z.string().nullable() }),
  /** Of the first rows of a file, or of what is quick to read: for guesses. */
  z.object({ kind: z.literal('peek'), path: z.string() }),
  z.object({
    kind: z.literal('rows'),
    experiment: z.looseObject({}),
    directory: z.string(),
    question: rowQuestionSchema,
    /** Those to show first; others follow in the order of the table. */
    columns: z.array(z.string()),
  }),
  z.object({
    kind: z.literal('facts'),
    experiment: z.looseObject({}),
    directory: z.string(),
    /** Of some rows, for a quick answer; null then where the whole is as quick. */
    sample: z.boolean(),
    /** Folder in which facts are kept beyond the worker's life. */
    cache: z.string().nullable(),
  }),
  z.object({ kind: z.literal('record'), spec: z.looseObject({}), columns: z.array(z.string()) }),
]);
export type DataRequest = z.infer<typeof dataRequestSchema>;

/** Rows as text; null where missing. At most 100 rows and 40 columns of however many there are. */
export const rowAnswerSchema = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.object({ row: z.int(), cells: z.array(z.string().nullable()) })),
  total: z.int(),
  allColumns: z.int(),
});
export type RowAnswer = z.infer<typeof rowAnswerSchema>;

/** From the worker: plain values, NaN and infinities among them (structured clone, not JSON). */
export const dataReplySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('result'), result: z.unknown() }),
  z.object({ kind: z.literal('failure'), failure: z.custom<CarriedError>(isMade) }),
]);
export type DataReply = z.infer<typeof dataReplySchema>;

function isMade(failure: unknown): boolean {
  return typeof failure === 'object' && failure !== null && 'code' in failure;
}
