/** The whole language as one zod schema; everything else about fields is derived from it. */
import * as z from 'zod';
import { card, lint, run } from './card.ts';
import { data } from './data.ts';
import { evaluate } from './evaluate.ts';
import { features } from './features.ts';
import { identity, problem, problemStatement } from './identity.ts';
import { llm } from './llm.ts';
import { field } from './meta.ts';
import { baseline, model } from './model.ts';
import { monitor } from './monitor.ts';
import { gates, registry } from './registry.ts';
import { serve } from './serve.ts';
import { split } from './split.ts';
import { train, tune } from './train.ts';
import { group, mapOf } from './values.ts';

const sections = {
  ...identity,
  ...problemStatement,
  problem,
  data,
  features,
  split,
  model,
  baseline,
  train,
  tune,
  evaluate,
  gates,
  registry,
  serve,
  monitor,
  card,
  run,
  lint,
  llm,
};

/** An overlay may hold any part of an experiment. */
export const overlay: z.ZodType = z.lazy(() => group(sections));

/** Accepts every shorthand. Which fields are required depends on the task: see `checkValue`. */
export const experimentSchema = group({
  ...sections,
  variants: field(
    mapOf(field(overlay, 'What the variant changes', { overrides: true })),
    'Named overlays of this file (ablations, A/B of configs); each runs and compares as its own experiment',
    { default: {} },
  ),
});
