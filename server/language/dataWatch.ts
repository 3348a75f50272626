/** Asks the data worker about the table of an open experiment: once for each change that matters, never twice at a time. */
import type { Experiment } from '../config/experiment.ts';
import type { DataFacts } from '../data/facts/facts.ts';
import { findSources } from '../data/sources/sources.ts';
import { tableSpec } from '../data/spec.ts';
import type { DataClient } from '../data/worker/client.ts';
import type { LintContext } from '../lint/rule.ts';

export interface DataAnswer {
  /** Of the settings that were asked about; see `factsKey`. */
  readonly key: string;
  readonly facts?: DataFacts;
  readonly failure?: NonNullable<LintContext['failure']>;
}

export interface DataWatchOptions {
  readonly client: DataClient;
  /** Folder in which the worker keeps facts; see FactsOptions. */
  readonly cache: string | undefined;
  /** Any thrown value in words. */
  readonly failureOf: (error: unknown) => NonNullable<LintContext['failure']>;
  readonly onAnswer: (answer: DataAnswer) => void;
}

/** While a person types a column's name, every letter would be a question. */
const pause = 100;

/** Of one experiment. The newest question wins; one about another table ends the one at work. */
export class DataWatch {
  readonly #options: DataWatchOptions;
  #wanted: { experiment: Experiment; directory: string; key: string } | undefined;
  #working: { readonly table: string; readonly abort: AbortController } | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** The table whose rows have all been looked at. */
  #known = '';

  constructor(options: DataWatchOptions) {
    this.#options = options;
  }

  /** Does nothing where the same has been asked last, unless `again`: the files may have changed. */
  ask(experiment: Experiment, directory: string, again = false): void {
    const key = factsKey(experiment, directory);
    if (key === this.#wanted?.key && !again) return;
    const first = this.#wanted === undefined;
    const isOtherTable =
      this.#wanted !== undefined && isSwitched(this.#wanted.experiment, experiment, directory);
    this.#wanted = { experiment, directory, key };
    if (this.#working !== undefined && this.#working.table !== tableKey(experiment, directory))
      this.#working.abort.abort();
    clearTimeout(this.#timer);
    if (first || again || isOtherTable) void this.#work();
    else this.#timer = setTimeout(() => void this.#work(), pause);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#wanted = undefined;
    this.#working?.abort.abort();
  }

  async #work(): Promise<void> {
    if (this.#working !== undefined || this.#wanted === undefined) return;
    const { experiment, directory, key } = this.#wanted;
    const { client, cache, failureOf, onAnswer } = this.#options;
    const abort = new AbortController();
    const { signal } = abort;
    const table = tableKey(experiment, directory);
    this.#working = { table, abort };
    let answer: DataAnswer;
    try {
      const asked = relevant(experiment);
      const glimpse =
        this.#known === table ? undefined : await client.glimpse(asked, directory, { signal, cache });
      if (glimpse?.sampled !== undefined && !signal.aborted) onAnswer({ key, facts: glimpse });
      const whole = glimpse === undefined || glimpse.sampled !== undefined;
      answer = { key, facts: whole ? await client.facts(asked, directory, { signal, cache }) : glimpse };
      this.#known = table;
    } catch (error) {
      answer = { key, failure: failureOf(error) };
    }
    this.#working = undefined;
    if (!abort.signal.aborted) onAnswer(answer);
    // What was asked meanwhile.
    if (this.#wanted !== undefined && (abort.signal.aborted || this.#wanted.key !== key)) void this.#work();
  }
}

/** Whether `data` names other files, all of which are there: a path that is still being typed leads nowhere. */
function isSwitched(before: Experiment, after: Experiment, directory: string): boolean {
  const { source } = after.data;
  if (source === undefined || JSON.stringify(before.data.source) === JSON.stringify(source)) return false;
  try {
    return findSources(tableSpec(after, directory).source).length > 0;
  } catch {
    return false;
  }
}

/** Equal for two experiments exactly when they ask the same of the same table. */
export function factsKey(experiment: Experiment, directory: string): string {
  const { data, tags: _, baseline: __, card: ___, lint: ____, ...rest } = relevant(experiment);
  return [
    directory,
    textOf(experiment.data, data),
    ...Object.entries(rest).map(([name, value]) => `${name}:${textOf(value)}`),
  ].join('\n');
}

const texts = new WeakMap<object, string>();

/** Kept with `section`: from one text to the next most sections are the same objects. */
function textOf(section: unknown, said = section): string {
  if (typeof section !== 'object' || section === null) return JSON.stringify(said) ?? '';
  const text = texts.get(section) ?? JSON.stringify(said);
  texts.set(section, text);
  return text;
}

/** Without what no fact depends on, so that an edit of the description asks nothing. */
function relevant(experiment: Experiment): Experiment {
  const { name, data, task, target, positive, metric, problem, features, split, model, train, evaluate } =
    experiment;
  const time = problem?.prediction_time;
  return {
    name,
    data: { ...data, version: 'none' },
    task,
    ...(target === undefined ? {} : { target }),
    ...(positive === undefined ? {} : { positive }),
    ...(metric === undefined ? {} : { metric }),
    ...(time === undefined ? {} : { problem: { prediction_time: time } }),
    features,
    split,
    model,
    train,
    evaluate,
    tags: [],
    baseline: [],
    card: {},
    lint: { profile: 'standard', rules: {}, ignore: [] },
  };
}

function tableKey(experiment: Experiment, directory: string): string {
  return experiment.data.source === undefined ? '' : JSON.stringify(tableSpec(experiment, directory));
}
