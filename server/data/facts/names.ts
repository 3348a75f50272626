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

/** What a column's name alone says that it holds of people, `first_name` and `phone` as `phone_minutes` does not. */
export function personalName(name: string): 'name' | 'phone' | 'card' | 'ssn' | undefined {
  const words = nameTokens(name).join(' ');
  return personalWords.find(([, pattern]) => pattern.test(words))?.[0];
}

const personalWords = [
  [
    'name',
    /(?:^| )(?:(?:first|last|full|given|middle|maiden|customer|patient|employee|passenger|student|holder) name|firstname|lastname|fullname|surname|forename)$/,
  ],
  ['phone', /(?:^| )(?:phone|telephone|mobile|cell|fax|phonenumber)(?: (?:number|no|nr))?$/],
  ['card', /(?:^| )(?:(?:card|cc) (?:number|no|nr)|cardnumber|ccnumber)$/],
  ['ssn', /(?:^| )(?:ssn|social security(?: (?:number|no|nr))?)$/],
] as const;

/** Whether a column's name alone says that it is a protected attribute. */
export function isProtectedName(name: string): boolean {
  return nameTokens(name).some((token) => protectedWords.has(token));
}
