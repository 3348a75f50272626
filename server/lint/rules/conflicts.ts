/** Settings that exclude each other. */
import { secondsIn } from '../../config/duration.ts';
import { removeEdit } from '../../config/edits.ts';
import type { Experiment } from '../../config/experiment.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import { isMap } from '../../config/schema/nodes.ts';
import { fixOf } from '../fixes.ts';
import type { Draft, Rule } from '../rule.ts';
import { itemPath, writtenAt } from '../walk.ts';

/** A pair that is written together although only one of them can hold; docs/language.md lists them. */
export interface Conflict {
  /** Told here. */
  readonly a: string;
  readonly b: string;
  /** Completes "`a` and `b` cannot both be set: …". */
  readonly why: string;
  /** Where being written is not enough. */
  readonly when?: (experiment: Experiment) => boolean;
}

export const conflicts: readonly Conflict[] = [
  {
    a: 'split.test',
    b: 'data.source.test',
    why: 'the source brings its own test file',
  },
  {
    a: 'split.valid',
    b: 'split.cv',
    why: 'with cross-validation every fold validates in turn',
    when: ({ split }) => (split.valid ?? 0) > 0 && (split.cv?.folds ?? 0) > 1,
  },
  {
    a: 'data.read.query',
    b: 'data.read.sheet',
    why: 'a query reads a database, a sheet a workbook',
  },
  {
    a: 'split.method',
    b: 'split.test',
    why: 'a date divides the rows by time',
    when: ({ split }) =>
      typeof split.test === 'string' &&
      /^\d{4}-\d\d-\d\d/.test(split.test) &&
      !['auto', 'time', 'group-time'].includes(split.method),
  },
  {
    a: 'train.imbalance.ratio',
    b: 'train.imbalance.strategy',
    why: 'only resampling has a ratio',
    when: ({ train }) => !['oversample', 'undersample', 'smote'].includes(train.imbalance.strategy),
  },
  {
    a: 'tune.timeout',
    b: 'train.budget.time',
    why: 'the budget is of the search and the training together, and the search would be ended by it before its own timeout',
    when: ({ train, tune }) =>
      isMap(tune) &&
      (secondsIn(tune['timeout']) ?? 0) > (secondsIn(train.budget?.time) ?? Number.POSITIVE_INFINITY),
  },
  {
    a: 'tune.trials',
    b: 'tune.search',
    why: 'a grid tries every combination of its space',
    when: ({ tune }) =>
      isMap(tune) && tune['search'] === 'grid' && isMap(tune['space']) && tune['trials'] === 0,
  },
];

const conflictingSettings: Rule = {
  id: 'conflicting-settings',
  needs: ['config'],
  *run({ loaded }) {
    const { experiment } = loaded;
    if (experiment === undefined) return;
    for (const { a, b, why, when } of conflicts) {
      const both = writtenAt(loaded, a) !== undefined && writtenAt(loaded, b) !== undefined;
      if (both && (when === undefined || when(experiment))) yield conflictDraft(loaded, a, b, why);
    }
    yield* includedAndExcluded(loaded, experiment);
    yield* rolesAsFeatures(loaded, experiment);
  },
};

function* includedAndExcluded(loaded: LoadedExperiment, { features }: Experiment): Iterable<Draft> {
  for (const name of features.include ?? []) {
    if (!features.exclude.includes(name)) continue;
    const path = itemPath(loaded, 'features.exclude', name);
    yield {
      path,
      message: `\`features.include\` and \`features.exclude\` cannot both name \`${name}\`: it is either a feature or not.`,
      data: { a: itemPath(loaded, 'features.include', name), b: path, value: name },
      fixes: fixOf(`Remove ${name} from exclude`, removeEdit(loaded.source, path)),
    };
  }
}

/** The row key and the weight are never features; of the target, `target-leak` tells. */
function* rolesAsFeatures(loaded: LoadedExperiment, { features, data }: Experiment): Iterable<Draft> {
  const roles = { 'data.id': data.id, 'data.weight': data.weight };
  for (const name of features.include ?? []) {
    const role = Object.entries(roles).find(([, column]) => column === name)?.[0];
    if (role === undefined) continue;
    const path = itemPath(loaded, 'features.include', name);
    yield {
      path,
      message: `\`features.include\` and \`${role}\` cannot both be \`${name}\`: it says nothing about other rows.`,
      data: { a: path, b: role, value: name, column: name },
      fixes: fixOf(`Remove ${name} from the features`, removeEdit(loaded.source, path)),
    };
  }
}

function conflictDraft(loaded: LoadedExperiment, a: string, b: string, why: string): Draft {
  return {
    path: a,
    at: 'key',
    message: `\`${a}\` and \`${b}\` cannot both be set: ${why}.`,
    data: { a, b },
    fixes: [a, b].flatMap((path) => fixOf(`Remove ${path}`, removeEdit(loaded.source, path))),
  };
}

export const conflictRules: readonly Rule[] = [conflictingSettings];
