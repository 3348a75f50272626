/** What a column of text holds when people wrote it for people: numbers with a unit, dates in words. */
import type { ColumnProfile } from '../data/profile/columnProfile.ts';

export interface Spelling {
  readonly what: 'numbers' | 'dates';
  /** Of the values; undefined where the commonest alone tell it. */
  readonly share?: number;
}

/** Fewer numbers than these are names of kinds: their writer had a type for numbers, and took text. */
const fewestNumbers = 5;
/** Fewer values say too little about how the rest is written. */
const fewestSeen = 10;

const units =
  'kg|mg|µg|lbs?|oz|cm|mm|km|mi|ft|in|m²|m2|km²|sqm|sqft|ha|ml|cl|dl|kwh|mwh|kw|mw|hp|mah|bar|hpa|kpa|mbar|psi|°c|°f|°|mph|kmh|km\\/h|m\\/s|rpm|k?hz|mhz|ghz|db|kb|mb|gb|tb|kib|mib|gib|bytes?|ms|sec|mins?|hours?|hrs?|days?|weeks?|months?|years?|yrs?|pcs|px|ppm|bpm|mmhg|kcal|kj|mio|mrd|million|billion';
const withUnit = new RegExp(`^[-+]?\\d[\\d.,'’ ]*(?:(?: ?(?:${units}))|(?: [gmlshdw]))\\.?$`, 'i');
/** Hours or minutes: `1:02:45`. */
const lasting = /^\d{1,4}:[0-5]\d:[0-5]\d(?:\.\d+)?$/;

const clock = '(?:[ T,]+\\d{1,2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?(?: ?[AP]\\.?M\\.?)?)?';
const weekday = '(?:\\p{L}{2,10}\\.?,? )?';
const dateForms = [
  `${weekday}\\d{1,2}(?:\\.|st|nd|rd|th)?[ -]\\p{L}{3,10}\\.?,?[ -](?:\\d{4}|\\d{2})${clock}`,
  `${weekday}\\p{L}{3,10}\\.? \\d{1,2}(?:st|nd|rd|th)?,? \\d{4}${clock}`,
  `\\d{1,2}([/.-])\\d{1,2}\\1(?:\\d{4}|\\d{2})${clock}`,
  `\\d{4}([/.])\\d{1,2}\\1\\d{1,2}${clock}`,
].map((form) => new RegExp(`^${form}$`, 'u'));

/** Of a column of text that holds mostly numbers or mostly dates; undefined for any other. */
export function spellingOf(column: ColumnProfile): Spelling | undefined {
  const { texts, distinct } = column;
  if (texts === null) return undefined;
  if (texts.dates > 0.5) return { what: 'dates', share: texts.dates };
  const share = Math.max(texts.numeric, texts.adorned);
  if (share > 0.5) {
    // A zero in front belongs to a code: as a number it would be lost.
    const padded = column.top.some(({ value }) => /^0\d/.test(String(value)));
    return padded || distinct < fewestNumbers ? undefined : { what: 'numbers', share };
  }
  if (distinct < fewestSeen) return undefined;
  if (allOf(column, withUnit, fewestSeen) || allOf(column, lasting, fewestSeen)) return { what: 'numbers' };
  return dateForms.some((form) => allOf(column, form, fewestSeen)) ? { what: 'dates' } : undefined;
}

function allOf({ top }: ColumnProfile, form: RegExp, least: number): boolean {
  return top.length >= least && top.every(({ value }) => form.test(String(value).trim()));
}
