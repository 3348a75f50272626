/** How every output writes a large count. */

/** `1,234,567` for whole numbers: the language tables that `toLocaleString` loads first take longer than most commands. */
export function grouped(value: number, separator = ','): string {
  return String(value).replace(/(?<=\d)(?=(?:\d{3})+$)/g, separator);
}

/** `1 row`, `2,000 rows`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${grouped(value)} ${value === 1 ? one : many}`;
}
