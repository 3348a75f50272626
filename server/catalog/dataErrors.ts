/** Failures of the data: reading it, its target, its contract and its split. Part of the table in errors.ts. */
import type { ErrorEntry } from './errorEntry.ts';

export const dataErrors = {
  'data-unread': {
    message: 'The data cannot be shown. {reason}',
    help: 'Name the data under `data:`, in a trusted folder, and mend what the Problems view tells of it.',
    exit: 2,
  },
  'target-not-set': {
    message: '`target` names no single column, and task `{task}` needs one.',
    help: 'Write `target: COLUMN`, the one column to predict.',
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
  'target-too-large': {
    message:
      'The target `{target}` is {value} in row {row}; values beyond ±{most} are not learnt: a model file holds float32, which ends at 3.4e38, and sums over the rows must fit as well.',
    help: 'If that is no measurement, leave such rows out with `data.filter`; else write a column in a larger unit or its logarithm under `data.derive`, such as `{target} / 1e12`, and make it the target.',
    exit: 2,
  },
  'target-too-fine': {
    message:
      'The target `{target}` runs from {least} to {most}, with a standard deviation of {spread}: a model file holds float32, which around there tells numbers {step} apart, so that more than 1 % of its variance would be lost.',
    help: 'Write the distance from a fixed number under `data.derive`, such as `{target} - {middle}`, make it the target, and add the number to predictions.',
    exit: 2,
  },
  'task-mismatch': {
    message: 'The target `{target}` does not fit task `{task}`: {why}.',
    help: 'Set `target` to another column, or `task` to what the target is: binary, multiclass or regression.',
    exit: 2,
  },
  'target-leak': {
    message: '`features.include` names `{column}`, which {why}: no score on it would mean anything.',
    help: 'Remove `{column}` from the features of target `{target}`.',
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
  'data-not-found': {
    message: 'The data `{path}` does not exist.',
    help: '{nearest}',
    exit: 2,
  },
  'data-not-a-file': {
    message: '`{path}` is {what}, not a file.',
    help: 'Name a file or a glob, such as `data/*.parquet`.',
    exit: 2,
  },
  'data-unreadable': {
    message: 'The data `{path}` cannot be read: {reason}',
    help: 'Check that this user may read it.',
    exit: 2,
  },
  'data-empty': {
    message: 'The data `{path}` has no rows: {what}.',
    help: 'Write at least a header and one row, or name another file.',
    exit: 2,
  },
  'data-format': {
    message: 'The data `{path}` is {format}, which this version does not read.',
    help: 'Convert it to CSV, Parquet, JSON lines, Arrow or SQLite, or set `data.format` if the name misleads.',
    exit: 2,
  },
  'data-formats': {
    message: 'The files of one source have one format: `{path}` is {format}, and `{other}` is {otherFormat}.',
    help: 'Convert one of them, or set `data.format` if a name misleads.',
    exit: 2,
  },
  'data-broken': {
    message: 'The data `{path}` is not readable as {format}: {reason}',
    help: 'Write the file again, or set `data.format` if the name misleads.',
    exit: 2,
  },
  'data-ragged': {
    message: 'Row {row} of `{path}` has {found} fields; the header has {expected}.',
    help: 'Look at line {line}: a delimiter too many or too few, or text with the delimiter in it that is not quoted.',
    exit: 2,
  },
  'too-many-columns': {
    message: '`{path}` has {columns} columns; at most {most} can be read.',
    help: 'Write a file of fewer columns: those that carry something, or a summary of them such as principal components. A table with more columns than rows is mostly chance.',
    exit: 2,
  },
  'data-quote': {
    message: 'A quote opened in row {row} of `{path}` {fault}.',
    help: 'Look at line {line}: close the quote, and write a quote inside quoted text twice.',
    exit: 2,
  },
  'data-encoding': {
    message: 'The data `{path}` is not {encoding}: byte {byte} does not belong to it.',
    help: 'Set `data.read.encoding`, such as `utf-8`, `utf-16` or `latin-1`.',
    exit: 2,
  },
  'data-nul': {
    message: 'The data `{path}` holds a NUL byte at byte {byte}: it is no text.',
    help: 'Write the file again as text, or set `data.format` or `data.read.encoding` to what it is.',
    exit: 2,
  },
  'data-duplicate-column': {
    message: 'Two columns of `{path}` are named `{column}`.',
    help: 'Rename one of them; if the file has no header, set `data.read.header: false`.',
    exit: 2,
  },
  'data-columns-differ': {
    message: '`{path}` has {fault} column `{column}`, unlike `{first}`.',
    help: 'All files of a source need the same columns.',
    exit: 2,
  },
  'data-changed': {
    message: 'The data is {hash}, but `data.version` says {version}.',
    help: 'Restore the data, or pin what is there now: `version: {hash}`.',
    exit: 2,
  },
  'data-filtered-out': {
    message: '`data.filter` and `data.as_of` leave none of {rows} rows.',
    help: 'Check `data.filter`: a comparison with a missing value keeps no row.',
    exit: 2,
  },
  'column-not-found': {
    message: 'The data has no column `{column}`.',
    help: '{nearest}',
    exit: 2,
  },
  'column-name-taken': {
    message: '`{setting}` makes column `{column}`, which the data already has.',
    help: 'Choose another name.',
    exit: 2,
  },
  'feature-as-role': {
    message:
      '`{setting}` names `{column}`, which `features.derive` makes only after rows are labelled, chosen and divided.',
    help: 'Compute it in `data.derive`.',
    exit: 2,
  },
  'join-key': {
    message: 'The rows of `{path}` cannot be matched by `{column}`: {reason}',
    help: 'Name in `keys` columns that both tables have, with values of one kind.',
    exit: 2,
  },
  'join-ambiguous': {
    message: '`{path}` has {rows} rows with {keys}, and nothing says which of them was known.',
    help: 'Set `as_of` to the column with the instant of each row, or name keys that no two rows share.',
    exit: 2,
  },
  'join-time': {
    message: 'The rows of `{path}` cannot be taken as of a time: {reason}',
    help: 'Set `as_of` to a column of dates in that table, and `data.time` or `problem.prediction_time` to the time of the prediction; a date is written as 2025-07-01 or 2025-07-01T12:00:00Z.',
    exit: 2,
  },
  'join-name-taken': {
    message: '`data.join` has two tables called `{name}`.',
    help: 'Give one of them another `name`.',
    exit: 2,
  },
  'window-time': {
    message: '`{feature}` cannot say what was before a prediction: {reason}',
    help: 'Set `data.time` to the column of the event time, or `problem.prediction_time` to when a prediction is made; a date is written as 2025-07-01 or 2025-07-01T12:00:00Z.',
    exit: 2,
  },
  'expression-failed': {
    message: 'The expression `{expression}` cannot be used: {reason}',
    help: 'Check names, quotes and types; text stands in single quotes.',
    exit: 2,
  },
  'contract-broken': {
    message: 'The data breaks its contract: {failures}.',
    help: 'Mend the data or `data.columns` and `data.expect`; or set `data.quality.on_fail: warn` or `quarantine`.',
    exit: 2,
  },
  'temp-unwritable': {
    message: 'The temporary folder `{path}` cannot be written: {reason}',
    help: 'Set TMPDIR to a folder that this user may write.',
    exit: 3,
  },
  'out-of-memory': {
    message: 'The data does not fit: {reason}',
    help: 'Use fewer columns or rows (`data.filter`, `data.read.sample`), or convert CSV to Parquet.',
    exit: 3,
  },
  'worker-crashed': {
    message: 'The process that reads the data ended unexpectedly ({reason}).',
    help: 'It is started again with the next request; if it ends again, report the data format and size.',
    exit: 3,
  },
  'split-empty': {
    message: 'The split leaves no {side} rows{why}.',
    help: 'Change `split.test`, `split.valid` or `split.gap`, or add data; where nearly all rows repeat others, set `split.dedupe: none`.',
    exit: 2,
  },
  'split-folds-empty': {
    message:
      'None of {folds} folds along time has rows to train on: the gap before a fold, or the groups in it, take them all.',
    help: 'Set a smaller `split.gap`, fewer folds in `split.cv`, `kind: expanding`, or `split.valid` and `split.cv: 0`.',
    exit: 2,
  },
  'split-time-constant': {
    message: 'All rows have the same time, so that no cut can be made between earlier and later ones.',
    help: 'Check `data.time`, or choose another `split.method`.',
    exit: 2,
  },
  'split-needs-column': {
    message: '`split.{setting}: {value}` needs a {kind} column, and {why}.',
    help: 'Set `data.{kind}` (or `split.by`) to the column.',
    exit: 2,
  },
  'split-needs-files': {
    message: '`split.method: predefined` needs files for the sides.',
    help: 'Set `data.source` to {train: …, test: …}.',
    exit: 2,
  },
  'split-near-costly': {
    message:
      '`split.dedupe` at a share of {value} would have to compare more than {pairs} pairs of rows: too many have even their rarest cells in common.',
    help: 'Write `split.dedupe: exact`, or a greater share.',
    exit: 2,
  },
  'split-near-time': {
    message: '`split.dedupe: {value}` cannot be kept by a split by time, which cuts at an instant.',
    help: 'Write `split.dedupe: exact`, or keep whole groups by `data.group`.',
    exit: 2,
  },
  'split-unsupported': {
    message: '`split.{setting}: {value}` is part of the language, but this version does not act on it yet.',
    help: 'Remove it, or choose another value.',
    exit: 2,
  },
} as const satisfies Record<string, ErrorEntry>;
