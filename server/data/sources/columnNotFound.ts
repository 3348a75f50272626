/** The error of a column that the data does not have, with what may be meant. */
import { ModelwrightError } from '../../catalog/errors.ts';
import { nearest } from '../../config/nearest.ts';

export function columnNotFound(column: string, names: readonly string[]): ModelwrightError {
  const close = nearest(column, names);
  const hint =
    close === undefined ? `It has: ${names.slice(0, 10).join(', ')}.` : `Did you mean \`${close}\`?`;
  return new ModelwrightError('column-not-found', { column, nearest: hint }, { column });
}
