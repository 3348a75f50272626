/** DuckDB's types by what their values are, and how far the whole ones reach. */

export function isInteger(type: string): boolean {
  return /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type);
}

export function isFraction(type: string): boolean {
  return /^(DOUBLE|FLOAT|DECIMAL\(.*\))$/.test(type);
}

/** May be infinite. */
export function isFloat(type: string): boolean {
  return type === 'DOUBLE' || type === 'FLOAT';
}

export function isTime(type: string): boolean {
  return type === 'DATE' || type.startsWith('TIMESTAMP');
}

/** Kept as text, whatever the source called it. */
export function isText(type: string): boolean {
  return type !== 'BOOLEAN' && !isTime(type) && !isInteger(type) && !isFraction(type);
}

/** Of a column whose values are all whole: integers, truth values as 0 and 1, dates without fractions of a second as epoch seconds. */
export interface NumberRange {
  /** Rows that have a value; absent where they were not counted. */
  readonly present?: number;
  readonly min: number;
  readonly max: number;
}
