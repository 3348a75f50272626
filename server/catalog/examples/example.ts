/** What an example on the page of a rule is: an experiment at fault, what else the rule saw, and the same mended. */
import type { RuleId } from '../rules.ts';

export interface RuleExample {
  readonly fault: string;
  readonly mended: string;
  /** A few rows of the table as CSV, its header first: an excerpt, which shows what the rule saw in all of them. */
  readonly rows?: string;
  /** Other files that the rule read, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** What a run or a log showed, before the rule spoke. */
  readonly shown?: string;
  /** What the rule said of it. */
  readonly says?: string;
  /** What mends it beside the text, or instead. */
  readonly by?: string;
}

export type RuleExamples = Readonly<Partial<Record<RuleId, RuleExample>>>;

/** The data of most examples. */
export const churn = 'data: data/churn.csv\n';
export const head = `${churn}target: churned\n`;
export const timed = 'data: {source: data/churn.csv, time: day}\ntarget: churned\n';
export const candidate = `${head}gates: [beats baseline]\n`;
export const shipped = `${head}serve: realtime\n`;

/** Two texts of one end. */
export const ending = (
  end: string,
  fault: string,
  mended: string,
  more: Omit<RuleExample, 'fault' | 'mended'> = {},
): RuleExample => ({ fault: fault + end, mended: mended + end, ...more });

/** Two texts of one beginning. */
export const of = (
  start: string,
  fault: string,
  mended: string,
  more: Omit<RuleExample, 'fault' | 'mended'> = {},
): RuleExample => ({ fault: start + fault, mended: start + mended, ...more });

/** The spellings that are read as missing by default, and more. */
export const readAsMissing = (more: string) =>
  `data: {source: data/churn.csv, read: {null_values: ["", "NA", "N/A", "NaN", "null", "NULL", "None"${more}]}}\ntarget: churned\n`;
