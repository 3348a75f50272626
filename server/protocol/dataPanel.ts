/** What the data panel and the extension say to each other; the first line of each says who sends it. */
import * as z from 'zod';
import { type RowAnswer, rowQuestionSchema } from './dataMessages.ts';
import type { DataColumn, DataDocument } from './languageCalls.ts';
import type { PanelFailure } from './panels.ts';

/** To the data panel. */
export type ToDataPanel =
  /** The table as a whole; `columns` says how many there are. */
  | { readonly type: 'data'; readonly data: Omit<DataDocument, 'columns'>; readonly columns: number }
  | {
      readonly type: 'columns';
      /** Index of the first one among those that match. */
      readonly from: number;
      readonly columns: readonly DataColumn[];
      readonly matching: number;
    }
  | { readonly type: 'rows'; readonly title: string; readonly rows: RowAnswer }
  | PanelFailure;

export const columnQuerySchema = z.object({
  /** Parts of the name, the kind or the role. */
  filter: z.string().max(1000),
  sort: z.enum(['table', 'name', 'kind', 'missing', 'distinct', 'link', 'findings']),
  descending: z.boolean(),
  from: z.int().min(0),
  count: z.int().min(1).max(200),
});
export type ColumnQuery = z.infer<typeof columnQuerySchema>;

/** From the data panel. */
export const fromDataPanelSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('query'), query: columnQuerySchema }),
  z.object({ type: z.literal('rows'), title: z.string(), question: rowQuestionSchema }),
  /** To the finding of this index in the experiment's text. */
  z.object({ type: z.literal('reveal'), finding: z.int().min(0) }),
  z.object({ type: z.literal('openExperiment') }),
  z.object({
    type: z.literal('command'),
    command: z.enum(['modelwright.experiment.inferColumns', 'modelwright.experiment.pinData']),
  }),
]);
export type FromDataPanel = z.infer<typeof fromDataPanelSchema>;
