/** The profile of a column of text: counted by distinct value, so that length and content are looked at once each. */
import { missingSql, type SqlColumn, textSql } from './columnSql.ts';
import { numberSql, timestampSql } from './csvTypes.ts';
import type { DuckTable } from './duckTable.ts';
import { piiShares } from './pii.ts';
import type { Described } from './profile.ts';

const topValues = 10;
const piiSample = 5000;

/** `missing`: how many of its cells are. */
export async function profileTexts(table: DuckTable, column: SqlColumn, missing: number): Promise<Described> {
  const { database, name } = table.relation;
  const text = textSql(column);
  await database.run(`CREATE OR REPLACE TEMP TABLE counted AS
    SELECT ${text} AS v, count(*) AS n FROM ${name} WHERE NOT ${missingSql(column)} GROUP BY v`);
  const [distinct = 0, present = 0, meanLength = 0, maxLength = 0, numeric = 0, dates = 0] = (
    await database.row(`SELECT count(*), sum(n), sum(n * length(v)) / sum(n), max(length(v)),
      sum(CASE WHEN ${numberSql('v', column.decimal)} IS NOT NULL THEN n END), sum(CASE WHEN ${isDateSql('v')} THEN n END) FROM counted`)
  ).map(Number);
  const top = await database.rows(`SELECT v, n FROM counted ORDER BY n DESC, v LIMIT ${topValues}`);
  await database.run('DROP TABLE counted');
  const share = (count: number) => (present === 0 ? 0 : count / present);
  return {
    missing,
    unread: 0,
    distinct,
    min: null,
    max: null,
    mean: null,
    std: null,
    quantiles: null,
    top: top.map(([value, count]) => ({ value: String(value), count: Number(count) })),
    monotone: 2 * distinct > present ? await directionOf(table, text) : null,
    numbers: null,
    texts: {
      meanLength,
      maxLength,
      numeric: share(numeric),
      dates: share(dates),
      pii: piiShares(await sample(table, text)),
    },
  };
}

/** Only asked of mostly unique text: elsewhere the order of the rows says nothing. */
async function directionOf({ relation }: DuckTable, text: string): Promise<'up' | 'down' | null> {
  const [falls, rises] = await relation.database.row(`SELECT count_if(v < before), count_if(v > before)
    FROM (SELECT v, lag(v) OVER () AS before FROM (SELECT nullif(${text}, '') AS v FROM ${relation.name}) WHERE v IS NOT NULL)`);
  if (Number(falls) > 0 === Number(rises) > 0) return null;
  return Number(rises) > 0 ? 'up' : 'down';
}

/** Evenly spaced rows, so that the same table gives the same sample. */
async function sample({ relation, rowCount }: DuckTable, text: string): Promise<string[]> {
  const step = Math.max(1, Math.ceil(rowCount / piiSample));
  return relation.database.texts(
    `SELECT v FROM (SELECT nullif(${text}, '') AS v FROM ${relation.name} WHERE rowid % ${step} = 0) WHERE v IS NOT NULL`,
  );
}

/** ISO dates, and dates as people write them. */
function isDateSql(text: string): string {
  const formats = [
    '%d/%m/%Y',
    '%m/%d/%Y',
    '%d.%m.%Y',
    '%Y/%m/%d',
    '%d-%m-%Y',
    '%d %b %Y',
    '%d %B %Y',
    '%b %d, %Y',
    '%B %d, %Y',
  ];
  const list = formats.map((format) => `'${format}'`).join(', ');
  return `length(${text}) BETWEEN 8 AND 35 AND (${timestampSql(text)} IS NOT NULL OR try_strptime(${text}, [${list}]) IS NOT NULL)`;
}
