/** Answered rows as lines of the prediction log: what monitoring compares with the rows of the test. */
import { type Answer, type Model, predictionOf } from './model.ts';
import type { PredictionLog } from './predictionLog.ts';
import type { CheckedRows } from './rows.ts';

/** Inputs stand as the model was fed them, null where missing; columns that are redacted are left out. */
export function logRows(
  log: PredictionLog,
  { model, rows, answer, request }: { model: Model; rows: CheckedRows; answer: Answer; request: string },
): void {
  const { settings, name, version } = model;
  const head = { time: new Date().toISOString(), request, model: name, version };
  for (let row = 0; row < rows.count; row++) {
    if (!log.sampled(settings.log.sample)) continue;
    log.append({
      ...head,
      row,
      ...outsideOf(model, rows, row),
      ...(settings.log.inputs && { inputs: inputsOf(model, rows, row) }),
      ...(settings.log.outputs && predictionOf(model, answer, row)),
    });
  }
}

/** What lay outside the contract, by column; of those that are redacted nothing is told. */
function outsideOf({ settings }: Model, { outside }: CheckedRows, row: number): object {
  const own = outside.filter((cell) => cell.row === row && !settings.log.redact.has(cell.column));
  if (own.length === 0) return {};
  const checks: Record<string, string> = Object.create(null);
  for (const { column, check } of own) checks[column] = check;
  return { outside: checks };
}

function inputsOf(
  { columns, settings }: Model,
  { floats, strings, count }: CheckedRows,
  row: number,
): object {
  let float = (row * floats.length) / count;
  let string = (row * strings.length) / count;
  // Without a prototype, so that a column may be called `__proto__`.
  const inputs: Record<string, number | string | null> = Object.create(null);
  for (const { name, input } of columns) {
    const value = input === 'float' ? floats[float++] : strings[string++];
    if (settings.log.redact.has(name)) continue;
    inputs[name] = value === undefined || value === '' || Number.isNaN(value) ? null : value;
  }
  return inputs;
}
