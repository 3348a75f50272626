/** Where a finding about a column stands in the file, and the edits that take the column out of the features. */
import { joined } from '../config/configNode.ts';
import { appendEdit, removeEdit, setEdit, yamlScalar } from '../config/edits.ts';
import { joinOf } from '../config/expression/check.ts';
import { joinName } from '../config/joins.ts';
import type { LoadedExperiment } from '../config/load.ts';
import type { ColumnProfile } from '../data/profile/columnProfile.ts';
import type { Fix } from '../protocol/finding.ts';
import { fixOf } from './fixes.ts';
import type { LintContext } from './rule.ts';
import { itemPath } from './walk.ts';

/** The word in `features.include`, else what is declared of the column, else what makes it, else the data. */
export function columnPath(loaded: LoadedExperiment, column: string): string {
  if (loaded.experiment?.features.include?.includes(column))
    return itemPath(loaded, 'features.include', column);
  const declared = joined('data.columns', column);
  if (loaded.isWritten(declared)) return declared;
  const joins = (loaded.experiment?.data.join ?? []).map(joinName);
  const join = joinOf(column, joins);
  return join === undefined ? 'data.source' : `data.join.${joins.indexOf(join)}`;
}

export function excludeFix(loaded: LoadedExperiment, column: string): readonly Fix[] {
  const path = columnPath(loaded, column);
  const edits = path.startsWith('features.include')
    ? removeEdit(loaded.source, path)
    : appendEdit(loaded.source, 'features.exclude', yamlScalar(column));
  return fixOf(`Exclude ${column}`, edits);
}

/** A fix that computes another column and takes it into the features in place of this one. */
export function insteadFix(
  loaded: LoadedExperiment,
  column: string,
  { name, expr, title }: { readonly name: string; readonly expr: string; readonly title: string },
): readonly Fix[] {
  const derive = `{name: ${yamlScalar(name)}, expr: ${JSON.stringify(expr)}}`;
  const path = columnPath(loaded, column);
  return fixOf(title, [
    ...appendEdit(loaded.source, 'data.derive', derive),
    ...(path.startsWith('features.include')
      ? setEdit(loaded.source, path, yamlScalar(name))
      : appendEdit(loaded.source, 'features.exclude', yamlScalar(column))),
  ]);
}

/** A fix that writes one setting. Its title stands in a menu: of a long value it tells the beginning. */
export function setFix(loaded: LoadedExperiment, path: string, value: string): readonly Fix[] {
  const shown = value.length > longestShown ? `${value.slice(0, longestShown - 1)}…` : value;
  return fixOf(`Set ${path}: ${shown}`, setEdit(loaded.source, path, value));
}

const longestShown = 40;

/** A fix that keeps the rows of `condition`, an expression, of those that a written filter keeps. */
export function keepFix(loaded: LoadedExperiment, title: string, condition: string): readonly Fix[] {
  const { filter } = loaded.experiment?.data ?? {};
  const both = filter === undefined ? condition : `(${filter}) and ${condition}`;
  return fixOf(title, setEdit(loaded.source, 'data.filter', JSON.stringify(both)));
}

/** Profiles of the features, in table order. */
export function featureProfiles({ facts, loaded }: LintContext): readonly ColumnProfile[] {
  // Prompts are filled with columns; none of them is learnt from.
  if (loaded.experiment?.['llm'] !== undefined) return [];
  const names = new Set(facts?.features.map(({ name }) => name));
  return facts?.profile.columns.filter(({ name }) => names.has(name)) ?? [];
}

/** `12.5 %`, `0.03 %`, `100 %`: two digits, more near the ends; what is neither none nor all is never called so. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.005) return '< 0.01 %';
  if (value >= 99.95 && value < 100) return '> 99.9 %';
  const digits = value > 0 && value < 1 ? 2 : value < 10 || (value > 99 && value < 100) ? 1 : 0;
  return `${Number(value.toFixed(digits))} %`;
}

/** An AUC or R² by name: `AUC 0.972`. */
export function score(measure: 'auc' | 'r2', value: number): string {
  return `${measure === 'auc' ? 'AUC' : 'R²'} ${value.toFixed(3)}`;
}

/**
 * A row without a match has none of a join's columns: what being empty means is told of one of those that are empty
 * together. Remembers in `told` what it has been asked about.
 */
export function isToldOfJoin(
  { loaded }: LintContext,
  told: Set<string>,
  { name, missing }: { readonly name: string; readonly missing: number },
): boolean {
  const join = joinOf(name, (loaded.experiment?.data.join ?? []).map(joinName));
  if (join === undefined) return false;
  const key = JSON.stringify([join, missing]);
  const known = told.has(key);
  told.add(key);
  return known;
}

/** The only column of dates, which then tells when rows are known. */
export function onlyDate({ facts, columns }: LintContext): string | undefined {
  const all = facts?.profile.columns ?? columns ?? [];
  const [only, another] = all.filter(({ kind }) => kind === 'datetime');
  return another === undefined ? only?.name : undefined;
}
