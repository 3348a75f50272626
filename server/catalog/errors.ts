/** Every failure that a user can cause: code, sentence, what to do. One table; docs/errors.md is generated from it. */

interface ErrorEntry {
  /** Names the thing at fault; `{x}` is filled from the parameters. */
  readonly message: string;
  readonly help: string;
  /** 2: bad usage or bad input, nothing written; 3: the work itself failed. */
  readonly exit: 2 | 3;
}

export const errors = {
  'internal-error': {
    message: 'Modelwright itself failed: {reason}',
    help: 'This is a fault of ours. Run again with --log-level debug and report what it prints.',
    exit: 3,
  },
  'bad-usage': { message: '{reason}', help: 'See `modelwright {command} --help`.', exit: 2 },
  'file-not-found': {
    message: '`{path}` does not exist.',
    help: 'Check the path; it is relative to the folder that the command runs in.',
    exit: 2,
  },
  'target-not-set': {
    message: 'No `target` is written, and task `{task}` needs one.',
    help: 'Add `target: COLUMN`, the column to predict.',
    exit: 2,
  },
  'target-not-found': {
    message: 'The data has no target column `{target}`.',
    help: 'Set `target` to a column that exists, such as: {columns}.',
    exit: 2,
  },
  'target-empty': {
    message: 'The target `{target}` is missing in all {rows} rows.',
    help: 'Check that `target` names the right column, and that `data.filter` keeps rows with an outcome.',
    exit: 2,
  },
  'one-class': {
    message: 'The target `{target}` is {value} in every row: there is nothing to learn.',
    help: 'Check `data.filter`, and that the data holds rows of every outcome.',
    exit: 2,
  },
  'task-mismatch': {
    message: 'The target `{target}` does not fit task `{task}`: {why}.',
    help: 'Remove `task` to have it inferred, or set `target` to another column.',
    exit: 2,
  },
  'positive-not-found': {
    message: '`positive: {positive}` is not a value of the target `{target}`.',
    help: 'Its values are {values}.',
    exit: 2,
  },
  'too-few-rows': {
    message: 'Only {rows} rows have a target; training needs at least {minRows}.',
    help: 'Add data, or lower `data.quality.min_rows` if you know what such a score is worth.',
    exit: 2,
  },
  cancelled: {
    message: 'Cancelled.',
    help: 'What was finished is kept; `modelwright runs resume` goes on.',
    exit: 3,
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errors;

/** Where the fault lies: a place in a text file, or a cell of the data. Lines, characters and rows are zero-based. */
export interface ErrorPlace {
  readonly file?: string;
  readonly range?: { start: { line: number; character: number }; end: { line: number; character: number } };
  readonly row?: number;
  readonly column?: string;
  /** The run that failed, once there is one. */
  readonly runId?: string;
}

/** A failure with a code from the table above. Thrown at the place of the fault, printed once by the composition root. */
export class ModelwrightError extends Error {
  readonly code: ErrorCode;
  readonly help: string;
  readonly exit: 2 | 3;
  readonly place: ErrorPlace;

  constructor(code: ErrorCode, parameters: Readonly<Record<string, unknown>> = {}, place: ErrorPlace = {}) {
    const entry: ErrorEntry = errors[code];
    super(fill(entry.message, parameters));
    this.name = 'ModelwrightError';
    this.code = code;
    this.help = fill(entry.help, parameters);
    this.exit = entry.exit;
    this.place = place;
  }
}

/** Replaces `{name}` by its parameter; long values are cut to 200 characters so that a hostile name cannot flood a terminal. */
function fill(template: string, parameters: Readonly<Record<string, unknown>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    if (!(name in parameters)) return whole;
    const text = String(parameters[name]);
    return text.length > 200 ? `${text.slice(0, 197)}…` : text;
  });
}
