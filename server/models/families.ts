/** The model families that this version trains: one table from a name to how it wants its features and how it is fitted. */
import { ModelwrightError } from '../catalog/errors.ts';
import { models } from '../catalog/models.ts';
import type { Experiment } from '../config/experiment.ts';
import type { FeatureNeeds } from '../features/matrix.ts';
import { dummy } from './dummy.ts';
import type { FitRequest, FittedModel, SupervisedTask } from './family.ts';
import { checkForest, forest } from './forest/forest.ts';
import { checkGbdt, gbdt } from './gbdt/gbdt.ts';
import { checkHeuristic, heuristic } from './heuristic.ts';
import { checkLinear, linear } from './linear/linear.ts';
import { chooseEngines } from './mlp/engines.ts';
import { checkMlp, createMlp } from './mlp/mlp.ts';
import { mlpSettings } from './mlp/settings.ts';

/** A family with the settings of one experiment filled in. */
export interface Trainer {
  readonly family: string;
  readonly needs: FeatureNeeds;
  /** Grown step by step, so that early stopping and a number of iterations mean something. */
  readonly iterative: boolean;
  /** Its probabilities are taken as they are. */
  readonly plain?: boolean;
  /** Takes a request for the focal loss. */
  readonly focal?: boolean;
  /** Learns an embedding of each category. */
  readonly embeds?: boolean;
  /** Conditions on raw columns that are all it looks at (fitRules), [] where it looks at none; absent: the experiment's features. */
  readonly conditions?: readonly string[];
  /** Throws `model-setting` for settings that this version cannot fit. */
  check(task: SupervisedTask): void;
  /** `iterations` replaces the ceiling of the experiment for iterative families. */
  fit(request: Omit<FitRequest<unknown>, 'parameters'>, iterations?: number): Promise<FittedModel>;
}

const trainers: Readonly<Record<string, (experiment: Experiment) => Trainer>> = {
  dummy: () => ({
    family: 'dummy',
    ...models.dummy,
    conditions: [],
    check() {},
    fit: (request) => dummy.fit({ ...request, parameters: {} }),
  }),
  heuristic({ model: { heuristic: rules = [] } }) {
    return {
      family: 'heuristic',
      ...models.heuristic,
      conditions: rules.map((rule) => rule.if),
      check: (task) => checkHeuristic(task, rules),
      fit: (request) => heuristic.fit({ ...request, parameters: rules }),
    };
  },
  linear: (experiment) => ({
    family: 'linear',
    ...models.linear,
    check: (task) => checkLinear(task, experiment.model.linear),
    fit: (request) => linear.fit({ ...request, parameters: experiment.model.linear }),
  }),
  forest: (experiment) => ({
    family: 'forest',
    ...models.forest,
    check: checkForest,
    fit: (request) => forest.fit({ ...request, parameters: experiment.model.forest }),
  }),
  gbdt: (experiment) => ({
    family: 'gbdt',
    ...models.gbdt,
    focal: experiment.model.gbdt.engine === 'builtin',
    check: (task) => checkGbdt(experiment.model.gbdt, task),
    fit({ earlyStop, ...request }, trees = experiment.model.gbdt.trees) {
      const parameters = { ...experiment.model.gbdt, trees };
      const patience = (earlyStop?.patience ?? 0) * treesPerStep(parameters.learning_rate);
      return gbdt.fit({
        ...request,
        parameters,
        ...(earlyStop && { earlyStop: { ...earlyStop, patience } }),
      });
    },
  }),
  mlp: (experiment) => ({
    family: 'mlp',
    ...models.mlp,
    check: () => checkMlp(mlpSettings(experiment)),
    fit(request, epochs = experiment.train.epochs) {
      const parameters = { ...mlpSettings(experiment), epochs, courseEpochs: experiment.train.epochs };
      return createMlp(chooseEngines).fit({ ...request, parameters });
    },
  }),
};

/** `auto` is gradient boosting. @throws ModelwrightError model-unsupported */
export function createTrainer(type: string, experiment: Experiment): Trainer {
  const name = type === 'auto' ? 'gbdt' : type;
  const create = Object.hasOwn(trainers, name) ? trainers[name] : undefined;
  if (create) return create(experiment);
  throw new ModelwrightError('model-unsupported', { type: name, types: Object.keys(trainers).join(', ') });
}

/**
 * Trees that count as one step of patience: those that add a quarter of a full tree. The first trees of a slow learner
 * move a ranking up and down: on three million flights in time order, 10 trees of 0.05 without a better `roc_auc` stopped
 * at the second tree and cost 0.02 of it.
 */
function treesPerStep(learningRate: number): number {
  return Math.max(1, Math.round(0.25 / learningRate));
}
