/** Cells and rows that a declaration loses without a word of its own: told by lint and by the run alike. */
import type { Experiment } from '../../config/experiment.ts';
import { grouped } from '../../protocol/grouped.ts';
import type { DataFacts } from './facts.ts';

/** A column whose kind was written and whose cells nearly all cannot be read so. */
export interface UnreadColumn {
  readonly column: string;
  readonly kind: string;
  readonly rows: number;
  /** Of the cells that are not empty. */
  readonly share: number;
}

/** Above it a declared kind is a mistake: of a column of that kind, few cells are odd. */
const nearlyAll = 0.95;

/** Features of `features.types` that hold hardly a value of that kind. */
export function unreadColumns({ features }: Experiment, { profile, ...facts }: DataFacts): UnreadColumn[] {
  const seen = new Set(facts.features.map(({ name }) => name));
  return profile.columns.flatMap(({ name, kind, unread, missing }) => {
    const share = unread / (profile.rows - missing);
    if (!Object.hasOwn(features.types, name) || !seen.has(name) || !(share > nearlyAll)) return [];
    return [{ column: name, kind, rows: unread, share }];
  });
}

const plurals: Readonly<Record<string, string>> = {
  numeric: 'numbers',
  cyclic: 'numbers',
  datetime: 'dates',
  boolean: 'truth values',
};

export function unreadSentence({ column, kind, rows, share }: UnreadColumn): string {
  const all = share === 1 ? 'none of its' : `${grouped(rows)} of its`;
  const cells = share === 1 ? `${grouped(rows)} cells is one` : 'cells are none';
  return `\`features.types\` says that \`${column}\` holds ${plurals[kind] ?? kind}, and ${all} ${cells}: they count as missing.`;
}

/** Rows with a target that a split by time and groups puts on no side; undefined where there are none. */
export function leftOutSentence(
  { split: settings, problem }: Experiment,
  { split, rows }: Pick<DataFacts, 'split' | 'rows'>,
): string | undefined {
  if (split?.method !== 'group-time' || split.absent === 0) return undefined;
  const hasGap = settings.gap !== undefined || problem?.horizon !== undefined;
  const orGap = hasGap ? ', or they lie in the gap before one' : '';
  return `${grouped(split.absent)} of ${grouped(rows)} rows are neither learnt from nor scored: their groups have rows on both sides of a cut in time, and no group may be on two sides${orGap}.`;
}

/** What a run says of both. */
export function lossesOf(experiment: Experiment, facts: DataFacts): string[] {
  const leftOut = leftOutSentence(experiment, facts);
  return [
    ...unreadColumns(experiment, facts).map(unreadSentence),
    ...(leftOut === undefined ? [] : [leftOut]),
  ];
}
