/** From the rows of a request to their answer: checked, scored, counted and logged. */
import { logRows } from './logRows.ts';
import type { Answer, Model } from './model.ts';
import type { PredictionLog } from './predictionLog.ts';
import { type RowSource, readRows } from './rows.ts';

/** @throws ModelwrightError request-malformed, request-column-missing, request-value, level-unseen, server-busy, scoring-failed */
export async function answerRows(
  model: Model,
  source: RowSource,
  { log, request }: { readonly log: PredictionLog; readonly request: string },
): Promise<Answer> {
  const rows = readRows(model.columns, source, model.settings.input);
  const answer = { count: rows.count, ...(await model.batches.score(rows)) };
  model.statistics.countRows(rows.count);
  logRows(log, { model, rows, answer, request });
  return answer;
}
