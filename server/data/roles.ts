/** Which columns are features: by default all that are not the target, an id, a time, a group, a weight, personal data or known too late. */
import { matchesColumn } from '../config/columnPattern.ts';
import { isWindowed } from '../config/derivedFeature.ts';
import type { Experiment } from '../config/experiment.ts';
import { columnsOf } from '../config/expression/check.ts';
import { parseExpression } from '../config/expression/parse.ts';
import { isDate } from '../config/schema/values.ts';
import type { ColumnKind } from './table.ts';

interface NamedColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** Kinds that no transform compiles to the ONNX file yet. */
const unsupported: ReadonlySet<ColumnKind> = new Set(['text', 'image', 'embedding', 'geo']);

/**
 * The features among `columns`, in their order. A name in `features.include` brings a column in whatever its role,
 * a glob only those that are features by default; what `features.derive` makes is one without being named;
 * `features.exclude` wins. The target and what `data.derive` computed it from never are. Names without a column are passed over: lint reports them.
 */
export function featureColumns<T extends NamedColumn>(experiment: Experiment, columns: readonly T[]): T[] {
  return wanted(experiment, columns).filter(({ kind }) => !unsupported.has(kind));
}

/** What would be a feature if its kind were supported, and why it is not. */
export function leftOutColumns(
  experiment: Experiment,
  columns: readonly NamedColumn[],
): { name: string; reason: string }[] {
  return wanted(experiment, columns)
    .filter(({ kind }) => unsupported.has(kind))
    .map(({ name, kind }) => ({ name, reason: `${kind} columns are not turned into features yet` }));
}

/** Columns that the target's expression in `data.derive` reads, directly or through other derived columns. */
export function targetSources(experiment: Experiment): Set<string> {
  const expressions = new Map(experiment.data.derive.map(({ name, expr }) => [name, expr]));
  const sources = new Set<string>();
  const open = experiment.target === undefined ? [] : [experiment.target];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const expression = expressions.get(name);
    const ast = expression === undefined ? undefined : parseExpression(expression).ast;
    if (ast === undefined) continue;
    for (const read of columnsOf(ast)) {
      if (sources.has(read)) continue;
      sources.add(read);
      open.push(read);
    }
  }
  return sources;
}

/** Settings that name what `features.derive` makes, which comes after rows are labelled, chosen and divided. */
export function featuresAsRoles({
  target,
  data,
  split,
  features,
}: Experiment): { setting: string; column: string }[] {
  const roles = { target, 'data.id': data.id, 'data.time': data.time, 'data.group': data.group };
  const all = { ...roles, 'data.weight': data.weight, 'split.by': split.by };
  const made = new Set(features.derive.map(({ name }) => name));
  return Object.entries(all).flatMap(([setting, column]) =>
    column !== undefined && made.has(column) ? [{ setting, column }] : [],
  );
}

/** Why no feature may read a column of its own row: it is not known when predicting, nor is what it is computed from. */
export function unknownYet(
  experiment: Experiment,
  name: string,
  within: readonly string[] = [],
): string | undefined {
  if (name === experiment.target) return 'is the target';
  if (targetSources(experiment).has(name)) return 'is what the target is computed from';
  const contract = Object.hasOwn(experiment.data.columns, name) ? experiment.data.columns[name] : undefined;
  if (contract?.available === 'after') return 'is known only after the outcome';
  const made = experiment.data.derive.find((item) => item.name === name);
  const ast = made === undefined ? undefined : parseExpression(made.expr).ast;
  if (ast === undefined || within.includes(name)) return undefined;
  for (const read of columnsOf(ast)) {
    const why = unknownYet(experiment, read, [...within, name]);
    if (why !== undefined) return `is computed from \`${read}\`, which ${why}`;
  }
  return undefined;
}

/** Whether a column is computed from these alone, row by row. */
export function followsFrom(
  { data, features }: Experiment,
  name: string,
  others: readonly string[],
): boolean {
  const made = [...data.derive, ...features.derive].find((item) => item.name === name);
  const ast = made === undefined || isWindowed(made) ? undefined : parseExpression(made.expr).ast;
  return ast !== undefined && columnsOf(ast).every((read) => read !== name && others.includes(read));
}

/** `data.time`; else, where `split.test` is a date, the only column of dates, which then counts as `data.time`. */
export function timeColumn(
  { data, split, target }: Experiment,
  columns: readonly NamedColumn[],
): string | undefined {
  if (data.time !== undefined || typeof split.test !== 'string' || !isDate(split.test)) return data.time;
  const dates = columns.filter(({ name, kind }) => kind === 'datetime' && name !== target);
  return dates.length === 1 ? dates[0]?.name : undefined;
}

function wanted<T extends NamedColumn>(experiment: Experiment, columns: readonly T[]): T[] {
  const { include, exclude, derive } = experiment.features;
  const made = new Set(derive.map(({ name }) => name));
  const hidden = targetSources(experiment);
  const time = timeColumn(experiment, columns);
  return columns.filter(({ name }) => {
    if (name === experiment.target || hidden.has(name) || matchesColumn(exclude, name)) return false;
    if (include === undefined || made.has(name)) return !hasOtherRole(experiment, name, time);
    return include.includes(name) || (matchesColumn(include, name) && !hasOtherRole(experiment, name, time));
  });
}

function hasOtherRole({ data }: Experiment, name: string, time: string | undefined): boolean {
  if ([data.id, time, data.group, data.weight].includes(name)) return true;
  const contract = Object.hasOwn(data.columns, name) ? data.columns[name] : undefined;
  if (contract === undefined) return false;
  const { role, pii, available } = contract;
  return (
    (role !== undefined && role !== 'feature') ||
    (pii !== undefined && pii !== false) ||
    available === 'after'
  );
}
