/** Which columns of a table could be what is predicted: for `init`, a new experiment and completion. */
import type { ColumnProfile, Profile } from './columnProfile.ts';

/** Names that targets usually have, as whole words. */
const targetWords =
  /(^|[_\W])(target|label|class|outcome|y|churn(ed)?|default(ed)?|fraud|survived|diagnosis|species|price|sold|clicked|converted|response|result|late)($|[_\W])/i;

/** Columns that could be the target, the likeliest first: a telling name, few values, far to the right. */
export function guessTargets(profile: Pick<Profile, 'rows' | 'columns'>): string[] {
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
export function isKey(column: ColumnProfile, rows: number): boolean {
  return column.distinct === rows && /(^|[_\W])(id|uuid|guid|key|row|index)($|[_\W])|id$/i.test(column.name);
}
