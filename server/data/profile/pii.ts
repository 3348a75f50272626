/** Recognises personal data in text: shape first, then the check digits where the kind has them. Pure. */
import type { PiiKind } from './columnProfile.ts';

/** The share of the texts that hold each kind; kinds that occur. `rows`: how often each text stands, once unless said. */
export function piiShares(
  texts: readonly string[],
  rows: readonly number[] = texts.map(() => 1),
): Partial<Record<PiiKind, number>> {
  const shares: Partial<Record<PiiKind, number>> = {};
  const all = rowsWhere(texts, rows, () => true);
  for (const { kind, holds, like } of recognisers) {
    const count = rowsWhere(texts, rows, holds);
    // One text in ten of this shape has fitting check digits by chance: of those that were made, nearly all have.
    if (count > 0 && (like === undefined || 2 * count > rowsWhere(texts, rows, like)))
      shares[kind] = count / all;
  }
  return shares;
}

/** Rows of the texts that fit. */
export function rowsWhere(
  texts: readonly string[],
  rows: readonly number[],
  fits: (text: string) => boolean,
): number {
  return texts.reduce((sum, text, at) => sum + (fits(text) ? (rows[at] ?? 0) : 0), 0);
}

interface Recogniser {
  readonly kind: PiiKind;
  readonly holds: (text: string) => boolean;
  /** What looks like it, whether its check digits fit or not. */
  readonly like?: (text: string) => boolean;
}

const recognisers: readonly Recogniser[] = [
  {
    kind: 'email',
    holds: (text) => /[\w.+-]{1,64}@[a-z\d-]{1,63}(\.[a-z\d-]{1,63})*\.[a-z]{2,24}\b/i.test(text),
  },
  { kind: 'phone', holds: isPhone },
  { kind: 'iban', holds: isIban, like: (text) => ibanShape.test(ibanCharacters(text)) },
  { kind: 'card', holds: isCard, like: (text) => cardShape.test(cardDigits(text)) },
  {
    kind: 'ssn',
    holds: (text) => /^(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$/.test(text.trim()),
  },
  {
    kind: 'ip',
    holds: (text) => isIp4(text) || /^[\da-f]{1,4}(:[\da-f]{1,4}){7}$/i.test(text.trim()),
  },
];

/** A version such as 10.2.1.4 has the shape too, but small parts. */
function isIp4(text: string): boolean {
  const plain = text.trim();
  return (
    /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!$)|$)){4}$/.test(plain) &&
    plain.split('.').some((part) => Number(part) >= 60)
  );
}

/** An international number, or ten and more digits grouped as numbers are: bare digits are rather an id. */
function isPhone(text: string): boolean {
  const plain = text.trim();
  if (!/^[+\d(][\d\s().-]{7,22}$/.test(plain)) return false;
  const digits = plain.replaceAll(/\D/g, '').length;
  if (plain.startsWith('+')) return digits >= 8 && digits <= 15;
  if (/^00\d+[\s().-]/.test(plain)) return digits >= 10 && digits <= 17;
  return digits >= 10 && digits <= 11 && /^(1[\s.-])?(\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]\d{4}$/.test(plain);
}

const ibanShape = /^[A-Z]{2}\d{2}[A-Z\d]{11,30}$/;

function ibanCharacters(text: string): string {
  return text.replaceAll(' ', '').toUpperCase();
}

/** ISO 13616: country, check digits, account; the number modulo 97 is 1. */
function isIban(text: string): boolean {
  const plain = ibanCharacters(text);
  if (!ibanShape.test(plain)) return false;
  let rest = 0;
  for (const character of plain.slice(4) + plain.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

const cardShape = /^(4\d{12}(\d{3})?|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(011|5\d\d)\d{12})$/;

function cardDigits(text: string): string {
  return text.trim().replaceAll(/[ -]/g, '');
}

/** A card of one of the large issuers (ISO/IEC 7812 prefixes and lengths) whose last digit checks (Luhn). */
export function isCard(text: string): boolean {
  const digits = cardDigits(text);
  if (!cardShape.test(digits)) return false;
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 0 ? digit : 2 * digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
