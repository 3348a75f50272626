/** An experiment as it stands in an editor: what every feature of the language server looks at. */
import type { LoadedExperiment } from '../config/load.ts';
import type { DataFacts } from '../data/facts/facts.ts';
import type { RunHistory } from '../lint/history.ts';
import type { ExpectRun, LintContext } from '../lint/rule.ts';
import type { Finding } from '../protocol/finding.ts';
import type { GateResult, RunHead } from '../protocol/run.ts';

/** A past run as lenses, hovers and hints tell it. */
export interface PastRun {
  readonly head: RunHead;
  /** The primary metric on the test rows; absent until the run has finished. */
  readonly headline?: {
    readonly metric: string;
    readonly value: number;
    readonly low: number;
    readonly high: number;
  };
  readonly gates: readonly GateResult[];
}

export interface OpenExperiment {
  readonly uri: string;
  readonly version: number;
  readonly loaded: LoadedExperiment;
  /** Of the data as last looked at; may be older than the text. Absent until then. */
  readonly facts?: DataFacts;
  /** Of some rows of a large table, until `facts` are known. */
  readonly glimpse?: DataFacts;
  readonly failure?: NonNullable<LintContext['failure']>;
  /** Whether `facts` or `failure` are of these very settings. */
  readonly current: boolean;
  readonly findings: readonly Finding[];
  /** Newest first. */
  readonly runs: readonly PastRun[];
  /** Results of past runs as lint judges them; absent where there are none. */
  readonly history?: RunHistory;
  readonly repository?: LintContext['repository'] & {};
  readonly missingDevice?: LintContext['missingDevice'] & {};
  readonly expectRun?: ExpectRun;
}

/** Names of the columns that this experiment can refer to: of the data, then those that the file derives. */
export function columnNames({ facts, glimpse, loaded }: OpenExperiment): string[] {
  const { data, features } = loaded.experiment ?? {};
  const derived = [...(data?.derive ?? []), ...(features?.derive ?? [])].map(({ name }) => name);
  return [...new Set([...((facts ?? glimpse)?.profile.columns.map(({ name }) => name) ?? []), ...derived])];
}

/** The newest run that finished. */
export function lastResult({ runs }: OpenExperiment): PastRun | undefined {
  return runs.find(({ head }) => head.status === 'finished');
}
