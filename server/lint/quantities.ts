/** Rates and money as the language writes them, as numbers; undefined where the text is none. */

/** A second, of `50/s` or `60/min`; a plain number is one a second. */
export function perSecond(rate: unknown): number | undefined {
  if (typeof rate === 'number') return rate;
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*\/\s*(s|min|h|d)$/.exec(String(rate)) ?? [];
  const seconds = { s: 1, min: 60, h: 3600, d: 86_400 }[unit ?? ''];
  return amount === undefined || seconds === undefined ? undefined : Number(amount) / seconds;
}

/** `5 USD`, `0.01 EUR/answer` or a plain number; the currency is not converted. */
export function moneyIn(money: unknown): number | undefined {
  if (typeof money === 'number') return money;
  const [, amount] = /^(\d+(?:\.\d+)?)\s*[A-Z€$£]*(?:\s*\/.*)?$/.exec(String(money)) ?? [];
  return amount === undefined ? undefined : Number(amount);
}
