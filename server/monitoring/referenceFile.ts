/** The rows that a model's later inputs are compared with, as a file beside the model: no way back to the source is needed. */
import * as z from 'zod';
import { columnKinds } from '../catalog/columns.ts';
import { ModelwrightError } from '../catalog/errors.ts';
import { toJson } from '../protocol/json.ts';
import { numberSchema } from '../protocol/run.ts';
import type { ColumnSample, Sample } from './sample.ts';

const head = {
  name: z.string(),
  kind: z.enum(columnKinds),
  missing: z.number(),
  role: z.literal('prediction').optional(),
};

const columnSchema = z.discriminatedUnion('form', [
  z.object({
    ...head,
    form: z.literal('numbers'),
    values: z.array(z.number().nullable()),
    low: numberSchema,
    high: numberSchema,
  }),
  z.object({
    ...head,
    form: z.literal('levels'),
    levels: z.array(z.string()),
    codes: z.array(z.int()),
    counts: z.array(z.number()),
  }),
]);

const fileSchema = z.object({
  /** Raised when a reader of this one would misread a newer one. */
  version: z.literal(1),
  rows: z.int(),
  sampled: z.int(),
  columns: z.array(columnSchema),
});

/** Numbers and levels; dates and free text are not compared with a log. */
export function referenceText({ rows, sampled, columns }: Sample): string {
  const kept = columns.flatMap((column): object[] => {
    switch (column.form) {
      case 'numbers': {
        const { outside: _outside, values, ...facts } = column;
        return [{ ...facts, values: Array.from(values, (value) => (Number.isNaN(value) ? null : value)) }];
      }
      case 'levels':
        return [{ ...column, codes: [...column.codes], counts: Array.from(column.counts) }];
      default:
        return [];
    }
  });
  return toJson({ version: 1, rows, sampled, columns: kept });
}

/** Throws `reference-unreadable`. */
export function parseReference(text: string, path: string): Sample {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw new ModelwrightError('reference-unreadable', { path }, { file: path });
  }
  const parsed = fileSchema.safeParse(raw);
  if (!parsed.success) throw new ModelwrightError('reference-unreadable', { path }, { file: path });
  const { rows, sampled, columns } = parsed.data;
  return { rows, sampled, columns: columns.map(columnOf) };
}

function columnOf(column: z.infer<typeof columnSchema>): ColumnSample {
  const { name, kind, missing, role } = column;
  const facts = { name, kind, missing, ...(role === undefined ? {} : { role }) };
  if (column.form === 'levels')
    return {
      ...facts,
      form: 'levels',
      levels: column.levels,
      codes: Int32Array.from(column.codes),
      counts: column.counts,
    };
  return {
    ...facts,
    form: 'numbers',
    values: Float64Array.from(column.values, (value) => value ?? Number.NaN),
    low: Number(column.low),
    high: Number(column.high),
    outside: 0,
  };
}
