/** Points an error about a setting at the line of the experiment that wrote it. */
import { type ErrorCode, ModelwrightError } from '../catalog/errors.ts';
import type { Experiment } from '../config/experiment.ts';
import type { LoadedExperiment } from '../config/load.ts';
import { failureOf, ReportedFailure } from './failure.ts';

type Setting = string | ((error: ModelwrightError, loaded: LoadedExperiment) => string);

const fromParameter: Setting = ({ parameters }) => String(parameters['path']);

const fromSetting: Setting = ({ parameters }) => String(parameters['setting']);

/** Where the expression stands. */
function settingOf(expression: unknown, experiment: Experiment | undefined): string {
  if (expression === experiment?.data.filter) return 'data.filter';
  if (expression === experiment?.problem?.prediction_time) return 'problem.prediction_time';
  for (const section of ['data', 'features'] as const) {
    const index = experiment?.[section].derive.findIndex(({ expr }) => expr === expression) ?? -1;
    if (index >= 0) return `${section}.derive.${index}.expr`;
  }
  return 'data.derive';
}

const roles = ['id', 'time', 'group', 'weight'] as const;

/** The setting that an error is about; errors that are not here have their place already, or none. */
const settings: Partial<Record<ErrorCode, Setting>> = {
  'target-not-set': 'target',
  'target-not-found': 'target',
  'target-empty': 'target',
  'one-class': 'target',
  'target-too-large': 'target',
  'target-too-fine': 'target',
  'task-mismatch': (_, { isWritten }) => (isWritten('task') ? 'task' : 'target'),
  'target-leak': 'features.include',
  'positive-not-found': 'positive',
  'too-few-rows': 'data.source',
  'data-format': 'data.source',
  'data-formats': 'data.source',
  'data-changed': 'data.version',
  'data-filtered-out': 'data.filter',
  'column-name-taken': fromSetting,
  'feature-as-role': fromSetting,
  'expression-failed': ({ parameters }, { experiment }) => settingOf(parameters['expression'], experiment),
  'join-key': fromSetting,
  'join-ambiguous': fromSetting,
  'join-time': fromSetting,
  'join-name-taken': fromSetting,
  'window-time': fromSetting,
  'column-not-found': ({ place }, { experiment }) =>
    `data.${roles.find((role) => experiment?.data[role] === place.column) ?? ''}`,
  'contract-broken': 'data.columns',
  'split-empty': 'split',
  'split-folds-empty': (_, { isWritten }) => (isWritten('split.cv') ? 'split.cv' : 'split'),
  'split-time-constant': 'split',
  'split-needs-column': ({ parameters }, { isWritten }) => {
    const path = `split.${parameters['setting']}`;
    return isWritten(path) ? path : `data.${parameters['kind']}`;
  },
  'split-needs-files': 'split.method',
  'split-near-costly': 'split.dedupe',
  'split-near-time': 'split.dedupe',
  'split-unsupported': ({ parameters }) => `split.${parameters['setting']}`,
  'no-features': 'features',
  'model-unsupported': 'model.type',
  'model-setting': fromParameter,
  'setting-not-supported': fromParameter,
  'unknown-metric': 'metric',
  'tune-bad-space': ({ parameters }) => `tune.space.${parameters['path']}`,
  'bad-weight': 'data.weight',
  'weights-all-zero': 'data.weight',
  'weights-class-zero': 'data.weight',
  'threshold-without-rows': 'model.threshold',
};

/** The same failure with `file` and `range` of the experiment, where it is about a setting and has no file yet. */
export function located(error: unknown, loaded: LoadedExperiment): unknown {
  if (!(error instanceof ModelwrightError) || error.place.file !== undefined) return error;
  const setting = settings[error.code];
  if (setting === undefined) return error;
  const path = typeof setting === 'string' ? setting : setting(error, loaded);
  return new ReportedFailure({
    ...failureOf(error),
    file: loaded.file,
    range: loaded.placeOf(path).range,
  });
}
