/** Section 11 of the language: how the model answers, how it is released, and how it is taken back. */
import { type Circumstance, field, planned } from './meta.ts';
import {
  anything,
  bool,
  choice,
  either,
  group,
  int,
  item,
  list,
  number,
  oneOrMore,
  ratio,
  shorthand,
  text,
} from './values.ts';

const within = (rule: string, insert: string, given?: Circumstance) => ({
  requiredFrom: {
    stage: 3 as const,
    rule,
    within: 'serve',
    insert,
    ...(given === undefined ? {} : { given }),
  },
});

const endpoint = group({
  path: field(text(), 'Path of the URL', { default: '/predict' }),
  port: field(int({ min: 0, max: 65_535 }), 'TCP port; 0 takes a free one', { default: 8080 }),
  version: planned(text(), 'Version of the API', {
    default: 'v1',
    ...within('tight-coupling', 'v1', 'answers in real time'),
  }),
  auth: planned(choice(['none', 'key', 'jwt', 'mtls']), 'Who may ask; loopback only while none', {
    default: 'none',
  }),
  rate_limit: planned(text('rate'), 'Most requests'),
});

const batch = group({
  in: planned(text('path'), 'What is scored'),
  out: planned(text('path'), 'Where scores go'),
  schedule: planned(text('schedule'), 'When'),
  chunk: planned(int({ min: 1 }), 'Rows at a time', { default: 10000 }),
  mode: planned(choice(['append', 'overwrite', 'merge']), 'What happens to old scores', {
    default: 'append',
  }),
});

const stream = group({
  in: planned(text('path'), 'Where events come from'),
  out: planned(text('path'), 'Where scores go'),
  window: planned(text('duration'), 'Width of a window'),
  watermark: planned(text('duration'), 'How long to wait for late events', {
    default: '1m',
    requiredFrom: {
      stage: 3,
      rule: 'stream-no-watermark',
      within: 'serve',
      given: 'scores a stream',
      or: ['serve.stream.late'],
      insert: '1m',
    },
  }),
  late: planned(choice(['drop', 'side', 'update']), 'What happens to later ones', { default: 'side' }),
  state: planned(text('path'), 'Where state is kept'),
  delivery: planned(choice(['at-least-once', 'exactly-once']), 'What a crash may repeat', {
    default: 'at-least-once',
  }),
});

const optimize = group({
  quantize: planned(
    choice(['none', 'fp16', 'bf16', 'int8', 'int4', 'dynamic'], { what: 'quantization' }),
    'Smaller numbers',
    { default: 'none' },
  ),
  prune: planned(
    group({
      sparsity: planned(ratio({ min: 0, below: 1 }), 'Share of weights removed'),
      structured: planned(bool(), 'Whole rows and channels'),
    }),
    'Fewer weights',
  ),
  distill: planned(
    group({
      student: planned(anything('a model'), 'Smaller model'),
      temperature: planned(number({ above: 0 }), 'Softness of the targets'),
      alpha: planned(ratio(), 'Weight of the teacher'),
    }),
    'A small model that imitates the big one',
  ),
  export: planned(choice(['none', 'onnx']), 'Format'),
  max_drop: planned(ratio(), 'Largest loss of the primary metric', { default: 0.005 }),
});

const rollout = group({
  strategy: planned(
    choice(['canary', 'ab', 'shadow', 'blue-green', 'all'], {
      synonyms: { bluegreen: 'blue-green', 'a/b': 'ab' },
      what: 'rollout strategy',
    }),
    'How',
    { default: 'canary' },
  ),
  steps: planned(list(ratio()), 'Share of traffic at each step', { default: [0.05, 0.25, 1] }),
  hold: planned(text('duration'), 'Time at each step', { default: '1h' }),
  guard: planned(list(text('gate')), 'What aborts it when broken', {
    default: ['error_rate < 1%', 'latency.p95 < budget'],
  }),
  ab: planned(
    group({
      metric: planned(text(), 'What is compared: a metric or a KPI'),
      mde: planned(ratio(), 'Smallest effect worth seeing'),
      power: planned(ratio({ above: 0, below: 1 }), 'Chance to see it'),
      alpha: planned(number({ above: 0, max: 0.5 }), 'Chance of a false alarm'),
      unit: planned(text('column'), 'What is assigned to an arm'),
      allocation: planned(either(ratio(), list(ratio())), 'Share of each arm'),
      sequential: planned(bool(), 'May be looked at any time'),
    }),
    'A/B test',
  ),
});

export const serve = field(
  shorthand('mode', {
    mode: planned(
      choice(['realtime', 'batch', 'stream'], {
        synonyms: { online: 'realtime', 'real-time': 'realtime', offline: 'batch', streaming: 'stream' },
        what: 'serving mode',
      }),
      'Pattern; a string is the shorthand',
      { default: 'realtime' },
    ),
    runtime: planned(
      choice(
        [
          'builtin',
          'onnx',
          'tf-serving',
          'torchserve',
          'triton',
          'bentoml',
          'ray',
          'kserve',
          'seldon',
          'sagemaker',
          'vertex',
        ],
        { what: 'serving runtime' },
      ),
      'Exporter',
      { default: 'builtin' },
    ),
    endpoint: field(endpoint, 'API contract; OpenAPI file is generated', {
      defaultText: '{path: /predict, port: 8080, version: v1, auth: none} (loopback only while auth is none)',
    }),
    input: field(choice(['strict', 'coerce', 'none']), 'Validate requests with the training schema', {
      default: 'strict',
    }),
    filter: planned(text('expr'), 'Population served', { defaultText: 'data.filter' }),
    batch: planned(batch, 'Batch scoring', { onlyWritten: true }),
    stream: planned(stream, 'Stream scoring', { onlyWritten: true }),
    latency: planned(
      group({
        p50: planned(text('duration'), 'Median'),
        p95: planned(text('duration'), '19 of 20 requests', { default: '100ms' }),
        p99: planned(text('duration'), '99 of 100 requests'),
        timeout: planned(text('duration'), 'Longest wait', { default: '1s' }),
      }),
      'Budgets, measured by load test and live',
      {
        requiredFrom: {
          ...within('no-latency-budget', '{p95: 100ms}', 'answers in real time').requiredFrom,
          or: ['llm.latency'],
        },
      },
    ),
    scale: planned(
      group({
        min: planned(int({ min: 0 }), 'Fewest replicas', { default: 1 }),
        max: planned(int({ min: 1 }), 'Most replicas', { default: 4 }),
        target: planned(ratio(), 'Load at which one is added', { default: 0.7 }),
        concurrency: planned(int({ min: 1 }), 'Requests at a time in each'),
      }),
      'Replicas and autoscaling',
    ),
    models: planned(
      list(
        item(
          {
            model: planned(text(), 'Model reference'),
            when: planned(text('expr'), 'Requests it answers'),
            weight: planned(number({ min: 0 }), 'Share of the traffic'),
          },
          ['model'],
        ),
      ),
      'Multi-model routing',
      { default: [] },
    ),
    optimize: planned(optimize, 'Compression; re-evaluated and gated on max_drop'),
    cache: planned(
      either(
        choice(['none']),
        group({
          ttl: planned(text('duration'), 'How long an answer counts'),
          size: planned(either(int({ min: 1 }), text('size')), 'Most entries or bytes'),
          key: planned(list(text('column')), 'Columns that make two requests equal'),
        }),
      ),
      'Prediction cache',
      { default: 'none' },
    ),
    fallback: planned(
      either(choice(['none', 'baseline', 'previous', 'default']), anything('a value')),
      'When model or features fail',
      { default: 'previous' },
    ),
    rollout: planned(rollout, 'Gradual rollout with automatic abort'),
    rollback: planned(
      group({
        to: planned(either(choice(['previous']), int({ min: 1 }), text('id')), 'Version', {
          default: 'previous',
        }),
        when: planned(list(text('gate')), 'What triggers it', { default: ['guard'] }),
        keep: planned(int({ min: 1 }), 'Versions kept ready', { default: 2 }),
      }),
      'One command and automatic',
      within('no-rollback', '{to: previous, keep: 2}'),
    ),
    load_test: planned(
      group({
        rps: planned(number({ above: 0 }), 'Requests a second', { defaultText: 'constraints.throughput' }),
        duration: planned(text('duration'), 'How long', { default: '60s' }),
        ramp: planned(text('duration'), 'How long the load rises'),
      }),
      'Stress test before production',
      within('no-load-test', '{duration: 60s}', 'answers in real time'),
    ),
    human_review: planned(
      group({
        when: planned(text('expr'), 'Predictions that a person sees'),
        queue: planned(text(), 'Who'),
        sample: planned(ratio(), 'Share of the rest'),
      }),
      'Human in the loop',
      { defaultText: 'required when problem.risk is high', onlyWritten: true },
    ),
    log: field(
      group({
        inputs: field(bool(), 'Record requests', { default: true }),
        outputs: field(bool(), 'Record answers', { default: true }),
        sample: field(ratio(), 'Share recorded', { default: 1 }),
        redact: field(oneOrMore(text('column')), 'Columns left out', { default: 'pii' }),
        retention: field(text('duration'), 'How long it is kept', { default: '90d' }),
      }),
      'Prediction log feeding the monitor',
    ),
    container: planned(
      group({
        image: planned(text(), 'Name of the image'),
        base: planned(text(), 'Image it starts from'),
        gpu: planned(either(bool(), int({ min: 0 })), 'Needs a GPU'),
        health: planned(text(), 'Path that says it is well'),
      }),
      'Packaging',
      { defaultText: 'generated Dockerfile', onlyWritten: true },
    ),
  }),
  'How the model answers',
  { onlyWritten: true },
);
