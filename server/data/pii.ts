/** Recognises personal data in text: shape first, then the check digits where the kind has them. Pure. */
import type { PiiKind } from './columnProfile.ts';

/** The share of the texts that hold each kind; kinds that occur. */
export function piiShares(texts: readonly string[]): Partial<Record<PiiKind, number>> {
  const shares: Partial<Record<PiiKind, number>> = {};
  for (const [kind, holds] of recognisers) {
    const count = texts.filter(holds).length;
    if (count > 0) shares[kind] = count / texts.length;
  }
  return shares;
}

const recognisers: readonly (readonly [PiiKind, (text: string) => boolean])[] = [
  ['email', (text) => /[\w.+-]{1,64}@[a-z\d-]{1,63}(\.[a-z\d-]{1,63})*\.[a-z]{2,24}\b/i.test(text)],
  ['phone', isPhone],
  ['iban', isIban],
  ['card', isCard],
  ['ssn', (text) => /^(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$/.test(text.trim())],
  [
    'ip',
    (text) =>
      /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!$)|$)){4}$/.test(text.trim()) ||
      /^[\da-f]{1,4}(:[\da-f]{1,4}){7}$/i.test(text.trim()),
  ],
];

/** An international number, or ten and more digits grouped as numbers are: bare digits are rather an id. */
function isPhone(text: string): boolean {
  const plain = text.trim();
  if (!/^[+\d(][\d\s().-]{7,22}$/.test(plain)) return false;
  const digits = plain.replaceAll(/\D/g, '').length;
  if (plain.startsWith('+')) return digits >= 8 && digits <= 15;
  return digits >= 10 && digits <= 11 && /^(1[\s.-])?(\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]\d{4}$/.test(plain);
}

/** ISO 13616: country, check digits, account; the number modulo 97 is 1. */
function isIban(text: string): boolean {
  const plain = text.replaceAll(' ', '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z\d]{11,30}$/.test(plain)) return false;
  let rest = 0;
  for (const character of plain.slice(4) + plain.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** A card of one of the large issuers (ISO/IEC 7812 prefixes and lengths) whose last digit checks (Luhn). */
function isCard(text: string): boolean {
  const digits = text.trim().replaceAll(/[ -]/g, '');
  if (!/^(4\d{12}(\d{3})?|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(011|5\d\d)\d{12})$/.test(digits))
    return false;
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 0 ? digit : 2 * digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
