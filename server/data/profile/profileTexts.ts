/** The profile of a column of text, by distinct value, so that length and content are looked at once each. */

import type { SqlColumn } from '../sources/columnSql.ts';
import { numberSql, timestampSql } from '../sources/csvTypes.ts';
import type { DuckTable } from '../tables/duckTable.ts';
import type { Described } from './columnProfile.ts';
import { piiShares, rowsWhere } from './pii.ts';
import type { ReadTexts } from './readColumns.ts';
import { topOf } from './valueCounts.ts';

const topValues = 10;
const piiSample = 5000;

export async function profileTexts(table: DuckTable, read: ReadTexts): Promise<Described> {
  const { column, dictionary } = read;
  const { counts } = read.coding();
  const { levels, codes } = dictionary;
  const missing = counts[0] ?? 0;
  const present = codes.length - missing;
  const { meanLength, maxLength, numeric, dates } = isPlain(levels)
    ? { ...lengthsOf(levels, counts), numeric: 0, dates: 0 }
    : await askOf(table, column);
  const { texts, rows } = sample(read);
  const share = (count: number) => (present === 0 ? 0 : count / present);
  // Levels stand in their order, so that of equally frequent ones the smaller comes first.
  const seen = { values: Float64Array.from(levels.keys()), counts: Float64Array.from(counts.subarray(1)) };
  return {
    missing,
    unread: 0,
    distinct: levels.length,
    min: null,
    max: null,
    mean: null,
    std: null,
    quantiles: null,
    top: topOf(seen, topValues).map(({ value, count }) => ({ value: levels[value] ?? '', count })),
    monotone: 2 * levels.length > present ? directionOf(codes) : null,
    numbers: null,
    texts: {
      meanLength,
      maxLength,
      numeric: share(numeric),
      dates: share(dates),
      pii: piiShares(texts, rows),
      adorned:
        rowsWhere(texts, rows, isAdornedNumber) /
        Math.max(
          1,
          rowsWhere(texts, rows, () => true),
        ),
    },
  };
}

interface Asked {
  readonly meanLength: number;
  readonly maxLength: number;
  /** Rows. */
  readonly numeric: number;
  readonly dates: number;
}

async function askOf(table: DuckTable, { name, decimal }: SqlColumn): Promise<Asked> {
  const [meanLength = 0, maxLength = 0, numeric = 0, dates = 0] = (
    await table.relation.database.row(`SELECT sum(n * length(v)) / sum(n), max(length(v)),
      sum(CASE WHEN ${numberSql('v', decimal)} IS NOT NULL THEN n END),
      sum(CASE WHEN ${isDateSql('v')} THEN n END) FROM ${await table.levelTable(name)}`)
  ).map(Number);
  return { meanLength, maxLength, numeric, dates };
}

/** Few levels that begin as neither numbers nor dates do: nobody has to be asked what they are. */
function isPlain(levels: readonly string[]): boolean {
  return levels.length <= fewLevels && !levels.some((text) => unclear.test(text));
}

const fewLevels = 20_000;

/** In signs, as DuckDB counts them. `counts`: of code 1 and on. */
function lengthsOf(levels: readonly string[], counts: Int32Array): Pick<Asked, 'meanLength' | 'maxLength'> {
  let sum = 0;
  let rows = 0;
  let maxLength = 0;
  for (const [index, text] of levels.entries()) {
    const length = text.length - (text.match(/[\ud800-\udbff](?=[\udc00-\udfff])/g)?.length ?? 0);
    const own = counts[index + 1] ?? 0;
    sum += own * length;
    rows += own;
    maxLength = Math.max(maxLength, length);
  }
  return { meanLength: rows === 0 ? 0 : sum / rows, maxLength };
}

/** Only asked of mostly unique text: elsewhere the order of the rows says nothing. */
function directionOf(codes: Int32Array): 'up' | 'down' | null {
  let falls = false;
  let rises = false;
  let before = 0;
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] ?? 0;
    if (code === 0) continue;
    if (before > 0 && code < before) falls = true;
    else if (before > 0 && code > before) rises = true;
    before = code;
  }
  if (falls === rises) return null;
  return rises ? 'up' : 'down';
}

/** The texts of evenly spaced rows, each once, so that the same table gives the same sample. */
function sample({ dictionary: { levels, codes } }: ReadTexts): { texts: string[]; rows: number[] } {
  const step = Math.max(1, Math.ceil(codes.length / piiSample));
  const rowsOf = new Map<string, number>();
  for (let row = 0; row < codes.length; row += step) {
    const text = levels[(codes[row] ?? 0) - 1];
    if (text !== undefined) rowsOf.set(text, (rowsOf.get(text) ?? 0) + 1);
  }
  return { texts: [...rowsOf.keys()], rows: [...rowsOf.values()] };
}

const currency = '(?:[$€£¥₹]|USD|EUR|GBP|CHF|JPY)';
const adornedNumber = new RegExp(
  `^[-+(]?${currency}? ?[-+]?(?:\\d+|\\d{1,3}(?:([,.'’ \u00A0\u202F])\\d{3})(?:\\1\\d{3})*)(?:[.,]\\d+)? ?(?:${currency}|%|‰)?\\)?$`,
);

/** `$1,234.50`, `1.234,50 €`, `12 %`: a number for people, and text for a program. Plain numbers are none. */
function isAdornedNumber(text: string): boolean {
  const plain = text.trim();
  return adornedNumber.test(plain) && Number.isNaN(Number(plain));
}

/** What starts as a date does; nothing else is asked for in every format. */
const dateStart = '^([A-Za-z]{3,9}[.]? )?[0-9]{1,4}[-/., ]';

/** Of what may be a number or such a date. */
const unclear = new RegExp(`^\\s*[+-]?(?:[\\d.,]|inf|nan)|${dateStart}`, 'i');

/** ISO dates, and dates as people write them. */
function isDateSql(text: string): string {
  const formats = [
    '%d/%m/%Y',
    '%m/%d/%Y',
    '%d.%m.%Y',
    '%Y/%m/%d',
    '%d-%m-%Y',
    '%d-%b-%Y',
    '%m/%d/%y',
    '%d/%m/%Y %H:%M',
    '%m/%d/%Y %H:%M',
    '%d.%m.%Y %H:%M',
    '%d/%m/%Y %H:%M:%S',
    '%m/%d/%Y %H:%M:%S',
    '%d.%m.%Y %H:%M:%S',
    '%d %b %Y',
    '%d %B %Y',
    '%b %d, %Y',
    '%B %d, %Y',
  ];
  const list = formats.map((format) => `'${format}'`).join(', ');
  return `length(${text}) BETWEEN 8 AND 35 AND regexp_matches(${text}, '${dateStart}') AND (${timestampSql(text)} IS NOT NULL OR try_strptime(${text}, [${list}]) IS NOT NULL)`;
}
