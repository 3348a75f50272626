/** Features that are instants after the one that `data.time` gives: what a prediction made then could not know. */
import { numbersSql } from '../sources/columnSql.ts';
import { compileExpression, scopeOf } from '../tables/compileExpression.ts';
import type { DuckTable } from '../tables/duckTable.ts';
import type { LaterColumn } from './facts.ts';

const day = 86_400;

/** `clock`: what says when a prediction is made. A time that is only ever a date is compared by days. Asks DuckDB only where there are such features. */
export async function countLater(
  table: DuckTable,
  clock: { readonly time: string | undefined; readonly predictionTime?: string | undefined },
  features: readonly { readonly name: string; readonly kind: string }[],
): Promise<LaterColumn[]> {
  const said = clock.predictionTime ?? clock.time;
  // What is predicted of may lie ahead of the prediction: when it happens is known then.
  const times = [clock.time, said];
  const names = features.flatMap(({ name, kind }) =>
    kind === 'datetime' && !times.includes(name) ? [name] : [],
  );
  if (said === undefined || names.length === 0) return [];
  const { database, name: relation } = table.relation;
  const instants = [instantSql(table, said), ...names.map((name) => numbersSql(table.sqlColumn(name)))];
  const columns = instants.map((sql, index) => `${sql} AS x${index}`);
  const wanted = names.map((_, at) => {
    const x = `x${at + 1}`;
    return [`count(${x} - x0)`, `count_if(${x} > x0)`, `count_if(floor(${x} / ${day}) > floor(x0 / ${day}))`];
  });
  const [[timed] = [], ...counts] = await database.aggregateEach(
    [[`count_if(x0 % ${day} != 0)`], ...wanted],
    `(SELECT ${columns.join(', ')} FROM ${relation})`,
  );
  return names.flatMap((column, at) => {
    const [both, exact, byDay] = counts[at] ?? [];
    const rows = Number(Number(timed) > 0 ? exact : byDay);
    return rows > 0 ? [{ column, rows, of: Number(both) }] : [];
  });
}

/** Epoch seconds of a column or an expression. */
function instantSql(table: DuckTable, said: string): string {
  const { columns, name } = table.relation;
  if (columns.some((column) => column.name === said)) return numbersSql(table.sqlColumn(said));
  return `epoch_us(${compileExpression(said, scopeOf(columns, name), { wants: 'datetime' }).sql}) / 1e6`;
}
