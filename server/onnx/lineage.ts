/** What a model file says about itself in its metadata (cli.md): enough to score, evaluate and serve it. */

import * as z from 'zod';
import { columnKinds } from '../catalog/columns.ts';
import { ModelwrightError } from '../catalog/errors.ts';
import { trainedTasks } from '../catalog/tasks.ts';
import { servingContractSchema } from './contract.ts';

const inputSchema = z.object({
  name: z.string(),
  kind: z.enum(columnKinds),
  input: z.enum(['float', 'string', 'date']),
});

const derivedSchema = inputSchema.extend({ expr: z.string() });

const json = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown; // checked by what it is piped into
  } catch {
    context.addIssue('not JSON');
    return z.NEVER;
  }
});

const metadataSchema = z.object({
  task: z.enum(trainedTasks),
  target: z.string(),
  classes: json.pipe(z.array(z.union([z.string(), z.number(), z.boolean()]))),
  positive: z.string().optional(),
  threshold: z.coerce.number().optional(),
  /** Which quantile a quantile model predicts. */
  quantile: z.coerce.number().optional(),
  /** The share of truths that intervals or sets of classes should hold. */
  coverage: z.coerce.number().optional(),
  features: json.pipe(z.array(inputSchema)),
  derived: json.pipe(z.array(derivedSchema)).default([]),
  /** Absent where nothing is checked, and in files of older versions. */
  contract: json.pipe(servingContractSchema).optional(),
  'hash.data': z.string().optional(),
  'hash.split': z.string().optional(),
  'hash.experiment': z.string().optional(),
});

/**
 * `classes` are typed as the target, in the column order of `probabilities`; `features` in the order of the inputs;
 * `derived` what the file computes of them, each from inputs and those before it.
 */
export type ModelLineage = z.infer<typeof metadataSchema>;

/** @throws ModelwrightError model-foreign where the file was not written by this product */
export function readLineage(metadata: Readonly<Record<string, string>>): ModelLineage {
  const parsed = metadataSchema.safeParse(metadata);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ModelwrightError('model-foreign', { key: issue?.path.join('.') ?? 'task' });
}
