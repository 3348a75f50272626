/** What can be told of texts without a model: numbers that shift when a source, a language or a form changes. */

/** One list of numbers a descriptor; NaN for a text that is missing. */
export function describeTexts(
  texts: readonly string[],
): { readonly name: string; readonly values: Float64Array }[] {
  return descriptors.map(([name, describe]) => ({
    name,
    values: Float64Array.from(texts, (text) => (text === '' ? Number.NaN : describe(text))),
  }));
}

const descriptors: readonly (readonly [string, (text: string) => number])[] = [
  ['length', (text) => text.length],
  ['words', (text) => text.split(/\s+/u).length],
  ['share of letters beyond ASCII', (text) => share(text, /[^\p{ASCII}]/gu)],
  ['share of other signs than letters', (text) => share(text, /[^\p{L}\s]/gu)],
  ['addresses', (text) => text.match(/https?:\/\//gu)?.length ?? 0],
];

function share(text: string, pattern: RegExp): number {
  return (text.match(pattern)?.length ?? 0) / text.length;
}
