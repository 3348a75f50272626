/** What all data rules ask about one column, and the answer: plain values both, so that threads can look at columns, too. */
import type { Described } from '../profile/columnProfile.ts';
import { describeNumbers } from '../profile/profileNumbers.ts';
import { type FetchedNumbers, type ReadColumn, readNumbers } from '../profile/readColumns.ts';
import { findNearTwins, type NearFacts } from '../split/nearTexts.ts';
import type { CategoryFacts, ColumnLink, UnseenLevels } from './facts.ts';
import { findAnnotationGap } from './factsAnnotation.ts';
import { type JumpSample, jumpOf } from './factsJumps.ts';
import { describeLevels } from './factsLevels.ts';
import { type Sampled, sampleColumn } from './factsPairs.ts';
import { type ShiftOfColumn, type ShiftSample, shiftOfColumn } from './factsShift.ts';
import { type Trend, type TrendSample, trendOf } from './factsTrend.ts';
import { countUnseen } from './factsUnseen.ts';
import { type Linker, linkColumn } from './links.ts';
import type { AnnotationGap, Jump } from './lookFacts.ts';

/** The same for all columns. Samples decide in most: of the rows with a target, of either side, and through time. */
export interface TableQuestion {
  /** Undefined where no run is possible. */
  readonly linker: Linker | undefined;
  /** The model is linear. */
  readonly linear: boolean;
  /** Sides of the rows; undefined where they could not be divided. */
  readonly assignment: Uint8Array | undefined;
  readonly shift: ShiftSample | undefined;
  readonly trend: TrendSample | undefined;
  readonly jumps: JumpSample | undefined;
}

/** What a column is to the experiment. */
export interface ColumnRole {
  readonly feature: boolean;
  readonly target: boolean;
  /** A feature, `data.id`, or a column that `features.include` names: what the target is linked with. */
  readonly linked: boolean;
  /** Is or may be a protected attribute. */
  readonly protected: boolean;
  /** Levels of a smaller share are rare. */
  readonly rare: number;
}

export interface ColumnAnswer {
  readonly category: CategoryFacts | undefined;
  readonly link: ColumnLink | undefined;
  readonly trend: Trend | undefined;
  readonly unseen: UnseenLevels | undefined;
  readonly sampled: Sampled | undefined;
  readonly shift: ShiftOfColumn | undefined;
  readonly jump: Jump | undefined;
  readonly near: NearFacts | undefined;
  readonly gap: AnnotationGap | undefined;
}

export interface DescribeWork {
  readonly fetched: FetchedNumbers;
  /** See `describeNumbers`. */
  readonly missing: number | undefined;
}

/** All that is asked of one column of numbers. */
export interface NumbersWork extends DescribeWork {
  readonly role: ColumnRole;
  /** Its profile is known. */
  readonly profiled: boolean;
}

export interface NumbersLook {
  readonly described: Described | undefined;
  readonly answer: ColumnAnswer;
}

export function lookAtNumbers(
  { fetched, role, missing, profiled }: NumbersWork,
  question: TableQuestion,
): NumbersLook {
  const read = readNumbers(fetched);
  const described = profiled ? undefined : describeNumbers(read, missing);
  return { described, answer: lookAtColumn(read, role, question) };
}

export function lookAtColumn(read: ReadColumn, role: ColumnRole, question: TableQuestion): ColumnAnswer {
  const { linker, trend, shift, jumps } = question;
  const { feature, target } = role;
  const { name } = read.column;
  return {
    link: linker && role.linked ? linkColumn(linker, read.coding()) : undefined,
    trend: trend && feature && name !== trend.column ? trendOf(trend, name, read.coding()) : undefined,
    sampled:
      linker && (feature || role.protected)
        ? sampleColumn(read, { sample: linker.sample, linear: question.linear, feature })
        : undefined,
    shift: shift && feature ? shiftOfColumn(shift, read) : undefined,
    jump: jumps && (feature || target) ? jumpOf(jumps, read) : undefined,
    ...lookAtTexts(read, role, question),
  };
}

function lookAtTexts(
  read: ReadColumn,
  { feature, rare }: ColumnRole,
  { assignment, linker }: TableQuestion,
): Pick<ColumnAnswer, 'category' | 'unseen' | 'near' | 'gap'> {
  const none = { category: undefined, unseen: undefined, near: undefined, gap: undefined };
  const { column, dictionary } = read;
  if (dictionary === undefined) return none;
  const near = assignment && findNearTwins(column, dictionary, assignment);
  if (!feature) return { ...none, near };
  const coded = read.coding();
  return {
    category: describeLevels(dictionary.levels, coded.counts, rare),
    unseen: assignment && countUnseen(column.name, coded, assignment),
    near,
    gap: linker && findAnnotationGap(column.name, { ...dictionary, counts: coded.counts }, linker),
  };
}
