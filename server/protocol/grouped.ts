/** How every output writes a large count. */

/** `1,234,567` for whole numbers: the language tables that `toLocaleString` loads first take longer than most commands. */
export function grouped(value: number, separator = ','): string {
  return String(value).replace(/(?<=\d)(?=(?:\d{3})+$)/g, separator);
}
