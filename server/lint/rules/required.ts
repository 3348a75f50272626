/** What must be written from a stage on: one generic rule over the schema's `requiredFrom`. */
import { ruleNamed } from '../../catalog/rules.ts';
import { setEdit } from '../../config/edits.ts';
import { type Field, fields } from '../../config/fields.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import type { Range } from '../../protocol/finding.ts';
import { circumstances } from '../circumstances.ts';
import { fixOf } from '../fixes.ts';
import type { Draft, Rule } from '../rule.ts';
import { writtenAt } from '../walk.ts';

/** What a fix inserts, where one value is sensible for nearly everybody. */
const inserts: Readonly<Record<string, string>> = {
  gates: '[beats baseline]',
  monitor: '1d',
  'evaluate.explain': '{method: auto}',
  'serve.rollback': '{to: previous, keep: 2}',
  'serve.latency': '{p95: 100ms}',
  'serve.load_test': '{duration: 60s}',
  'serve.endpoint.version': 'v1',
  'serve.stream.watermark': '1m',
  'monitor.retrain': '{approve: manual}',
  'llm.safety': '{pii: redact, injection: true}',
  'llm.cost': '{per_run: 5 USD}',
  'llm.latency': '{stream: true}',
  'llm.monitor': '{tokens: true, cost: true}',
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
  const parent = path.split('.').slice(0, -1).join('.');
  const asking = [parent, section, requiredFrom?.within ?? '', 'serve', 'monitor', 'registry', 'gates'];
  return loaded.placeOf(asking.find((each) => each !== '' && loaded.source.has(each)) ?? section, 'key')
    .range;
}

const asked: ReadonlySet<string> = new Set(
  fields.filter(({ requiredFrom }) => requiredFrom !== undefined).map(({ path }) => path),
);

/** Judges what is written, bases included, not what defaults would give. */
function isMissing({ path, requiredFrom }: Field, loaded: LoadedExperiment): boolean {
  if (requiredFrom === undefined) return false;
  const { within, task, given, whatever = false, or = [] } = requiredFrom;
  if (within !== undefined && !loaded.isWritten(within)) return false;
  if (task !== undefined && loaded.experiment?.task !== task) return false;
  if (given !== undefined && !circumstances[given](loaded)) return false;
  // Without the section around it, another rule asks for the whole section.
  const parent = path.split('.').slice(0, -1).join('.');
  if (asked.has(parent) && !loaded.isWritten(parent)) return false;
  return whatever || ![path, ...or].some((each) => isFilled(writtenAt(loaded, each)));
}

function isFilled(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 'none') return false;
  return !(Array.isArray(value) && value.length === 0);
}

/** Rules that know more of their field than that it is missing. */
const elsewhere: readonly string[] = ['data-unpinned', 'no-contract'];

const required = fields.filter(
  ({ requiredFrom }) => requiredFrom !== undefined && !elsewhere.includes(requiredFrom.rule),
);

export const requiredRules: readonly Rule[] = [
  ...Map.groupBy(required, (field) => field.requiredFrom?.rule ?? ''),
].map(([id, same]) => requiredRule(id, same));
