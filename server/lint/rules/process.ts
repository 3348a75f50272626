/** Protections that are given away in writing: each a setting, the values that refuse it, and what to write instead. */
import { ruleNamed } from '../../catalog/rules.ts';
import { setEdit } from '../../config/edits.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import { isMap } from '../../config/schema/nodes.ts';
import { fixOf } from '../fixes.ts';
import type { Draft, Rule } from '../rule.ts';
import { writtenAt } from '../walk.ts';

/** Something is written that gives the protection away. */
interface Refusal {
  readonly rule: string;
  readonly path: string;
  readonly refuses: (value: unknown, loaded: LoadedExperiment) => boolean;
  readonly instead: string;
}

const isNone = (value: unknown): boolean => value === 'none' || value === false;
const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** Everything of it that is written is switched off. */
const isAllOff = (value: unknown): boolean =>
  isMap(value) &&
  Object.keys(value).length > 0 &&
  Object.values(value).every((each) => each === false || each === 0 || each === 'none');

/** Exporters whose servers describe no OpenAPI. */
const undescribed: readonly unknown[] = [
  'onnx',
  'tf-serving',
  'torchserve',
  'triton',
  'ray',
  'sagemaker',
  'vertex',
];

const refusals: readonly Refusal[] = [
  { rule: 'no-slices', path: 'evaluate.slices', refuses: isEmpty, instead: 'auto' },
  {
    rule: 'no-error-analysis',
    path: 'evaluate.errors',
    refuses: isAllOff,
    instead: '{confusion: true, residuals: true}',
  },
  {
    rule: 'no-tests',
    path: 'run.tests',
    // What is not written of it is on.
    refuses: (value) =>
      isAllOff(value) && isMap(value) && value['data'] === false && value['model'] === false,
    instead: '{data: true, model: true}',
  },
  { rule: 'canary-no-guard', path: 'serve.rollout.guard', refuses: isEmpty, instead: '[error_rate < 1%]' },
  {
    rule: 'no-prediction-log',
    path: 'serve.log',
    refuses: (value) =>
      isMap(value) && ((value['inputs'] === false && value['outputs'] === false) || value['sample'] === 0),
    instead: '{inputs: true, outputs: true}',
  },
  {
    rule: 'no-autoscale',
    path: 'serve.scale.max',
    refuses: (value, loaded) => value === 1 && loaded.isWritten('problem.constraints.throughput'),
    instead: '4',
  },
  {
    rule: 'no-api-docs',
    path: 'serve.runtime',
    refuses: (value, loaded) =>
      undescribed.includes(value) && (writtenAt(loaded, 'serve.mode') ?? 'realtime') === 'realtime',
    instead: 'builtin',
  },
  {
    rule: 'big-bang-rollout',
    path: 'serve.rollout.strategy',
    refuses: (value) => value === 'all',
    instead: 'canary',
  },
  { rule: 'loose-input', path: 'serve.input', refuses: isNone, instead: 'strict' },
  { rule: 'no-fallback', path: 'serve.fallback', refuses: isNone, instead: 'previous' },
  { rule: 'no-rollback', path: 'serve.rollback.keep', refuses: (value) => Number(value) < 2, instead: '2' },
  { rule: 'no-drift-detection', path: 'monitor.drift', refuses: isNone, instead: '{effect: medium}' },
  {
    rule: 'uncorrected-tests',
    path: 'monitor.drift.correction',
    refuses: isNone,
    instead: 'maxt',
  },
  {
    rule: 'reference-is-train',
    path: 'monitor.reference',
    refuses: (value) => value === 'train',
    instead: 'test',
  },
  {
    rule: 'no-performance-signal',
    path: 'monitor.performance.estimate',
    refuses: (value, loaded) => isNone(value) && !loaded.isWritten('monitor.performance.labels'),
    instead: 'auto',
  },
  {
    rule: 'auto-retrain-ungated',
    path: 'monitor.retrain.approve',
    refuses: (value, loaded) =>
      value === 'auto' && !loaded.isWritten('gates') && !loaded.isWritten('monitor.retrain.gates'),
    instead: 'manual',
  },
];

function refusalRule(id: string, cases: readonly Refusal[]): Rule {
  return {
    id,
    needs: ['text'],
    *run({ loaded }) {
      for (const { path, refuses, instead } of cases) {
        const value = writtenAt(loaded, path);
        if (value === undefined || !refuses(value, loaded)) continue;
        const message = (ruleNamed(id)?.message ?? '')
          .replace(/About \{k\} false/, 'More than the asked share of false')
          .replace('{r}/s', String(writtenAt(loaded, 'problem.constraints.throughput')));
        const fixes = fixOf(`Change to ${instead}`, setEdit(loaded.source, path, instead));
        yield { path, message, data: { path, value }, fixes } satisfies Draft;
      }
    },
  };
}

export const processRules: readonly Rule[] = [...Map.groupBy(refusals, (each) => each.rule)].map(
  ([id, same]) => refusalRule(id, same),
);
