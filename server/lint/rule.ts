/** What a lint rule is. Rules are pure: they look at the text, the resolved experiment and facts about the data. */
import type { Experiment } from '../config/experiment.ts';
import type { LoadedExperiment } from '../config/load.ts';
import type { DataFacts } from '../data/facts/facts.ts';
import type { Fix, Range, Severity } from '../protocol/finding.ts';
import type { RunHistory } from './history.ts';
import type { Repository } from './repository.ts';

/** What must be known before a rule can run; the engine leaves a rule out until it is. */
export type Need = 'text' | 'config' | 'profile' | 'split' | 'runs' | 'live';

/** 1 exploring, 2 candidate (`gates` or `registry` written), 3 shipping (`serve` or `monitor` written). */
export type Stage = 1 | 2 | 3;

export interface LintContext {
  readonly loaded: LoadedExperiment;
  readonly stage: Stage;
  /** For what grows old; the engine sets it. */
  readonly now?: Date;
  /** Absent with `--no-data`, in an untrusted workspace, and where the data could not be read. */
  readonly facts?: DataFacts;
  /** The columns of the data, where facts are missing only because an expression over them failed, or wants a time. */
  readonly columns?: readonly { readonly name: string; readonly kind: string }[];
  /** Why the data could not be read; `data-not-found` tells it, of an expression `expression-error`. */
  readonly failure?: { readonly code: string; readonly message: string; readonly help: string };
  /** Absent with `--no-data` and in an untrusted workspace: then the store is not read. */
  readonly runs?: RunHistory;
  /** Why a value of `train.device` cannot be used on this machine; undefined where it can, or where that is not known. */
  readonly missingDevice?: (device: string) => string | undefined;
  /** What a run will take, from what is known of its data. */
  readonly expectRun?: ExpectRun;
  /** Asked only by rules of later stages, since git is a process of its own; undefined outside a repository. */
  readonly repository?: () => Repository | undefined;
}

/** Codes of a `failure` of what is computed from the columns: they can be read without it. */
export const ofExpressions: ReadonlySet<string> = new Set(['expression-failed', 'window-time']);

/** Undefined where no run is possible. `over`: the budgets that it would pass. */
export type ExpectRun = (
  experiment: Experiment,
  facts: DataFacts,
) =>
  | {
      readonly seconds: number;
      /** By name of the stage: `tune` of a search. */
      readonly stages: readonly { readonly stage: string; readonly seconds: number }[];
      readonly memoryBytes: number;
      readonly over: readonly OverBudget[];
    }
  | undefined;

/** `path`: the budget. */
export type OverBudget = Pick<Draft, 'path' | 'message' | 'data'>;

/** What a rule is given: the time is the only thing of it that is not about the experiment. */
export type RuleContext = LintContext & { readonly now: Date };

/** A finding before the engine adds file, range, severity and suppression. */
export interface Draft {
  /** Dotted path of the setting at fault; list items by index, as in `features.include.2`. */
  readonly path: string;
  /** Which part of the setting gets the squiggle; `value` unless said. Falls back to the nearest written parent. */
  readonly at?: 'key' | 'value';
  /** Where only a part of the setting is at fault, such as a word of an expression. */
  readonly range?: Range;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly fixes?: readonly Fix[];
  /** What it says does not depend on the rows, although its rule judges by them elsewhere. */
  readonly sure?: boolean;
  /** Only where the catalogue lets a rule choose. */
  readonly severity?: Severity;
}

/** Severity, stage, level and documentation of a rule stand in catalog/rules.ts under the same id. */
export interface Rule {
  readonly id: string;
  readonly needs: readonly Need[];
  /**
   * May speak from some of the rows: `judged`, because its bound allows for how few they are or more rows cannot take
   * away what it found, and it says that it is of some; `certain`, because what it says does not depend on the rows.
   */
  readonly sampleSafe?: 'judged' | 'certain';
  run(context: RuleContext): Iterable<Draft>;
}
