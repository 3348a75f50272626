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
  'reference-missing': {
    message: 'Run `{id}` has kept no rows of its test to compare with.',
    help: 'Train it again: this version keeps them beside the model; a run without test rows has none.',
    exit: 2,
  },
  'reference-unreadable': {
    message: 'The reference `{path}` cannot be read.',
    help: 'Train the run again: the file was changed or cut, or a newer version wrote it.',
    exit: 2,
  },
  'monitor-not-found': {
    message: 'There is no deployment, served model or file `{subject}`.',
    help: '`modelwright deployments list` shows what is served; a file is compared with `--model`.',
    exit: 2,
  },
  'monitor-without-model': {
    message: '`{subject}` does not say which model it is to be compared with.',
    help: 'Name one with --model, such as --model run:ID or --model NAME.',
    exit: 2,
  },
  'monitor-nothing-watched': {
    message: '`monitor.drift.features: {features}` leaves no column of run `{id}` to watch.',
    help: 'Its test rows have {columns}; write `all`, or names and patterns of these.',
    exit: 2,
  },
  'monitor-log-bare': {
    message: 'The log of deployment `{id}` holds none of the columns that are watched: {columns}.',
    help: 'Serve the model with them in its log: `serve.log.inputs`, `.outputs` and `.redact` say what is kept.',
    exit: 2,
  },
  'monitor-log-empty': {
    message: 'Deployment `{id}` has logged no row of `{model}` yet.',
    help: 'Ask it something first; `serve.log.sample` says which share of the rows is logged.',
    exit: 2,
  },
} as const satisfies Record<string, ErrorEntry>;
