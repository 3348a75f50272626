/** Each column of a table read once and looked at by all data rules; what the columns say together is found at the end. */
import type { Experiment } from '../../config/experiment.ts';
import { ahead, hear } from '../ahead.ts';
import type { ColumnProfile, Described, Profile } from '../profile/columnProfile.ts';
import type { Profiler } from '../profile/profile.ts';
import type { Fetched, ReadColumn } from '../profile/readColumns.ts';
import { timeColumn } from '../roles.ts';
import type { Table } from '../table.ts';
import {
  type ColumnAnswer,
  type ColumnRole,
  lookAtColumn,
  lookAtNumbers,
  type NumbersLook,
  type TableQuestion,
} from './columnLooks.ts';
import type { CategoryFacts, ColumnLink, OrderLink, SplitFacts } from './facts.ts';
import type { FactsThread } from './factsBeside.ts';
import { sampleJumps } from './factsJumps.ts';
import { findPairs, protectedColumns } from './factsPairs.ts';
import { gatherShifts, sampleShift } from './factsShift.ts';
import type { SplitInputs } from './factsSplit.ts';
import { sampleTrend, strongestTrend, type Trend } from './factsTrend.ts';
import { type Linker, linkOrder } from './links.ts';
import type { LookFacts } from './lookFacts.ts';

export interface Walk {
  readonly profile: Profile;
  readonly links: Record<string, ColumnLink>;
  readonly categories: Record<string, CategoryFacts>;
  readonly order: OrderLink | undefined;
  readonly unseen: SplitFacts['unseen'];
  readonly trend: Trend | null;
  /** Undefined where no run is possible. */
  readonly looks: LookFacts | undefined;
}

export interface WalkRequest {
  /** Undefined where no run is possible. */
  readonly linking: Promise<Linker> | undefined;
  /** Features. */
  readonly names: readonly string[];
  /** Undefined where the rows could not be divided. */
  readonly inputs: SplitInputs | undefined;
  readonly columns: AsyncIterable<ReadColumn>;
  readonly profiler: Profiler;
  readonly thread: FactsThread | undefined;
}

/** `names`: features. */
export async function walkColumns(experiment: Experiment, table: Table, request: WalkRequest): Promise<Walk> {
  const { linking, inputs, profiler, thread } = request;
  const linker = await linking;
  await hear();
  const question: TableQuestion = {
    linker,
    linear: experiment.model.type === 'linear',
    assignment: inputs?.split.assignment,
    shift: inputs && sampleShift(inputs),
    trend: linker && inputs && (await sampleTrend(inputs, linker)),
    jumps: linker && (await sampleJumps(experiment, table)),
  };
  thread?.prepare(question);
  const roleOf = roles(experiment, table, request.names);
  const looking: Promise<Looked>[] = [];
  for await (const read of request.columns) {
    await hear();
    const role = roleOf(read.column.name);
    const beside = thread && lookBeside(read, role, { profiler, thread });
    if (beside === undefined)
      looking.push(Promise.resolve(await lookHere(read, role, { profiler, question })));
    else looking.push(ahead(beside));
  }
  while (thread?.takeBack((work) => lookAtNumbers(work, question))) await hear();
  const places = new Map(table.columns.map(({ name }, place) => [name, place]));
  const placeOf = ({ profile }: Looked) => places.get(profile.name) ?? 0;
  const looked = (await Promise.all(looking)).sort((a, b) => placeOf(a) - placeOf(b));
  const answers = looked.map(({ answer }) => answer);
  // Where time is declared, rows in its order are no fault.
  const ordered = linker !== undefined && timeColumn(experiment, table.columns) === undefined;
  const { trend } = question;
  return {
    profile: profiler.profile(looked.map(({ profile }) => profile)),
    links: byName(looked, 'link'),
    categories: byName(looked, 'category'),
    order: ordered ? linkOrder(linker, await table.rowNumbers()) : undefined,
    unseen: given(answers, 'unseen'),
    trend: trend ? strongestTrend(trend, given(answers, 'trend')) : null,
    looks: linker && gather(answers, question, experiment),
  };
}

interface Looked {
  readonly profile: ColumnProfile;
  readonly answer: ColumnAnswer;
}

async function lookHere(
  read: ReadColumn,
  role: ColumnRole,
  { profiler, question }: { profiler: Profiler; question: TableQuestion },
): Promise<Looked> {
  return { profile: await profiler.look(read), answer: lookAtColumn(read, role, question) };
}

/** Columns of numbers, while the thread has time for them. */
function lookBeside(
  read: ReadColumn,
  role: ColumnRole,
  { profiler, thread }: { profiler: Profiler; thread: FactsThread },
): Promise<Looked> | undefined {
  if (read.dictionary !== undefined) return undefined;
  const { column, fetched } = read;
  const known = profiler.known(column);
  const look = thread.look({
    fetched,
    role,
    missing: profiler.missing(column),
    profiled: known !== undefined,
  });
  if (look === undefined) return undefined;
  const profile = known ?? profiler.keep(column, look.then(describedOf));
  return Promise.all([profile, look]).then(([profile, { answer }]) => ({ profile, answer }));
}

/** Numbers that have been read, while the thread has nothing else to do: what they are is known when they are looked at. */
export function describeAhead(
  fetched: Fetched,
  { profiler, thread }: { profiler: Profiler; thread: FactsThread },
): void {
  const { column } = fetched;
  if ('dictionary' in fetched || profiler.known(column) !== undefined) return;
  const described = thread.describe({ fetched, missing: profiler.missing(column) });
  if (described !== undefined) ahead(profiler.keep(column, described));
}

function describedOf({ described }: NumbersLook): Described {
  if (described === undefined) throw new Error('a column was not described');
  return described;
}

function roles(experiment: Experiment, table: Table, names: readonly string[]): (name: string) => ColumnRole {
  const { data, features } = experiment;
  const isFeature = new Set(names);
  const isNamed = new Set([
    ...names,
    ...(features.include ?? []),
    ...(data.id === undefined ? [] : [data.id]),
  ]);
  const isProtected = new Set(
    protectedColumns(
      experiment,
      table.columns.map(({ name }) => name),
    ),
  );
  return (name) => ({
    feature: isFeature.has(name),
    target: name === experiment.target,
    linked: isNamed.has(name) && name !== experiment.target,
    protected: isProtected.has(name),
    rare: Number(features.columns[name]?.rare ?? features.categorical.rare),
  });
}

function gather(
  answers: readonly ColumnAnswer[],
  { shift }: TableQuestion,
  experiment: Experiment,
): LookFacts {
  return {
    ...findPairs(given(answers, 'sampled'), experiment),
    jumps: given(answers, 'jump'),
    gaps: given(answers, 'gap'),
    shift: shift ? gatherShifts(shift, given(answers, 'shift')) : null,
    near: given(answers, 'near'),
  };
}

/** What some columns have said, in their order. */
function given<Key extends keyof ColumnAnswer>(
  answers: readonly ColumnAnswer[],
  key: Key,
): NonNullable<ColumnAnswer[Key]>[] {
  return answers.flatMap(({ [key]: said }) =>
    // Of a key that is not settled the compiler does not see that undefined is left out.
    said === undefined ? [] : [said as NonNullable<typeof said>],
  );
}

function byName<Key extends 'link' | 'category'>(
  looked: readonly Looked[],
  key: Key,
): Record<string, NonNullable<ColumnAnswer[Key]>> {
  return Object.fromEntries(
    looked.flatMap(({ profile, answer }) => given([answer], key).map((said) => [profile.name, said])),
  );
}
