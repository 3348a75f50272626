/** What the fixes of "required from a stage on" write: a value for nearly everybody, what is known, or a skeleton to fill in. */
import { basename } from 'node:path';
import { yamlScalar } from '../config/edits.ts';
import { type Field, fieldAt } from '../config/fields.ts';
import { flowOf, type Insertion, insertEdits, type Written } from '../config/inserts.ts';
import type { Insertable, RequiredFrom } from '../config/schema/meta.ts';
import { skeletonOf } from '../config/skeleton.ts';
import type { Fix } from '../protocol/finding.ts';
import { fixOf } from './fixes.ts';
import { headlineOf, lastOf, number4 } from './history.ts';
import type { LintContext } from './rule.ts';
import { directionOf } from './rules/results.ts';

const insertables: Readonly<Record<Insertable, (context: LintContext) => string | undefined>> = {
  'the name of the experiment': ({ loaded: { experiment, file } }) =>
    yamlScalar(experiment?.name ?? basename(file).replace(/\..*$/, '')),
  'the user of git': ({ repository }) => {
    const user = repository?.()?.user;
    return user === undefined ? undefined : yamlScalar(user);
  },
  'what the last run reached': lastReached,
};

/** A gate at the end of the interval that a model as good as the last one passes. */
function lastReached({ runs }: LintContext): string | undefined {
  const last = runs && lastOf(runs);
  const figure = last && headlineOf(last);
  const sign = last && directionOf(last.document.metric);
  if (last === undefined || figure === undefined || sign === undefined) return undefined;
  const [operator, limit] = sign === 1 ? ['>=', figure.low] : ['<=', figure.high];
  if (!Number.isFinite(limit)) return undefined;
  return `[beats baseline, ${last.document.metric} ${operator} ${number4(limit)}]`;
}

/** Writes all of the fields at once; none where one of them cannot be. */
export function insertFix(context: LintContext, fields: readonly Field[]): readonly Fix[] {
  const { source } = context.loaded;
  let toFill = false;
  const insertions: Insertion[] = fields.flatMap(({ path, schema, requiredFrom }) => {
    if (requiredFrom === undefined || requiredFrom.insert === false) return [];
    const known = knownValue(context, requiredFrom);
    const value = known ?? skeletonOf(schema, (required) => knownValue(context, required));
    if (value === undefined) return [];
    toFill ||= known === undefined;
    return [{ path, value }];
  });
  if (insertions.length === 0 || insertions.length < fields.length) return [];
  const names = insertions.map(({ path, value }) => (toFill ? path : `${path}: ${flowOf(value)}`));
  const title = `Insert ${names.join(', ')}${toFill ? ', to be filled in' : ''}`;
  return fixOf(title, insertEdits(source, insertions));
}

/** What would be written at the path of a field; undefined where nobody can know. */
export function insertionOf(context: LintContext, path: string): Insertion | undefined {
  const field = fieldAt(path);
  const value = field && skeletonOf(field.schema, (required) => knownValue(context, required));
  return value === undefined ? undefined : { path, value };
}

/** A constant list is a list to which what is written already is kept. */
function knownValue(context: LintContext, { insert, insertKnown }: RequiredFrom): Written | undefined {
  const known = insertKnown === undefined ? undefined : insertables[insertKnown](context);
  const yaml = known ?? (insert === false ? undefined : insert);
  return yaml?.startsWith('[') === true ? [yaml.slice(1, -1)] : yaml;
}
