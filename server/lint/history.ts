/** What rules know of past runs: results of the same experiment, as plain values that the composition root hands in. */
import type { Experiment } from '../config/experiment.ts';
import { canonicalJson } from '../config/resolve.ts';
import { isMap } from '../config/schema/nodes.ts';
import type { RunDocument } from '../protocol/run.ts';

/** A finished run. */
export interface PastResult {
  readonly document: Omit<RunDocument, 'artifacts' | 'lint'>;
  /** The resolved experiment as it was frozen at the start; of an older version it may lack fields. */
  readonly experiment: Readonly<Record<string, unknown>>;
  /** `--set` arguments. */
  readonly overrides: readonly string[];
  /** `NAME/VERSION` of its versions in the registry that people use: in staging, in production, or under an alias. */
  readonly promoted: readonly string[];
  /** One of them is the version in production. */
  readonly champion?: boolean;
}

/** A run that ended with an error. */
export interface PastFailure {
  readonly run: string;
  readonly started: string;
  /** As frozen at its start. */
  readonly experiment: Readonly<Record<string, unknown>>;
  readonly code: string;
  readonly message: string;
}

/** A model of these runs that was served, as its process and `monitor` last told. */
export interface PastDeployment {
  readonly id: string;
  readonly run: string;
  readonly requests: number;
  /** Milliseconds; null before the first request. */
  readonly p95: number | null;
  /** Absent until somebody has compared what it was asked with the test rows. */
  readonly check?: {
    readonly persist: number;
    readonly effect: string | number;
    /** Columns that were compared. */
    readonly watched: number;
    /** Oldest first; `to` is an ISO instant. */
    readonly windows: readonly {
      readonly to: string | null;
      readonly alarm: boolean;
      readonly columns: readonly string[];
    }[];
    /** Logged rows that were asked again of the run's own model file; absent where none could be. */
    readonly replayed?:
      | { readonly rows: number; readonly differing: number; readonly largest: number }
      | undefined;
  };
}

/** A column as the test rows of a run had it. `missing`: share of the rows. */
export type ColumnThen =
  | {
      readonly kind: 'numbers';
      readonly missing: number;
      /** At 5, 25, 50, 75 and 95 %. */
      readonly quantiles: readonly number[];
      readonly deviation: number;
    }
  | {
      readonly kind: 'levels';
      readonly missing: number;
      /** Of the rows that have a value. */
      readonly shares: ReadonlyMap<string, number>;
    };

export interface RunHistory {
  /** Of the same experiment and variant, newest first. */
  readonly results: readonly PastResult[];
  /** Newest first. */
  readonly failures?: readonly PastFailure[];
  /** Newest first. */
  readonly deployments?: readonly PastDeployment[];
  /** The inputs that a run kept of its test rows, by name; only for the editor, and undefined where it kept none. */
  readonly columnsOf?: (run: string) => ReadonlyMap<string, ColumnThen> | undefined;
  /** How often the test rows of this split hash were scored, by runs of any experiment; deleted ones have looked too. */
  readonly looksAt: (splitHash: string) => number;
  /** Whether the store holds a run of this id, of any experiment; absent where only some runs are known. */
  readonly hasRun?: (id: string) => boolean;
  /** The code as it is now, in the form of `lineage.code`; undefined where nothing is known of it. */
  readonly code?: () => string | undefined;
}

/** Sections that change no number of a result. */
const besides: readonly string[] = [
  'name',
  'description',
  'tags',
  'card',
  'lint',
  'gates',
  'registry',
  'serve',
  'monitor',
  'run',
  'problem',
];
/** What of `problem` does change numbers: the gap of the split and the worth of outcomes. */
const counted: readonly string[] = ['horizon', 'prediction_time', 'value'];

/**
 * The newest result of just these settings: what is said of a result is said only while the file would give it again.
 * What is written since, a gate or a section on serving, changes nothing of it.
 */
export function resultOf(history: RunHistory | undefined, experiment: Experiment): PastResult | undefined {
  if (history === undefined || history.results.length === 0) return undefined;
  const wanted = settingsKey(experiment);
  return history.results.find((result) => settingsKey(result.experiment) === wanted);
}

/** How the newest run of just these settings failed; undefined where one has finished since. */
export function failureOf(history: RunHistory | undefined, experiment: Experiment): PastFailure | undefined {
  if (history?.failures === undefined || history.failures.length === 0) return undefined;
  const wanted = settingsKey(experiment);
  const failure = history.failures.find((each) => settingsKey(each.experiment) === wanted);
  const finished = resultOf(history, experiment)?.document.run.started;
  return failure !== undefined && (finished === undefined || finished < failure.started)
    ? failure
    : undefined;
}

const keys = new WeakMap<object, string>();

function settingsKey(experiment: Readonly<Record<string, unknown>>): string {
  const known = keys.get(experiment);
  if (known !== undefined) return known;
  const { problem } = experiment;
  const inProblem = counted.map((name) => (isMap(problem) ? problem[name] : undefined));
  const sections = Object.keys(experiment)
    .filter((section) => !besides.includes(section) && experiment[section] !== undefined)
    .sort();
  const key = [
    ...sections.map((section) => `${section}:${sectionKey(experiment[section])}`),
    canonicalJson(inProblem),
  ].join('\n');
  keys.set(experiment, key);
  return key;
}

/** Kept with the section: from one text to the next most sections are the same objects. */
function sectionKey(section: unknown): string {
  if (typeof section !== 'object' || section === null) return canonicalJson(section);
  const key = keys.get(section) ?? canonicalJson(section);
  keys.set(section, key);
  return key;
}

export interface Figure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A figure of the document as numbers; undefined where it has no value. */
export function figureOf(
  metrics: RunDocument['metrics']['test'] | undefined,
  name: string,
): Figure | undefined {
  const found = metrics !== undefined && Object.hasOwn(metrics, name) ? metrics[name] : undefined;
  if (found === undefined || !Number.isFinite(Number(found.value))) return undefined;
  return { value: Number(found.value), low: Number(found.low), high: Number(found.high) };
}

/** The primary metric on the test rows. */
export function headlineOf({ document }: PastResult): Figure | undefined {
  return figureOf(document.metrics.test, document.metric);
}

/** Four significant digits, as runs report them. */
export function number4(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** The newest result of the file itself; of runs with `--set` only where there is no other. */
export function lastOf({ results }: RunHistory): PastResult | undefined {
  return results.find(({ overrides }) => overrides.length === 0) ?? results[0];
}

/** Past runs as the composition root hands them to the language server: read once, until they are forgotten. */
export interface Histories {
  /** `directory`: of the experiment file. */
  of(workspace: string, experiment: string, directory: string): RunHistory | undefined;
  /** The stores or the code have changed. */
  forget(): void;
}
