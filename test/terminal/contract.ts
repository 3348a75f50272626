/** cli.md's documents as schemas, written from that page and not from the code: fields may be added, none renamed. */
import * as z from 'zod';

const number = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]);
const time = z.iso.datetime();
const estimate = z.looseObject({ value: number, low: number, high: number });
const metrics = z.record(z.string(), estimate);
const label = z.union([z.string(), z.number(), z.boolean()]);
const severity = z.enum(['error', 'warning', 'info', 'hint']);
const position = z.object({ line: z.int().min(0), character: z.int().min(0) });
const range = z.object({ start: position, end: position });
const hash = z.string().regex(/^sha256:[0-9a-f]{64}$/);
/** Relative to the workspace. */
const artifact = z.string().regex(/^(?!\/|\.\.).+/);

export const head = z.looseObject({
  id: z.string().min(1),
  experiment: z.string(),
  status: z.enum(['finished', 'failed', 'cancelled', 'running', 'interrupted']),
  started: time,
  ended: time.nullable(),
});

export const run = z.looseObject({
  run: head,
  task: z.enum(['binary', 'multiclass', 'regression', 'count', 'quantile']),
  lint: z.looseObject({ error: z.int() }),
  target: z.string(),
  positive: label.nullable(),
  metric: z.string(),
  rows: z.looseObject({ train: z.int(), valid: z.int(), test: z.int() }),
  model: z.looseObject({ type: z.string(), params: z.record(z.string(), z.unknown()) }),
  metrics: z.looseObject({ test: metrics, valid: metrics, train: metrics }),
  baselines: z.record(z.string(), metrics),
  comparisons: z.array(
    z.looseObject({
      to: z.string(),
      metric: z.string(),
      difference: number,
      low: number,
      high: number,
      p: number,
      pAdjusted: number,
      test: z.string(),
    }),
  ),
  slices: z.array(z.looseObject({})),
  fairness: z.array(z.unknown()),
  explanations: z.array(z.looseObject({})),
  gates: z.array(
    z.looseObject({
      gate: z.string(),
      passed: z.boolean(),
      value: number.nullable(),
      low: number.nullable(),
      high: number.nullable(),
    }),
  ),
  parity: z.looseObject({ maxAbsDifference: z.number().max(1e-5) }),
  device: z.looseObject({ engine: z.string(), name: z.string() }),
  timings: z.looseObject({
    read: z.number(),
    lint: z.number(),
    train: z.number(),
    evaluate: z.number(),
  }),
  artifacts: z.looseObject({ model: artifact, predictions: artifact, card: artifact }),
  lineage: z.looseObject({
    data: hash,
    config: hash,
    code: z.string().startsWith('git:'),
    environment: hash,
    seed: z.int(),
  }),
});

export const lint = z.looseObject({
  findings: z.array(
    z.looseObject({
      rule: z.string(),
      severity,
      file: z.string(),
      path: z.string(),
      range,
      message: z.string(),
      data: z.looseObject({}),
      fixes: z.array(z.looseObject({ title: z.string() })),
      sampled: z.object({ seen: z.int(), total: z.int() }).optional(),
    }),
  ),
  files: z.array(z.string()),
  summary: z.record(severity, z.int()),
});

export const failure = z.strictObject({
  error: z.strictObject({
    code: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
    message: z.string().min(10),
    help: z.string().min(5),
    file: z.string().optional(),
    range: range.optional(),
    row: z.int().min(0).optional(),
    column: z.string().optional(),
    run: z.object({ id: z.string() }).optional(),
  }),
});

const effectSize = z.enum(['none', 'small', 'medium', 'large']);

export const drift = z
  .looseObject({
    columns: z.array(
      z
        .looseObject({
          column: z.string(),
          kind: z.string(),
          test: z.string(),
          statistic: number.nullable(),
          p: z.number().nullable(),
          pAdjusted: z.number().nullable(),
          effect: z.number().nullable(),
          size: effectSize,
          drifted: z.boolean(),
          reason: z.string().min(10),
        })
        .refine(
          ({ test, statistic, p, pAdjusted, effect, drifted }) =>
            test !== 'none' ||
            (!drifted && [statistic, p, pAdjusted, effect].every((value) => value === null)),
        ),
    ),
    multivariate: z.looseObject({
      test: z.string(),
      auc: z.number().nullable(),
      p: z.number().nullable(),
      drifted: z.boolean(),
      top: z.array(z.string()),
    }),
    rows: z.object({ reference: z.int(), current: z.int() }),
    sampled: z.object({ reference: z.int().max(5_000), current: z.int().max(20_000) }),
    alpha: z.number(),
    correction: z.string(),
    seed: z.int(),
    drifted: z.boolean(),
  })
  // `size` asks for significance, `drifted` for the effect besides.
  .refine(({ columns, alpha }) =>
    columns.every(({ size, drifted, pAdjusted }) =>
      size === 'none' ? !drifted || pAdjusted === null : (pAdjusted ?? 1) <= alpha,
    ),
  );

export const monitor = z.looseObject({
  subject: z.string(),
  deployment: z.string().nullable(),
  model: z.string(),
  run: z.string(),
  windows: z.array(
    z.looseObject({
      from: time.nullable(),
      to: time.nullable(),
      rows: z.int(),
      tested: z.boolean(),
      drifted: z.boolean(),
      alarm: z.boolean(),
      columns: z.array(z.string()),
    }),
  ),
  report: drift.nullable(),
  alarm: z.boolean(),
  replay: z.looseObject({ windows: z.int(), alarms: z.int(), rate: z.number() }).nullable(),
});

export const documents = {
  'runs list': z.object({
    runs: z.array(
      head.extend({
        metric: z.string().nullable(),
        value: number.nullable(),
        low: number.nullable(),
        high: number.nullable(),
      }),
    ),
  }),
  'runs compare': z.looseObject({
    runs: z.array(z.string()),
    parameters: z.array(z.looseObject({ path: z.string(), values: z.array(z.unknown()) })),
    metrics: z.array(
      z.looseObject({
        name: z.string(),
        values: z.array(number),
        difference: number,
        low: number,
        high: number,
        p: number,
      }),
    ),
  }),
  'run --detach': z.looseObject({ run: head.extend({ status: z.literal('running') }) }),
  'run --dry-run': z.looseObject({
    plan: z.looseObject({
      stages: z.array(z.looseObject({ stage: z.string() })).min(3),
      seconds: z.number(),
      memoryBytes: z.number(),
    }),
  }),
  profile: z.looseObject({
    rows: z.int(),
    hash,
    columns: z.array(
      z.looseObject({
        name: z.string(),
        kind: z.string(),
        missing: z.int(),
        distinct: z.int(),
        top: z.array(z.looseObject({ value: z.unknown(), count: z.int() })),
        link: number.nullish(),
      }),
    ),
  }),
  evaluate: z.looseObject({
    model: z.string(),
    rows: z.int(),
    metrics,
    slices: z.array(z.looseObject({})),
  }),
  predict: z.looseObject({ output: z.string(), rows: z.int() }),
  resolve: z.looseObject({
    experiment: z.record(z.string(), z.unknown()),
    origins: z.record(z.string(), z.looseObject({})),
  }),
  rules: z.looseObject({
    rules: z.array(
      z.looseObject({
        id: z.string(),
        severity,
        level: z.string(),
        state: z.string(),
        doc: z.string(),
      }),
    ),
  }),
};
