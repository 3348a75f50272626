/** Spellings of a missing value, in every format: CSV's reader takes them itself, elsewhere they are compared with what was read. */
import { sqlText } from '../duckdb/sql.ts';
import { isFraction, isInteger, isText } from '../duckdb/sqlTypes.ts';

/** Cells of CSV and TSV files that mean missing, quoted or not (cli.md), where nothing else is written. */
export const defaultNullValues: readonly string[] = ['', 'NA', 'N/A', 'NaN', 'null', 'NULL', 'None'];

/** `sql` of this type, null where it is one of the spellings: numbers by value, texts as they stand. */
export function withoutNullValues(sql: string, type: string, spellings: readonly string[] = []): string {
  const listed = isText(type)
    ? spellings.map(sqlText)
    : isInteger(type) || isFraction(type)
      ? spellings.filter((each) => /^-?\d+(\.\d+)?$/.test(each))
      : [];
  return listed.length === 0 ? sql : `CASE WHEN ${sql} IN (${listed.join(', ')}) THEN NULL ELSE ${sql} END`;
}
