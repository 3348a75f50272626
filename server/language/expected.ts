/** How long things take and took, in the words of lenses and hovers. */
import type { OpenExperiment } from './openExperiment.ts';

/** `about 2 min, 0.6 GB`: what a run of this text will take; undefined until its data are known. */
export function expectedText({ loaded, facts, expectRun }: OpenExperiment): string | undefined {
  const { experiment } = loaded;
  if (experiment === undefined || facts === undefined) return undefined;
  const expected = expectRun?.(experiment, facts);
  if (expected === undefined) return undefined;
  const gigabytes = Number((expected.memoryBytes / 1e9).toPrecision(2));
  return `about ${lengthOf(Math.max(1, expected.seconds))}, ${gigabytes} GB`;
}

/**
 * Of a search of that many trials, stopped ones among them: as the newest search of the same family went, else as a dry
 * run estimates it; undefined where neither is known.
 */
export function searchSeconds(open: OpenExperiment, trials: number): number | undefined {
  const { loaded, facts, history, expectRun } = open;
  const { experiment } = loaded;
  if (experiment === undefined) return undefined;
  const family = experiment.model.type === 'auto' ? 'gbdt' : experiment.model.type;
  for (const { document } of history?.results ?? []) {
    const { model, rows, timings, tuning } = document;
    const seconds = timings['tune'] ?? 0;
    if (model.type !== family || tuning === undefined || tuning.trials.length === 0 || seconds <= 0) continue;
    // More rows take longer, about in proportion.
    const growth = facts === undefined || rows.source === 0 ? 1 : facts.rows / rows.source;
    return (growth * trials * seconds) / tuning.trials.length;
  }
  const plan = facts && expectRun?.(experiment, facts);
  return plan?.stages.find(({ stage }) => stage === 'tune')?.seconds;
}

/** `5 min`, in the largest unit that gives at least 1. */
export function ageOf(time: string, now: Date): string {
  return lengthOf(Math.max(0, (now.getTime() - Date.parse(time)) / 1_000));
}

export function lengthOf(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
  ] as const;
  const [unit, length] = units.find(([, each]) => seconds >= each) ?? ['s', 1];
  return `${Math.floor(seconds / length)} ${unit}`;
}
