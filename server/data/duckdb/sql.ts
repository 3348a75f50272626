/** SQL literals and names for DuckDB: whatever stands in a file's header or an expression can only ever be data. */

export function sqlText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function sqlList(values: readonly string[]): string {
  return `[${values.map(sqlText).join(', ')}]`;
}

/** TIMESTAMP in UTC of a date as the language writes it. */
export function instantSql(date: string): string {
  return `CAST(CAST(${sqlText(date)} AS TIMESTAMPTZ) AS TIMESTAMP)`;
}
