/** Dates as they are written in expressions. */

const written = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:\.(\d+))?Z?)?$/;

/** Microseconds since 1970, UTC; undefined for what is no day, or written in another way. */
export function readMoment(text: string): bigint | undefined {
  const parts = written.exec(text);
  if (parts === null) return undefined;
  const [, date = '', time = '00:00', seconds = ':00', fraction = ''] = parts;
  const instant = new Date(`${date}T${time}${seconds}Z`);
  // The 30th of February would be read as a day of March.
  if (Number.isNaN(instant.getTime()) || !instant.toISOString().startsWith(date)) return undefined;
  return BigInt(instant.getTime()) * 1000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
}
