/** The profile of a column of text, by distinct value, so that length and content are looked at once each. */

import type { Described } from './columnProfile.ts';
import { numberSql, timestampSql } from './csvTypes.ts';
import type { DuckTable } from './duckTable.ts';
import { piiShares } from './pii.ts';
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
  const [meanLength = 0, maxLength = 0, numeric = 0, dates = 0] = (
    await table.relation.database.row(`SELECT sum(n * length(v)) / sum(n), max(length(v)),
      sum(CASE WHEN ${numberSql('v', column.decimal)} IS NOT NULL THEN n END),
      sum(CASE WHEN ${isDateSql('v')} THEN n END) FROM ${await table.levelTable(column.name)}`)
  ).map(Number);
  const texts = sample(read);
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
      pii: piiShares(texts),
      adorned: texts.filter(isAdornedNumber).length / Math.max(1, texts.length),
    },
  };
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

/** Evenly spaced rows, so that the same table gives the same sample. */
function sample({ dictionary: { levels, codes } }: ReadTexts): string[] {
  const step = Math.max(1, Math.ceil(codes.length / piiSample));
  const texts: string[] = [];
  for (let row = 0; row < codes.length; row += step) {
    const text = levels[(codes[row] ?? 0) - 1];
    if (text !== undefined) texts.push(text);
  }
  return texts;
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
