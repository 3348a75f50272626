/** What the extension asks the language server beside LSP: about the experiment in an editor, by its document's URI. */
import * as z from 'zod';
import { call } from './call.ts';
import { rowAnswerSchema, rowQuestionSchema } from './dataMessages.ts';
import { rangeSchema, severities } from './finding.ts';

const ofDocument = z.object({ uri: z.string() });

/** One column as the data panel shows it. */
export const dataColumnSchema = z.object({
  name: z.string(),
  kind: z.string(),
  derived: z.boolean(),
  /** What it is to the experiment: `target`, `feature`, `id`, or why it is left out. */
  role: z.string(),
  /** Share of the rows, 0 to 1. */
  missing: z.number(),
  distinct: z.int(),
  /** Rows by bin of a number or date, else by value; the words say which. */
  counts: z.array(z.number()),
  words: z.array(z.string()),
  /** Number or date, as text. */
  low: z.string(),
  middle: z.string(),
  high: z.string(),
  /** How well the column alone predicts the target; null where that was not measured. */
  link: z.object({ measure: z.string(), value: z.number(), low: z.number() }).nullable(),
  findings: z.int(),
});
export type DataColumn = z.infer<typeof dataColumnSchema>;

export const dataFindingSchema = z.object({
  rule: z.string(),
  severity: z.enum(severities),
  message: z.string(),
  path: z.string(),
  range: rangeSchema,
  column: z.string().nullable(),
  /** Which rows it is about; null where it is about no rows. */
  question: rowQuestionSchema.nullable(),
});
export type DataFinding = z.infer<typeof dataFindingSchema>;

export const dataDocumentSchema = z.object({
  experiment: z.string(),
  /** As written. */
  source: z.string(),
  /** After the filter. */
  rows: z.int(),
  hash: z.string(),
  target: z.string().nullable(),
  columns: z.array(dataColumnSchema),
  findings: z.array(dataFindingSchema),
});
export type DataDocument = z.infer<typeof dataDocumentSchema>;

export const languageCalls = {
  /** YAML of the resolved experiment; comments say where each value comes from. */
  resolved: call(
    'language/resolved',
    ofDocument.extend({ variant: z.string().nullable() }),
    z.object({ text: z.string() }),
  ),
  /** Edits of the document's text; waits for the data where they are asked about. */
  edit: call(
    'language/edit',
    ofDocument.extend({ kind: z.enum(['fixAll', 'pinData', 'inferColumns']) }),
    z.object({
      version: z.int(),
      edits: z.array(z.object({ range: rangeSchema, text: z.string() })),
      /** What was done, or why there was nothing to do: one sentence. */
      told: z.string(),
    }),
  ),
  /** Waits for the data. A failure where they cannot be read. */
  data: call('language/data', ofDocument, dataDocumentSchema),
  rows: call('language/rows', ofDocument.extend({ question: rowQuestionSchema }), rowAnswerSchema),
} as const;
