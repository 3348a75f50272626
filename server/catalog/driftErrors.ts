/** Failures of drift and monitoring. Part of the table in errors.ts. */
import type { ErrorEntry } from './errorEntry.ts';

export const driftErrors = {
  'drift-no-columns': {
    message:
      'The two tables have no column in common: `{reference}` has {referenceColumns}; `{current}` has {currentColumns}.',
    help: 'Columns are matched by name. Name tables of the same kind of rows.',
    exit: 2,
  },
  'drift-setting': {
    message: '`{setting}` cannot be {value}.',
    help: '{help}',
    exit: 2,
  },
} as const satisfies Record<string, ErrorEntry>;
