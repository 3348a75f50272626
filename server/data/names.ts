/** Column names as words, and what some of them stand for. */

/** `customerId`, `customer_id` and `Customer ID` are `customer`, `id`; `malic_acid` has no `id`. */
export function nameTokens(name: string): string[] {
  return name
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((token) => token !== '');
}

const protectedWords: ReadonlySet<string> = new Set([
  'sex',
  'gender',
  'race',
  'ethnicity',
  'ethnic',
  'religion',
  'disability',
  'disabled',
  'nationality',
  'pregnant',
  'pregnancy',
  'age',
]);

/** Whether a column's name alone says that it is a protected attribute. */
export function isProtectedName(name: string): boolean {
  return nameTokens(name).some((token) => protectedWords.has(token));
}
