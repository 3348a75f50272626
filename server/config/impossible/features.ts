/** What columns do not allow to be made of them: crosses, elapsed time, embeddings, an order. */
import { modelNamed } from '../../catalog/models.ts';
import type { Experiment } from '../experiment.ts';
import { isMap } from '../schema/nodes.ts';
import type { Case, Impossible } from './impossible.ts';

export function* featureFaults(asked: Case): Iterable<Impossible> {
  yield* noFeatures(asked);
  yield* crosses(asked);
  yield* elapsedFromNothing(asked);
  yield* embeddings(asked);
}

type Features = NonNullable<Case['known']['features']>;

function* noFeatures({ experiment }: Case): Iterable<Impossible> {
  if (experiment.features.include?.length !== 0) return;
  yield {
    rule: 'out-of-range',
    path: 'features.include',
    value: '[]',
    reason: 'the model would see no column',
    instead: 'the names of its columns',
  };
}

function* crosses({ experiment, known: { features } }: Case): Iterable<Impossible> {
  for (const [i, names] of (experiment.features.cross ?? []).entries()) {
    const fault = crossFault(names, features && ((name) => crossedAs(experiment, features, name)));
    if (fault === undefined) continue;
    yield {
      rule: 'conflicting-settings',
      path: `features.cross.${i}`,
      value: `[${names.join(', ')}]`,
      ...fault,
    };
  }
}

type Crossed = 'number' | 'category' | undefined;

/** Why columns cannot be crossed. `kindOf`: undefined for what is neither among the features; absent: not known yet. */
export function crossFault(
  names: readonly string[],
  kindOf: ((name: string) => Crossed) | undefined,
): Pick<Impossible, 'reason' | 'instead' | 'column'> | undefined {
  if (new Set(names).size < 2)
    return { reason: 'one column has nothing to be crossed with', instead: 'two features or more' };
  if (kindOf === undefined) return undefined;
  const odd = names.find((name) => kindOf(name) === undefined);
  if (odd !== undefined) {
    const reason = `${odd} is no number or category among the features`;
    return { reason, instead: 'two features or more', column: odd };
  }
  if (new Set(names.map(kindOf)).size === 1) return undefined;
  return {
    reason: 'numbers and categories cannot be crossed as they are',
    instead: 'bins for the numbers',
  };
}

function crossedAs(experiment: Experiment, features: Features, name: string): Crossed {
  const kind = kindAmong(features, name);
  if (kind === 'numeric') return isBinned(experiment, name) ? 'category' : 'number';
  if (kind === 'boolean') return 'number';
  return kind === 'categorical' || kind === 'ordinal' ? 'category' : undefined;
}

function kindAmong(features: Features, name: string): string | undefined {
  return features.find((column) => column.name === name)?.kind;
}

function isBinned({ features }: Experiment, name: string): boolean {
  const own = Object.hasOwn(features.columns, name) ? features.columns[name]?.bins : undefined;
  return [features.numeric.bins, own].some((bins) => isMap(bins) && Object.keys(bins).length > 0);
}

/** Whether a column enters as a number that can rise: as it is, or as the rank of its level. */
export function monotoneKind(experiment: Experiment, features: Features, name: string): boolean {
  const kind = kindAmong(features, name);
  if (kind === 'boolean') return true;
  if (kind === 'numeric') return !isBinned(experiment, name);
  const own = Object.hasOwn(experiment.features.columns, name)
    ? experiment.features.columns[name]?.encode
    : undefined;
  const encode = own ?? experiment.features.categorical.encode;
  if (kind === 'ordinal') return encode === 'auto' || encode === 'ordinal';
  return kind === 'categorical' && encode === 'ordinal';
}

function* elapsedFromNothing({ experiment, known: { features } }: Case): Iterable<Impossible> {
  const dates = features?.filter(({ kind }) => kind === 'datetime').map(({ name }) => name);
  // Without any date, nothing is computed from one: `dead-setting`.
  if (dates === undefined || dates.length === 0) return;
  for (const { path, value } of settingsOfColumns(experiment, 'datetime', 'elapsed_from')) {
    if (typeof value !== 'string' || dates.includes(value)) continue;
    const reason = `\`${value}\` is no date among the features`;
    const one = dates.length === 1 ? dates[0] : undefined;
    yield {
      rule: 'conflicting-settings',
      ...{ path, value, reason, column: value },
      instead: one ?? `one of ${dates.join(', ')}`,
    };
  }
}

function* embeddings({ experiment, family }: Case): Iterable<Impossible> {
  if (modelNamed(family)?.embeds === true) return;
  for (const { path, value } of settingsOfColumns(experiment, 'categorical', 'encode')) {
    if (value !== 'embedding') continue;
    yield {
      rule: 'conflicting-settings',
      path,
      value,
      reason: 'of all models, only mlp learns an embedding of each category',
      instead: 'auto',
      literal: true,
    };
  }
}

/** A setting of all columns of a kind, and what single columns say instead. */
function settingsOfColumns(
  { features }: Experiment,
  section: 'datetime' | 'categorical',
  key: 'elapsed_from' | 'encode',
): { path: string; value: unknown }[] {
  const general: Readonly<Record<string, unknown>> = { ...features[section] };
  return [
    { path: `features.${section}.${key}`, value: general[key] },
    ...Object.entries(features.columns).map(([name, own]) => ({
      path: `features.columns.${name}.${key}`,
      value: own[key],
    })),
  ];
}
