/** Rules about how a model is trained, as far as the file alone can tell. */
import { modelNamed } from '../../catalog/models.ts';
import { setEdit } from '../../config/edits.ts';
import { isMap } from '../../config/schema/nodes.ts';
import { fixOf } from '../fixes.ts';
import type { Rule } from '../rule.ts';
import { writtenAt } from '../walk.ts';

const noEarlyStop: Rule = {
  id: 'no-early-stop',
  needs: ['config'],
  *run({ loaded }) {
    const { experiment } = loaded;
    if (experiment?.train.early_stop !== false || !['auto', 'gbdt'].includes(experiment.model.type)) return;
    const { trees } = experiment.model.gbdt;
    if (trees <= 50) return;
    yield {
      path: 'train.early_stop',
      message: `Trains past the best point: ${trees} trees and \`early_stop: false\`.`,
      data: { trees },
      fixes: fixOf('Set early_stop: 10', setEdit(loaded.source, 'train.early_stop', '10')),
    };
  },
};

const learningRates: Readonly<Record<string, readonly [number, number, string]>> = {
  adam: [1e-5, 1e-2, '0.001'],
  adamw: [1e-5, 1e-2, '0.001'],
  sgd: [1e-3, 1, '0.1'],
};

const unusualRate: Rule = {
  id: 'lr-unusual',
  needs: ['config'],
  *run({ loaded }) {
    const boosting = writtenAt(loaded, 'model.gbdt.learning_rate');
    const used = ['auto', 'gbdt'].includes(loaded.experiment?.model.type ?? '');
    if (used && typeof boosting === 'number' && boosting > 0.3) {
      const fixes = fixOf('Use 0.05', setEdit(loaded.source, 'model.gbdt.learning_rate', '0.05'));
      const message = `Learning rate ${boosting} is unusual for gbdt: above 0.3 a few trees decide everything.`;
      yield { path: 'model.gbdt.learning_rate', message, data: { value: boosting }, fixes };
    }
    const rate = writtenAt(loaded, 'train.optimizer.lr');
    const type = String(writtenAt(loaded, 'train.optimizer.type') ?? 'adamw');
    const [low, high, instead] = learningRates[type] ?? [];
    if (typeof rate !== 'number' || low === undefined || high === undefined || instead === undefined) return;
    if (rate >= low && rate <= high) return;
    const fixes = fixOf(`Use ${instead}`, setEdit(loaded.source, 'train.optimizer.lr', instead));
    const message = `Learning rate ${rate} is unusual for ${type}, which wants ${low}..${high}.`;
    yield { path: 'train.optimizer.lr', message, data: { value: rate, optimizer: type }, fixes };
  },
};

/** What moves probabilities away from rates. */
const resampling: readonly string[] = ['oversample', 'undersample', 'smote', 'focal'];

const uncalibratedResample: Rule = {
  id: 'uncalibrated-resample',
  needs: ['config'],
  *run({ loaded }) {
    const { experiment } = loaded;
    if (experiment === undefined || !resampling.includes(experiment.train.imbalance.strategy)) return;
    if (experiment.model.calibrate !== 'none') return;
    yield {
      path: 'model.calibrate',
      message: `Probabilities no longer mean rates: \`${experiment.train.imbalance.strategy}\` changes them and \`calibrate\` is none.`,
      data: { strategy: experiment.train.imbalance.strategy },
      fixes: fixOf('Set calibrate: isotonic', setEdit(loaded.source, 'model.calibrate', 'isotonic')),
    };
  },
};

const interpretabilityViolated: Rule = {
  id: 'interpretability-violated',
  needs: ['config'],
  *run({ loaded }) {
    const { experiment } = loaded;
    if (experiment === undefined) return;
    if (writtenAt(loaded, 'problem.constraints.interpretability') !== 'intrinsic') return;
    const { type } = experiment.model;
    if (modelNamed(type)?.intrinsic !== false) return;
    const shown = type === 'auto' ? 'gbdt (the default)' : type;
    yield {
      path: 'model.type',
      message: `${shown} is not intrinsically interpretable, which \`problem.constraints.interpretability\` asks for.`,
      data: { type },
      fixes: fixOf('Use linear', setEdit(loaded.source, 'model.type', 'linear')),
    };
  },
};

const gridExplosion: Rule = {
  id: 'grid-explosion',
  needs: ['config'],
  *run({ loaded }) {
    const space = writtenAt(loaded, 'tune.space');
    if (writtenAt(loaded, 'tune.search') !== 'grid' || !isMap(space)) return;
    const sizes = Object.values(space).map(choicesOf);
    const runs = sizes.reduce((product, size) => product * size, 1);
    if (runs <= 200 && sizes.length < 4) return;
    const shown = Number.isFinite(runs) ? `${runs} runs` : 'endlessly many runs';
    yield {
      path: 'tune.search',
      message: `${shown} over ${sizes.length} dimensions; a grid wastes most of them.`,
      data: { runs: Number.isFinite(runs) ? runs : 'Infinity', dimensions: sizes.length },
      fixes: fixOf('Use bayesian', setEdit(loaded.source, 'tune.search', 'bayesian')),
    };
  },
};

/** How many values a grid takes of one parameter: a range of whole numbers has each, one of decimals no end. */
function choicesOf(values: unknown): number {
  if (Array.isArray(values)) return Math.max(1, values.length);
  const match = /^(-?[\d.]+?)\.\.(-?[\d.]+)(?:\s+step\s+([\d.]+))?/.exec(String(values));
  if (match === null) return 1;
  const [, low, high, step] = match;
  const whole = Number.isInteger(Number(low)) && Number.isInteger(Number(high));
  if (step === undefined && !whole) return Number.POSITIVE_INFINITY;
  return Math.floor((Number(high) - Number(low)) / Number(step ?? 1)) + 1;
}

const fewTrials: Rule = {
  id: 'few-trials',
  needs: ['config'],
  *run({ loaded }) {
    const trials = writtenAt(loaded, 'tune.trials');
    const space = writtenAt(loaded, 'tune.space');
    const search = writtenAt(loaded, 'tune.search') ?? 'bayesian';
    if (
      typeof trials !== 'number' ||
      trials === 0 ||
      !isMap(space) ||
      !['bayesian', 'asha'].includes(String(search))
    )
      return;
    const dimensions = Object.keys(space).length;
    if (trials >= 5 * dimensions) return;
    yield {
      path: 'tune.trials',
      message: `${trials} trials for ${dimensions} dimensions; ${search} search learns from about ${5 * dimensions}.`,
      data: { trials, dimensions },
      fixes: fixOf(
        `Set trials: ${5 * dimensions}`,
        setEdit(loaded.source, 'tune.trials', String(5 * dimensions)),
      ),
    };
  },
};

export const trainingRules: readonly Rule[] = [
  noEarlyStop,
  unusualRate,
  uncalibratedResample,
  interpretabilityViolated,
  gridExplosion,
  fewTrials,
];
