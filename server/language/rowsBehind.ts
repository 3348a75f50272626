/** Which rows of the data a finding is about, from the numbers that it carries. */
import type { RowQuestion } from '../protocol/dataMessages.ts';
import type { Finding } from '../protocol/finding.ts';

/** Undefined for findings about a whole column, the table or the file. */
export function rowsBehind({ rule, data }: Pick<Finding, 'rule' | 'data'>): RowQuestion | undefined {
  const { column, value, class: label, variants } = data;
  const rows = numbersOf(data['first']) ?? numbersOf(data['example']);
  if (rows !== undefined) return { of: 'rows', rows };
  if (rule === 'duplicate-rows') return { of: 'repeated', except: null };
  if (typeof column !== 'string') return undefined;
  if (/missing|null/.test(rule)) return { of: 'missing', column };
  const values = Array.isArray(variants) ? variants.flat() : [value ?? label];
  const words = values.filter((each) => ['string', 'number', 'boolean'].includes(typeof each)).map(String);
  return words.length === 0 ? undefined : { of: 'values', column, values: words.slice(0, 100) };
}

function numbersOf(value: unknown): number[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.every((each) => Number.isInteger(each) && each >= 0) ? value : undefined;
}
