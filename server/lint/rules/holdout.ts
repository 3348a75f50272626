/** Rules about the rows that judge: a test set, validation rows, gaps, baselines, seeds. */
import { secondsIn } from '../../config/duration.ts';
import { removeEdit, setEdit } from '../../config/edits.ts';
import type { Experiment } from '../../config/experiment.ts';
import { isMap } from '../../config/schema/nodes.ts';
import { fixOf } from '../fixes.ts';
import type { LintContext, Rule } from '../rule.ts';
import { writtenAt } from '../walk.ts';
import { splitsByTime } from './deadPairs.ts';

const noTestSet: Rule = {
  id: 'no-test-set',
  needs: ['config'],
  *run(context) {
    const { loaded } = context;
    const { experiment } = loaded;
    if (experiment?.split.test !== 0 || hasFile(experiment, 'test') || foldsOf(context) > 0) return;
    yield {
      path: 'split.test',
      message: 'Nothing is held out: `split.test` is 0, so every score is a training score.',
      data: {},
      fixes: fixOf('Hold out 20 %: split.test: 0.2', setEdit(loaded.source, 'split.test', '0.2')),
    };
  },
};

const validMissing: Rule = {
  id: 'valid-missing',
  needs: ['config'],
  *run(context) {
    const { loaded } = context;
    const { experiment } = loaded;
    if (experiment?.split.valid !== 0 || hasFile(experiment, 'valid') || foldsOf(context) > 0) return;
    const uses = usesOfValidation(experiment);
    if (uses.length === 0) return;
    yield {
      path: 'split.valid',
      message: `No validation rows for ${listed(uses)}: \`split.valid\` is 0.`,
      data: { uses },
      fixes: fixOf('Set split.valid: 0.1', setEdit(loaded.source, 'split.valid', '0.1')),
    };
  },
};

function usesOfValidation({ model, train, tune }: Experiment): string[] {
  const uses: string[] = [];
  if (['auto', 'gbdt'].includes(model.type) && train.early_stop !== false) uses.push('early stopping');
  if (isMap(tune) && Number(tune['trials']) > 0) uses.push('tuning');
  if (!['auto', 'none'].includes(model.calibrate)) uses.push('calibration');
  if (isMap(model.threshold)) uses.push('the threshold');
  return uses;
}

/** Cross-validation as written, or as the number of rows decides where the data is known. */
function foldsOf({ loaded, facts }: LintContext): number {
  return facts?.split?.folds ?? loaded.experiment?.split.cv?.folds ?? 0;
}

function hasFile({ data, split }: Experiment, part: 'valid' | 'test'): boolean {
  if (part === 'test' && typeof split.test === 'string') return true;
  return isMap(data.source) && typeof data.source[part] === 'string';
}

const tuneOnTest: Rule = {
  id: 'tune-on-test',
  needs: ['text'],
  *run({ loaded }) {
    if (writtenAt(loaded, 'tune.using') !== 'test') return;
    yield {
      path: 'tune.using',
      message:
        'The test set is being fitted: `tune.using: test` picks the trial that suits the test rows best.',
      data: {},
      fixes: fixOf('Use valid', setEdit(loaded.source, 'tune.using', 'valid')),
    };
  },
};

const noEmbargo: Rule = {
  id: 'no-embargo',
  needs: ['config'],
  *run({ loaded }) {
    const { experiment } = loaded;
    if (experiment === undefined || !splitsByTime(experiment)) return;
    const { needed, because } = reach(experiment);
    const gap = experiment.split.gap;
    // A gap counted in rows says nothing about time.
    if (typeof gap === 'number' && gap > 0) return;
    const days = typeof gap === 'string' ? daysOf(gap) : gap === undefined ? horizonOf(experiment) : 0;
    if (days >= needed) return;
    const written = gap === undefined ? 'there is no gap' : `\`split.gap\` is ${gap}`;
    yield {
      path: 'split.gap',
      message: `Labels of train reach into test for ${needed - days} days: ${because}, but ${written}.`,
      data: { neededDays: needed, gapDays: days },
      fixes: fixOf(`Set split.gap: ${needed}d`, setEdit(loaded.source, 'split.gap', `${needed}d`)),
    };
  },
};

/** How many days a training row's label or window looks ahead or back. */
function reach(experiment: Experiment): { needed: number; because: string } {
  const horizon = horizonOf(experiment);
  const windows = experiment.features.derive.flatMap(({ window }) =>
    window === undefined ? [] : [daysOf(window)],
  );
  const longest = Math.max(0, ...windows);
  if (longest > horizon)
    return { needed: longest, because: `the longest window of features.derive is ${longest} days` };
  return { needed: horizon, because: `\`problem.horizon\` is ${horizon} days` };
}

function horizonOf(experiment: Experiment): number {
  const problem = experiment['problem'];
  return isMap(problem) && typeof problem['horizon'] === 'string' ? daysOf(problem['horizon']) : 0;
}

/** `12h` is half a day; 0 for what is no duration, which the schema reports. */
function daysOf(duration: string): number {
  return (secondsIn(duration) ?? 0) / 86_400;
}

const noBaseline: Rule = {
  id: 'no-baseline',
  needs: ['config'],
  *run({ loaded }) {
    if (loaded.experiment === undefined || loaded.experiment.baseline.length > 0) return;
    yield {
      path: 'baseline',
      message: 'No simple baseline to beat: `baseline` is empty.',
      data: {},
      fixes: fixOf('baseline: [dummy, linear]', setEdit(loaded.source, 'baseline', '[dummy, linear]')),
    };
  },
};

const noSeed: Rule = {
  id: 'no-seed',
  needs: ['text'],
  *run({ loaded }) {
    if (loaded.source.has('train.seed') && loaded.source.valueAt('train.seed') === null) {
      const fixes = fixOf('Set seed: 42', setEdit(loaded.source, 'train.seed', '42'));
      yield {
        path: 'train.seed',
        message: 'Runs cannot be repeated: `train.seed` is null.',
        data: {},
        fixes,
      };
    }
    if (writtenAt(loaded, 'train.deterministic') === false) {
      const fixes = fixOf('Remove deterministic: false', removeEdit(loaded.source, 'train.deterministic'));
      const message = 'Runs cannot be repeated: `train.deterministic` is false.';
      yield { path: 'train.deterministic', message, data: {}, fixes };
    }
  },
};

const notStratified: Rule = {
  id: 'not-stratified',
  needs: ['config', 'profile'],
  *run({ loaded, facts }) {
    const { target } = facts ?? {};
    if (loaded.experiment?.split.method !== 'random' || target === undefined || target.classes.length < 2)
      return;
    const total = target.classes.reduce((sum, each) => sum + each.rows, 0);
    const share = Math.min(...target.classes.map((each) => each.rows)) / total;
    if (share >= 0.2) return;
    yield {
      path: 'split.method',
      message: `Folds may lack positives: the rarest class has ${(100 * share).toFixed(1)} % of the rows and the split is random.`,
      data: { share, column: target.name },
      fixes: fixOf('Use stratified', setEdit(loaded.source, 'split.method', 'stratified')),
    };
  },
};

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

export const holdoutRules: readonly Rule[] = [
  noTestSet,
  validMissing,
  tuneOnTest,
  noEmbargo,
  noBaseline,
  noSeed,
  notStratified,
];
