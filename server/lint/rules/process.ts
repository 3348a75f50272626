/** What must be written once a model is shipped: one generic rule over the schema's `requiredFrom`, and written refusals. */
import { ruleNamed } from '../../catalog/rules.ts';
import { setEdit } from '../../config/edits.ts';
import { type Field, fields } from '../../config/fields.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import type { Range } from '../../protocol/finding.ts';
import { fixOf } from '../fixes.ts';
import type { Draft, Rule } from '../rule.ts';
import { writtenAt } from '../walk.ts';

/** What a fix inserts, where one value is sensible for nearly everybody. */
const inserts: Readonly<Record<string, string>> = {
  gates: '[beats baseline]',
  monitor: '1d',
  'serve.rollback': '{to: previous, keep: 2}',
  'serve.latency': '{p95: 100ms}',
  'serve.load_test': '{duration: 60s}',
  'monitor.retrain': '{approve: manual}',
};

/** One rule for all fields that share its id: a card that lacks four things is told once. */
function requiredRule(id: string, required: readonly Field[]): Rule {
  return {
    id,
    needs: ['text'],
    *run({ loaded }) {
      const missing = required.filter((field) => isMissing(field, loaded));
      const [first] = missing;
      if (first === undefined) return;
      const names = missing.map((field) => field.path.split('.').at(-1) ?? field.path);
      const template = ruleNamed(id)?.message ?? `\`${first.path}\` is not written.`;
      const yaml = inserts[first.path];
      yield {
        path: first.path,
        range: placeOfMissing(first, loaded),
        message: template.replace('{list}', names.join(', ')).replace('{x}', 'the model'),
        data: { missing: missing.map((field) => field.path) },
        fixes:
          yaml === undefined
            ? []
            : fixOf(`Insert ${first.path}: ${yaml}`, setEdit(loaded.source, first.path, yaml)),
      } satisfies Draft;
    },
  };
}

/** At the section it belongs to, else at the section that asks for it. */
function placeOfMissing({ path, requiredFrom }: Field, loaded: LoadedExperiment): Range {
  const section = path.split('.')[0] ?? path;
  const asking = [section, requiredFrom?.within ?? '', 'serve', 'monitor', 'registry'];
  return loaded.placeOf(asking.find((each) => each !== '' && loaded.source.has(each)) ?? section, 'key')
    .range;
}

/** Judges what is written, bases included, not what defaults would give. */
function isMissing({ path, requiredFrom }: Field, loaded: LoadedExperiment): boolean {
  if (requiredFrom === undefined) return false;
  const { within, task, or = [] } = requiredFrom;
  if (within !== undefined && !loaded.isWritten(within)) return false;
  if (task !== undefined && loaded.experiment?.task !== task) return false;
  // Without the section around it, another rule asks for the whole section.
  const parent = path.split('.').slice(0, -1).join('.');
  const parentAsked = fields.some((field) => field.path === parent && field.requiredFrom !== undefined);
  if (parentAsked && !loaded.isWritten(parent)) return false;
  return ![path, ...or].some((each) => isFilled(writtenAt(loaded, each)));
}

function isFilled(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 'none') return false;
  return !(Array.isArray(value) && value.length === 0);
}

/** Something is written that gives the protection away. */
interface Refusal {
  readonly rule: string;
  readonly path: string;
  readonly refuses: (value: unknown, loaded: LoadedExperiment) => boolean;
  readonly instead: string;
}

const isNone = (value: unknown): boolean => value === 'none' || value === false;

const refusals: readonly Refusal[] = [
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
        const message = (ruleNamed(id)?.message ?? '').replace(
          /About \{k\} false/,
          'More than the asked share of false',
        );
        const fixes = fixOf(`Change to ${instead}`, setEdit(loaded.source, path, instead));
        yield { path, message, data: { path, value }, fixes } satisfies Draft;
      }
    },
  };
}

/** Stage 3 only: at stage 2 nothing that this version acts on would be missing. */
const required = fields.filter(
  (field) => field.requiredFrom?.stage === 3 && field.requiredFrom.within !== 'llm',
);

export const processRules: readonly Rule[] = [
  ...[...Map.groupBy(required, (field) => field.requiredFrom?.rule ?? '')].map(([id, same]) =>
    requiredRule(id, same),
  ),
  ...[...Map.groupBy(refusals, (each) => each.rule)].map(([id, same]) => refusalRule(id, same)),
];
