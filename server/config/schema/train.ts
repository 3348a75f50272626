/** Sections 7 and 8 of the language: how a model is trained and its settings are searched. */
import { type AppliesTo, field, planned } from './meta.ts';
import {
  anything,
  bool,
  choice,
  either,
  group,
  int,
  list,
  mapOf,
  number,
  ratio,
  shorthand,
  text,
} from './values.ts';

const gradient: AppliesTo = {
  models: ['mlp', 'cnn', 'text', 'transfer', 'automl', 'command'],
  because: 'only networks take gradient steps',
};
const stepwise: AppliesTo = {
  models: ['gam', 'gbdt', 'mlp', 'cnn', 'text', 'transfer', 'ensemble', 'automl', 'command'],
  because: 'the model is not trained step by step',
};
const classes: AppliesTo = {
  tasks: [
    'auto',
    'binary',
    'multiclass',
    'multilabel',
    'text-classification',
    'image-classification',
    'anomaly',
  ],
  because: 'only classes can be rare',
};

const optimizer = shorthand('type', {
  type: field(
    choice(['adamw', 'adam', 'sgd', 'rmsprop', 'lbfgs'], {
      supported: ['adamw', 'adam', 'sgd', 'rmsprop'],
      synonyms: { 'adam-w': 'adamw', momentum: 'sgd', 'l-bfgs': 'lbfgs' },
      what: 'optimizer',
    }),
    'How weights move',
    { default: 'adamw' },
  ),
  lr: field(number({ above: 0, max: 10 }), 'Learning rate', { default: 0.001, impact: 3 }),
  weight_decay: field(number({ min: 0, max: 10 }), 'Shrinks weights at each step', {
    default: 0.01,
    impact: 2,
  }),
  momentum: field(number({ min: 0, below: 1 }), 'Share of the last step that is kept, by sgd and rmsprop', {
    defaultText: '0',
  }),
  betas: field(list(number({ min: 0, below: 1 })), 'Decay of the two moments', {
    defaultText: '0.9 and 0.999; rmsprop has the second only, 0.99',
  }),
});

const schedule = shorthand('type', {
  type: field(
    choice(['constant', 'cosine', 'step', 'exponential', 'one-cycle', 'plateau', 'wsd'], {
      synonyms: { onecycle: 'one-cycle', none: 'constant', exp: 'exponential' },
      what: 'learning-rate schedule',
    }),
    'Course of the learning rate',
    { default: 'cosine' },
  ),
  warmup: field(either(ratio(), int({ min: 0 })), 'Share or number of steps that rise', { default: 0.05 }),
  min_lr: field(number({ min: 0 }), 'Lowest rate', { defaultText: '0' }),
  step: field(int({ min: 1 }), 'Epochs between falls', { defaultText: '30' }),
  gamma: field(number({ above: 0, max: 1 }), 'Factor of a fall', {
    defaultText: '0.1; exponential: 0.95 an epoch',
  }),
  patience: field(int({ min: 0 }), 'Epochs without gain before a fall', { defaultText: '5' }),
});

const earlyStop = either(
  bool(),
  shorthand('patience', {
    patience: field(
      int({ min: 1, max: 100_000 }),
      'Steps without gain before stopping; of boosting, a step is the trees that add up to a learning rate of 0.25 (5 trees at 0.05)',
      {
        default: 10,
        impact: 2,
      },
    ),
    min_delta: field(number({ min: 0 }), 'Smallest gain that counts', { default: 0 }),
    restore_best: field(bool(), 'Keep the best step, not the last', { default: true }),
    metric: field(text('metric'), 'What is watched', {
      defaultText: 'the primary metric; log_loss for one of ranks, unless classes are weighted',
    }),
  }),
);

const imbalance = shorthand('strategy', {
  strategy: field(
    choice(['auto', 'none', 'weights', 'oversample', 'undersample', 'smote', 'focal', 'threshold'], {
      synonyms: {
        balanced: 'weights',
        class_weight: 'weights',
        upsample: 'oversample',
        downsample: 'undersample',
      },
      what: 'imbalance strategy',
    }),
    'What is done about rare classes',
    { default: 'auto', defaultText: 'auto (threshold+weights when minority<10%)', impact: 1 },
  ),
  ratio: field(number({ above: 0, max: 1 }), 'Minority to majority afterwards'),
});

const checkpoint = group({
  every: field(
    either(int({ min: 1 }), text('duration'), choice(['epoch', 'never'])),
    'Steps or time between saves',
    {
      default: 'epoch',
      supports: (value) => typeof value === 'number' || value === 'epoch' || value === 'never',
    },
  ),
  keep: field(
    int({ min: 1, max: 1000 }),
    'Saves of each fit that are kept: where the last is damaged, the one before counts',
    {
      default: 2,
    },
  ),
  resume: field(
    either(choice(['auto', 'never']), text('testPath')),
    'Go on from the saves of the same run, from none, or from those in the folder of another run',
    { default: 'auto' },
  ),
  best: field(bool(), 'Also keep the save with the best step', { default: true, appliesTo: stepwise }),
});

export const train = field(
  group({
    seed: field(int({ min: 0, max: 2 ** 32 - 1 }), 'One seed for every random source', {
      default: 42,
      impact: 1,
    }),
    deterministic: field(bool(), 'Refuse nondeterministic kernels', {
      default: true,
      supports: (value) => value === true,
    }),
    epochs: field(int({ min: 1, max: 1_000_000 }), 'Ceiling for iterative models', {
      default: 100,
      appliesTo: gradient,
      impact: 2,
    }),
    batch: field(either(int({ min: 1 }), choice(['auto'])), 'Batch size', {
      default: 'auto',
      defaultText: 'auto (the power of two nearest to a 200th of the rows, 32 to 512)',
      appliesTo: gradient,
      impact: 1,
    }),
    optimizer: field(optimizer, 'Optimiser', { appliesTo: gradient, impact: 2 }),
    schedule: field(schedule, 'Learning-rate schedule', {
      defaultText: 'cosine (warmup 5%)',
      appliesTo: gradient,
      impact: 1,
    }),
    early_stop: field(earlyStop, 'On valid, never on test', {
      default: {},
      appliesTo: stepwise,
      impact: 2,
    }),
    regularize: field(
      group({
        l1: field(number({ min: 0 }), 'L1 penalty on weights', { defaultText: '0' }),
        l2: field(number({ min: 0 }), 'L2 penalty on weights', { defaultText: '0' }),
        dropout: field(
          number({ min: 0, max: 0.95 }),
          'Share dropped of the activations that the model keeps',
          {
            defaultText: '0',
          },
        ),
        label_smoothing: field(number({ min: 0, below: 1 }), 'Share of certainty given to other classes', {
          defaultText: '0',
        }),
        mixup: field(
          number({ min: 0, max: 100 }),
          'Rows are trained on in mixed pairs: the a of the Beta(a, a) that shares are drawn from, such as 0.2',
          { defaultText: '0' },
        ),
        grad_clip: field(number({ above: 0 }), 'Largest gradient norm of a batch', { default: 1 }),
      }),
      "Over and above the model's own",
      { appliesTo: gradient, impact: 1 },
    ),
    imbalance: field(imbalance, 'Training rows only, after the split', {
      defaultText: 'auto (threshold+weights when minority<10%)',
      appliesTo: classes,
      impact: 1,
    }),
    augment: planned(list(either(text(), mapOf(anything('a setting')))), 'Training rows only', {
      default: [],
      appliesTo: gradient,
    }),
    checkpoint: field(checkpoint, 'Save and resume'),
    precision: planned(choice(['auto', 'fp32', 'bf16', 'fp16']), 'Mixed precision', {
      default: 'auto',
      appliesTo: gradient,
    }),
    device: field(
      choice(['auto', 'cpu', 'webgpu', 'cuda', 'mps'], {
        supported: ['auto', 'cpu', 'webgpu', 'cuda'],
        synonyms: { gpu: 'auto', metal: 'mps' },
        what: 'device',
      }),
      'Where',
      { default: 'auto', appliesTo: gradient },
    ),
    distributed: planned(
      group({
        strategy: planned(choice(['none', 'data', 'fsdp', 'pipeline']), 'How work is divided', {
          default: 'none',
        }),
        nodes: planned(int({ min: 1 }), 'Machines'),
        per_node: planned(int({ min: 1 }), 'Processes on each'),
      }),
      'Passed to command trainers',
      {
        appliesTo: { models: ['command'], because: 'only external commands are distributed' },
        onlyWritten: true,
      },
    ),
    budget: field(
      group({
        time: field(
          text('duration'),
          'Longest search and training: they end at the next step, and the run goes on',
          {
            default: '1h',
            impact: 1,
          },
        ),
        cost: planned(either(text('money'), number({ min: 0 })), 'Dearest run'),
        memory: field(
          text('size'),
          'Most memory of the process: past it the run stops, and can be resumed with more',
          {
            defaultText: 'what the machine has',
          },
        ),
      }),
      'Hard stops; estimated before the run',
    ),
  }),
  'How the model is trained',
  { impact: 2 },
);

/** `using: test` is legal here, because the rule `tune-on-test` says it better. */
const using = choice(['valid', 'cv', 'test', 'train']);

export const tune = field(
  shorthand('trials', {
    trials: field(int({ min: 0, max: 1_000_000 }), 'Number of trials; an int is the shorthand', {
      default: 0,
      defaultText: '0 (off)',
      impact: 2,
    }),
    search: field(
      choice(['bayesian', 'random', 'grid', 'asha', 'hyperband', 'bohb'], {
        synonyms: { tpe: 'bayesian', optuna: 'bayesian', bayes: 'bayesian', halving: 'asha' },
        what: 'search',
      }),
      'Search algorithm',
      { defaultText: 'bayesian (random if trials<15, asha for epochs)' },
    ),
    space: field(
      mapOf(either(text('searchSpace'), list(anything('a value')))),
      'What varies; paths are completed and range-checked',
      { defaultText: 'built-in space of the family' },
    ),
    using: field(using, 'Never test', { defaultText: 'cv if split.cv else valid' }),
    prune: field(
      group({
        after: field(int({ min: 0 }), 'Trials that run to the end first', { default: 5 }),
        fraction: field(ratio({ above: 0, below: 1 }), 'Worst share that is stopped', { default: 0.5 }),
      }),
      'Stop bad trials',
    ),
    timeout: field(text('duration'), 'Total', { defaultText: 'train.budget.time' }),
    parallel: field(int({ min: 1, max: 1024 }), 'Concurrent trials', { defaultText: 'cores/2' }),
    warm_start: field(
      either(choice(['none', 'history']), text('run')),
      'Start from the best past runs with the same schema',
      {
        default: 'history',
      },
    ),
  }),
  'Search for better settings',
  { onlyWritten: true, impact: 2 },
);
