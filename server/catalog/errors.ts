/** Every failure that a user can cause: code, sentence, what to do. One table; docs/errors.md is generated from it. */
import { dataErrors } from './dataErrors.ts';
import { driftErrors } from './driftErrors.ts';
import type { ErrorEntry } from './errorEntry.ts';
import { servingErrors } from './servingErrors.ts';

export const errors = {
  ...dataErrors,
  ...servingErrors,
  ...driftErrors,
  'internal-error': {
    message: 'Modelwright itself failed: {reason}',
    help: 'This is a fault of ours. Run again with --log-level debug and report what it prints.',
    exit: 3,
  },
  diverged: {
    message: 'The network diverged: after epoch {epoch} its loss is no number any more.',
    help: 'Lower `train.optimizer.lr` (it is {rate}), or scale the features: `features.numeric.scale: robust` with `outliers: winsorize`.',
    exit: 2,
  },
  'install-needs': {
    message: 'Installing {library} needs {needs}, which is not here.',
    help: '{fix}',
    exit: 2,
  },
  'install-failed': {
    message: 'Installing {library} failed: `{command}` said: {reason}.',
    help: 'Everything it printed is in {log}. Run the command again: it goes on where it was.',
    exit: 3,
  },
  'engine-missing': {
    message: '`train.device: {device}` cannot be used here. {reason}',
    help: '{fix}',
    exit: 2,
  },
  'engine-failed': {
    message: 'The engine {engine} failed: {reason}.',
    help: 'Run again with `--set train.device=cpu`, and see what `modelwright doctor` says.',
    exit: 3,
  },
  'bad-usage': { message: '{reason}', help: 'See `{command} --help`.', exit: 2 },
  'unknown-variant': {
    message: 'There is no variant `{variant}`.',
    help: '{known}',
    exit: 2,
  },
  'bad-override': {
    message: '`--set {argument}` cannot be used: {reason}.',
    help: 'Write --set path=value, such as --set split.test=0.3; the value is YAML.',
    exit: 2,
  },
  'command-planned': {
    message: '`{name}` is part of Modelwright, but not of this version yet.',
    help: '`modelwright --help` lists what there is.',
    exit: 2,
  },
  'file-not-found': {
    message: '`{path}` does not exist.',
    help: 'Check the path; it is relative to the folder that the command runs in.',
    exit: 2,
  },
  'store-unwritable': {
    message: 'The store `{directory}` cannot be written: {reason}.',
    help: 'Mend that, or name another folder with --workspace.',
    exit: 2,
  },
  'store-on-network': {
    message: "`{workspace}` is on a network file system ({kind}), where the store's locks do not hold.",
    help: 'Work in a local folder, or name one with --workspace.',
    exit: 2,
  },
  'store-busy': {
    message: 'The store `{file}` stayed locked by another process for 10 seconds.',
    help: 'Wait for the other process, or end it, then run again.',
    exit: 3,
  },
  'store-corrupt': {
    message: 'The store `{file}` is not a readable database.',
    help: 'Move the file away to start a new store; the artifacts beside it stay as they are.',
    exit: 2,
  },
  'store-newer': {
    message: 'The store `{file}` was written by a newer version of Modelwright.',
    help: 'Use that version, or name another folder with --workspace.',
    exit: 2,
  },
  'output-format': {
    message: '`{path}` does not say what to write.',
    help: 'Name a file that ends in .parquet, .csv, .tsv, .jsonl or .arrow.',
    exit: 2,
  },
  'output-folder': {
    message: '`{path}` cannot be written: {reason}.',
    help: 'Name a file in a folder that exists and that this user may write to.',
    exit: 2,
  },
  'output-unwritable': {
    message: '`{path}` cannot be written: {reason}.',
    help: 'Check that the folder exists and that this user may write there.',
    exit: 3,
  },
  'disk-full': {
    message: 'No space is left on the device while writing `{path}`.',
    help: 'Free some space, or set TMPDIR to a folder on another disk; `modelwright runs resume` goes on from the last checkpoint.',
    exit: 3,
  },
  'not-writable': {
    message: '`{path}` cannot be written ({reason}).',
    help: 'Check the permissions of its folder.',
    exit: 3,
  },
  'experiment-invalid': {
    message: '{problem}',
    help: '{help}',
    exit: 2,
  },
  'file-unreadable': {
    message: '`{path}` cannot be read: {reason}.',
    help: 'Name an experiment file: text in YAML, of at most 8 MB.',
    exit: 2,
  },
  'run-data-changed': {
    message: 'The data is not what it was when run `{id}` started (it was {before}, it is {now}).',
    help: 'Start a new run with `modelwright run`; this one can only go on, or be reproduced, with the same rows.',
    exit: 2,
  },
  'parity-broken': {
    message:
      'The model file and the trainer disagree by {difference} on {rows} rows: the file cannot be trusted.',
    help: 'This is a fault of ours. Report it with the experiment file and the kinds of its columns.',
    exit: 3,
  },
  'uncertainty-without-rows': {
    message:
      'A coverage of {coverage} needs at least {least} rows that the model was not trained on; there are {rows}.',
    help: 'Give `split.valid` or `split.cv` more rows, or ask for less in `model.uncertainty.coverage`.',
    exit: 2,
  },
  'no-features': {
    message: 'No column is left to learn `{target}` from.',
    help: 'Look at `features.include` and `features.exclude`; ids, dates of the split, personal data and free text are left out.',
    exit: 2,
  },
  'rule-not-found': {
    message: 'There is no rule `{id}`.',
    help: '`modelwright rules` lists them.',
    exit: 2,
  },
  'file-exists': {
    message: '`{path}` exists already.',
    help: 'Name another folder, or remove the file first; nothing was overwritten.',
    exit: 2,
  },
  'run-without-model': {
    message: 'Run `{id}` {status} without a model.',
    help: '`modelwright runs resume {id}` goes on with it.',
    exit: 2,
  },
  'model-not-found': {
    message: 'There is no model `{reference}`.',
    help: 'Name a run as `run:ID`, a registered model as NAME, NAME@ALIAS or NAME/VERSION, or the path of an .onnx file; `modelwright runs list` and `modelwright models list` show them.',
    exit: 2,
  },
  'card-needs-run': {
    message: '`{model}` is a bare file: what a card tells is recorded with the run that made it.',
    help: 'Name the run as `run:ID`; `modelwright runs list` shows them.',
    exit: 2,
  },
  'card-format': {
    message: '`{path}` has no ending that says which form the card should have.',
    help: 'Use .md, .html or .json.',
    exit: 2,
  },
  'no-data-files': {
    message: 'There is no table in `{folder}`.',
    help: 'Put a CSV, Parquet or JSON lines file there, or name one with --data.',
    exit: 2,
  },
  'several-data-files': {
    message: 'There are several tables in `{folder}`: {files}.',
    help: 'Name one with --data.',
    exit: 2,
  },
  'setting-not-found': {
    message: 'The experiment has no setting `{path}`.',
    help: '`modelwright resolve FILE` prints all of them.',
    exit: 2,
  },
  'run-not-found': {
    message: 'There is no run `{id}` in this workspace.',
    help: '`modelwright runs list` shows the runs; --workspace names another folder.',
    exit: 2,
  },
  'run-is-trial': {
    message: 'Run `{id}` is a trial of run `{parent}`.',
    help: '`modelwright runs resume {parent}` goes on with its search.',
    exit: 2,
  },
  'memory-over-budget': {
    message: 'The run held {held} of memory, and `train.budget.memory` is {budget}: it was stopped.',
    help: 'What it had learnt is saved: `modelwright runs resume {id} --set train.budget.memory={more}` goes on from there. Fewer rows, columns or trees need less.',
    exit: 3,
  },
  'memory-budget-too-small': {
    message:
      'A run of this experiment takes about {expected} of memory, and `train.budget.memory` is {budget}.',
    help: 'Raise `train.budget.memory`, or take fewer rows, columns or trees: `modelwright run --dry-run` tells what each stage takes.',
    exit: 2,
  },
  'checkpoint-not-found': {
    message: '`train.checkpoint.resume` names `{path}`, and no saves of a run lie there.',
    help: 'Name the folder `.modelwright/checkpoints/RUN` of a run that did not finish, relative to the experiment file; `auto` goes on where the same run was broken off.',
    exit: 2,
  },
  'checkpoint-unfit': {
    message:
      'The saves in `{path}` are of other rows, features or settings of training: nothing can go on from them.',
    help: 'Go on with the settings that they were made with, or remove `train.checkpoint.resume`.',
    exit: 2,
  },
  'run-not-resumable': {
    message: 'Run `{id}` is {status}; only a run that was interrupted, failed or was cancelled can go on.',
    help: 'Start it anew with `modelwright run`.',
    exit: 2,
  },
  'run-still-running': {
    message: 'Run `{id}` is still running.',
    help: 'Stop it first with `modelwright runs cancel {id}`.',
    exit: 2,
  },
  'run-not-running': {
    message: 'Run `{id}` is not running; it is {status}.',
    help: 'Nothing to do.',
    exit: 2,
  },
  'run-lost-lease': {
    message: 'Another process has taken over run `{id}`; this one stops.',
    help: 'Nothing to do: `modelwright runs watch {id}` follows the other one.',
    exit: 3,
  },
  'run-crashed': {
    message: 'The worker of the run ended without a result ({reason}).',
    help: '`modelwright runs resume {id}` goes on from the last checkpoint.',
    exit: 3,
  },
  'column-name-unusable': {
    message: 'The column name {column} cannot be the name of a model input.',
    help: 'Rename the column in the data, or exclude it under `features.exclude`: a name needs at least one character, no NUL, and whole Unicode characters.',
    exit: 2,
  },
  'model-unreadable': {
    message: 'The model file cannot be opened: {reason}.',
    help: 'Name an ONNX file that `modelwright run` has written, whole and unchanged.',
    exit: 2,
  },
  'scoring-failed': {
    message: 'The model could not score these rows: {reason}',
    help: 'Check that the columns are those that the model was trained on.',
    exit: 3,
  },
  'bad-slice': {
    message: 'The slice `{slice}` cannot be read: {reason}',
    help: 'A slice is `column=value` or an expression over the columns, such as `age < 30`.',
    exit: 2,
  },
  'unknown-metric': {
    message: '`{metric}` is not a metric of {task} tasks.',
    help: 'docs/language.md lists the metrics of each task.',
    exit: 2,
  },
  'model-setting': {
    message: '`{path}: {value}` is not possible: {reason}.',
    help: 'Possible there: {instead}.',
    exit: 2,
  },
  'tune-no-space': {
    message: '`tune` is set, and nothing varies: model {family} has no search space of its own.',
    help: 'Write `tune.space`, such as {model.gbdt.max_leaves: 8..128 log}.',
    exit: 2,
  },
  'tune-bad-space': {
    message: '`tune.space` cannot vary `{path}`: {why}.',
    help: 'Write a setting of the model, of training or of features with a list of its values, or a range from low to high such as 3..10 or 0.01..0.3 log.',
    exit: 2,
  },
  'tune-all-failed': {
    message: 'None of the {trials} trials of `tune` could be fitted.',
    help: 'Narrow `tune.space` to settings that the model takes; `modelwright run` without `tune` shows what is wrong with one.',
    exit: 3,
  },
  'tune-without-rows': {
    message: '`tune.using: {using}` has no rows to compare trials on.',
    help: 'Set `split.valid`, or `tune.using: {instead}`.',
    exit: 2,
  },
  'setting-not-supported': {
    message: '`{path}: {value}` is not supported yet.',
    help: 'Choose one of {choices}.',
    exit: 2,
  },
  'level-unseen': {
    message:
      'Column `{column}` holds `{level}`, which the training rows do not, and `unknown: error` refuses it.',
    help: 'Mend the data, or set `features.categorical.unknown` to bucket or missing.',
    exit: 3,
  },
  'level-unseen-computed': {
    message:
      'Column `{column}`, computed as `{expr}`, is `{level}` here, which no training row gives, and `unknown: error` refuses it.',
    help: 'Mend the values that it is computed from, or set `features.categorical.unknown` to bucket or missing and train anew.',
    exit: 3,
  },
  'model-unsupported': {
    message: 'This version does not train models of type `{type}`.',
    help: 'It trains {types}.',
    exit: 2,
  },
  'bad-weight': {
    message: 'The weight column `{column}` holds {value}; a weight is a number of at least 0.',
    help: 'Mend or filter such rows, or take another `data.weight`.',
    exit: 2,
  },
  'weights-all-zero': {
    message: 'The weights of the training rows in `{column}` are all 0.',
    help: 'Take another `data.weight`, or none.',
    exit: 2,
  },
  'weights-class-zero': {
    message:
      'The weights of all training rows of class `{label}` in `{column}` are 0: it would never be predicted.',
    help: 'Leave its rows out with `data.filter`, or take another `data.weight`.',
    exit: 2,
  },
  'threshold-without-rows': {
    message: 'There are no validation rows of both classes to choose a threshold by {metric}.',
    help: 'Set `split.valid` or `split.cv`, or write the threshold as a number.',
    exit: 2,
  },
  'model-foreign': {
    message:
      'The model file does not say what Modelwright needs to score with it: `{key}` is missing or unusable.',
    help: 'Name an ONNX file that `modelwright run` has written.',
    exit: 2,
  },
  'model-column-missing': {
    message: 'The model takes the column `{column}`, which the data does not have.{hint}',
    help: 'Add the column, or name data with the columns that the model was trained on.',
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
  /** What the sentence was filled with. */
  readonly parameters: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, parameters: Readonly<Record<string, unknown>> = {}, place: ErrorPlace = {}) {
    const entry: ErrorEntry = errors[code];
    super(fill(entry.message, parameters));
    this.name = 'ModelwrightError';
    this.code = code;
    this.help = fill(entry.help, parameters);
    this.exit = entry.exit;
    this.place = place;
    this.parameters = parameters;
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
