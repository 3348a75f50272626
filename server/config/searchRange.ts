/** A range of a search space as the language writes it: `3..10`, `0.6..1.0`, `0.001..0.1 log`, `64..512 step 64`. */

/** The parts as written; whether they make sense is judged by who asks. */
export interface SearchRange {
  readonly low: string;
  readonly high: string;
  readonly scale: 'log' | 'step' | undefined;
  /** After `log` or `step`. */
  readonly step: string | undefined;
}

const number = '([-+]?(?:\\d+(?:\\.\\d+)?|\\.\\d+)(?:[eE][-+]?\\d+)?)';
const range = new RegExp(`^${number}\\s*\\.\\.\\s*${number}(?:\\s+(log|step)(?:\\s+${number})?)?$`);

/** Undefined where the text is no range. */
export function parseSearchRange(text: string): SearchRange | undefined {
  const match = range.exec(text.trim());
  if (match === null) return undefined;
  const [, low = '', high = '', scale, step] = match;
  return { low, high, scale: scale === 'log' || scale === 'step' ? scale : undefined, step };
}
