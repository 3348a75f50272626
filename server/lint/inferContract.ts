/** The contract of a column that its data suggest, as YAML. */
import { yamlScalar } from '../config/edits.ts';
import type { ColumnProfile } from '../data/profile/columnProfile.ts';

/** A category with more values is a free one: its values are no contract. */
const mostLevels = 10;

/** What holds of the data at hand and can be asked of the next: no bound that is just the largest value so far. */
export function contractOf(column: ColumnProfile, rows: number): string[] {
  const { kind, missing, distinct, top, numbers } = column;
  const listed = kind === 'categorical' && distinct > 0 && distinct <= Math.min(mostLevels, top.length);
  return [
    `type: ${kind}`,
    ...(missing === 0 && rows > 0 ? ['nullable: false'] : []),
    ...(kind === 'numeric' && numbers !== null && numbers.negatives === 0 && distinct > 0 ? ['min: 0'] : []),
    ...(listed ? [`in: [${top.map(({ value }) => flowScalar(value)).join(', ')}]`] : []),
    ...(rows > 0 && distinct === rows && kind !== 'datetime' && kind !== 'numeric' ? ['unique: true'] : []),
  ];
}

/** Between brackets, commas and brackets need quotes too. */
function flowScalar(value: string | number | boolean): string {
  const yaml = yamlScalar(value);
  return typeof value === 'string' && !/^['"]/.test(yaml) && /[,[\]{}]/.test(yaml) ? `'${yaml}'` : yaml;
}
