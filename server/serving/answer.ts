/** From the rows of a request to their answer: checked, scored, counted and logged. */
import { logRows } from './logRows.ts';
import type { Answer, Model } from './model.ts';
import type { PredictionLog } from './predictionLog.ts';
import { type RowSource, readRows } from './rows.ts';

/** @throws ModelwrightError server-busy, level-unseen-computed, scoring-failed, and what readRows throws */
export async function answerRows(
  model: Model,
  source: RowSource,
  { log, request }: { readonly log: PredictionLog; readonly request: string },
): Promise<Answer> {
  const { contract } = model.shape.lineage;
  const rows = readRows(model.columns, source, { strictness: model.settings.input, contract });
  const answer = { count: rows.count, ...(await model.batches.score(rows)) };
  model.statistics.countRows(rows.count);
  model.statistics.countOutside(rows.outside);
  logRows(log, { model, rows, answer, request });
  return answer;
}
