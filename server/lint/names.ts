/** Column names as words. */

/** `customerId`, `customer_id` and `Customer ID` are `customer`, `id`; `malic_acid` has no `id`. */
export function nameTokens(name: string): string[] {
  return name
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((token) => token !== '');
}
