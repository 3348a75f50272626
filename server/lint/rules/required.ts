/** What must be written from a stage on: one generic rule over the schema's `requiredFrom`. */
import { ruleNamed } from '../../catalog/rules.ts';
import { type Field, fields } from '../../config/fields.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import type { Range } from '../../protocol/finding.ts';
import { circumstances } from '../circumstances.ts';
import { insertFix } from '../inserted.ts';
import type { Draft, Rule } from '../rule.ts';
import { writtenAt } from '../walk.ts';

/** One rule for all fields that share its id: a card that lacks four things is told once. */
function requiredRule(id: string, required: readonly Field[]): Rule {
  return {
    id,
    needs: ['text'],
    *run(context) {
      const { loaded } = context;
      const missing = required.filter((field) => isMissing(field, loaded));
      const [first] = missing;
      if (first === undefined) return;
      const names = missing.map((field) => field.path.split('.').at(-1) ?? field.path);
      const template = ruleNamed(id)?.message ?? `\`${first.path}\` is not written.`;
      yield {
        path: first.path,
        range: placeOfMissing(first, loaded),
        message: template.replace('{list}', names.join(', ')).replace('{x}', 'the model'),
        data: { missing: missing.map((field) => field.path) },
        fixes: insertFix(context, missing),
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
