/** When a row's prediction is made, and from when on the row is known to later ones: `problem.prediction_time` and `data.time`. */
import { ModelwrightError } from '../../catalog/errors.ts';
import { isTime } from '../duckdb/sqlTypes.ts';
import { columnNotFound } from '../sources/columnNotFound.ts';
import { momentSql, type SqlColumn, valueSql } from '../sources/columnSql.ts';
import type { TableSpec } from '../table.ts';
import { compileExpression, scopeOf } from './compileExpression.ts';

/** SQL over the rows' relation, TIMESTAMP in UTC. */
export interface PredictionClock {
  /** The instant of the prediction. */
  readonly at: string;
  /** When the row itself has happened: not before its prediction, so that no row is part of its own past. */
  readonly known: string;
  /** What was written, or the time column. */
  readonly said: string;
}

/** Undefined where nothing says when. Throws `expression-failed`, and `column-not-found` for a time that is none. */
export function predictionClock(
  columns: readonly SqlColumn[],
  { time, predictionTime }: Pick<TableSpec, 'time' | 'predictionTime'>,
  relation: string,
): PredictionClock | undefined {
  const said = predictionTime ?? time;
  if (said === undefined) return undefined;
  const column = columns.find(({ name }) => name === said);
  if (column === undefined && predictionTime === undefined)
    throw columnNotFound(
      said,
      columns.map(({ name }) => name),
    );
  const at =
    column === undefined
      ? compileExpression(said, scopeOf(columns, relation), { wants: 'datetime' }).sql
      : instantOf(column, predictionTime === undefined ? 'data.time' : 'problem.prediction_time');
  const own = columns.find(({ name }) => name === time);
  const known = own === undefined || own === column ? at : latest([instantOf(own), at]);
  return { at, known, said };
}

/** TIMESTAMP of a column of dates. Throws `window-time`. */
export function instantOf(column: SqlColumn, setting = 'data.time'): string {
  if (column.kind === 'datetime' || isTime(column.type)) return momentSql(column);
  const what = { number: 'numbers', text: 'text', boolean: 'truth values', datetime: 'dates' };
  throw new ModelwrightError('window-time', {
    feature: column.name,
    reason: `\`${column.name}\` holds ${what[valueSql(column).type]}, no dates.`,
    setting,
  });
}

/** The later of some instants; null where one of them is. */
export function latest(instants: readonly string[]): string {
  const [only] = instants;
  if (instants.length === 1 && only !== undefined) return only;
  const missing = instants.map((sql) => `(${sql}) IS NULL`).join(' OR ');
  return `CASE WHEN ${missing} THEN NULL ELSE greatest(${instants.join(', ')}) END`;
}
