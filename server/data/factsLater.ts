/** Features that are instants after the one that `data.time` gives: what a prediction made then could not know. */
import { numbersSql } from './columnSql.ts';
import type { DuckTable } from './duckTable.ts';
import type { LaterColumn } from './facts.ts';

const day = 86_400;

/** `time`: name of the time column. A time that is only ever a date is compared by days. Asks DuckDB only where there are such features. */
export async function countLater(
  table: DuckTable,
  time: string | undefined,
  features: readonly { readonly name: string; readonly kind: string }[],
): Promise<LaterColumn[]> {
  const names = features.flatMap(({ name, kind }) => (kind === 'datetime' && name !== time ? [name] : []));
  if (time === undefined || names.length === 0) return [];
  const { database, name: relation } = table.relation;
  const columns = [time, ...names].map((name, index) => `${numbersSql(table.sqlColumn(name))} AS x${index}`);
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
