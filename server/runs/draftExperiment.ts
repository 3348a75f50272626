/** A starting experiment from a table: what `init` writes, as short as it can honestly be. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ColumnProfile, Profile } from '../data/columnProfile.ts';

const extensions = /\.(csv|tsv|parquet|jsonl|ndjson|json|arrow|feather|sqlite|db)$/i;
/** Files that have a data format's ending but hold settings. */
const notData = /^(package(-lock)?|tsconfig.*|biome|composer)\.json$|experiment/i;

/** Tables in the folder and in its `data` folder, by name. */
export function findDataFiles(folder: string): string[] {
  return [folder, join(folder, 'data')].flatMap((place) => {
    const entries = readNames(place).filter((name) => extensions.test(name) && !notData.test(name));
    return entries.sort().map((name) => join(place, name));
  });
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

/** Names that targets usually have, as whole words. */
const targetWords =
  /(^|[_\W])(target|label|class|outcome|y|churn(ed)?|default(ed)?|fraud|survived|diagnosis|species|price|sold|clicked|converted|response|result|late)($|[_\W])/i;

/** Columns that could be the target, the likeliest first: a telling name, few values, far to the right. */
export function guessTargets(profile: Profile): string[] {
  const scored = profile.columns
    .map((column, index) => ({
      name: column.name,
      score: targetScore(column, profile.rows) + index / profile.columns.length,
    }))
    .filter(({ score }) => score > 0);
  return scored.sort((a, b) => b.score - a.score).map(({ name }) => name);
}

function targetScore(column: ColumnProfile, rows: number): number {
  if (column.kind === 'datetime' || column.kind === 'text' || column.distinct < 2 || isKey(column, rows))
    return -1;
  const named = targetWords.test(column.name) ? 4 : 0;
  const few = column.distinct === 2 ? 1.5 : column.distinct <= 20 ? 0.5 : 0;
  return named + few + (column.missing === 0 ? 0.25 : 0);
}

/** Unique, and named like a key. */
function isKey(column: ColumnProfile, rows: number): boolean {
  return column.distinct === rows && /(^|[_\W])(id|uuid|guid|key|row|index)($|[_\W])|id$/i.test(column.name);
}

/** Two lines, and the row key where there is one: it must not become a feature. */
export function draftExperiment(profile: Profile, data: string, target: string): string {
  const key = profile.columns.find((column) => column.name !== target && isKey(column, profile.rows));
  const source = key === undefined ? data : { source: data, id: key.name };
  return stringify({ data: source, target });
}
