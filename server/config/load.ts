/** A file's text to the resolved experiment: parse, compose, interpolate, check, fill in defaults. Never throws on bad text. */
import type { Fix, Range } from '../protocol/finding.ts';
import type { Experiment } from './experiment.ts';
import { TextDocument } from './textDocument.ts';

export interface LoadRequest {
  /** Absolute. */
  readonly file: string;
  /** The editor's text, where it differs from the file on disk. */
  readonly text?: string;
  /** Absolute folder. */
  readonly workspace: string;
  /** `--set` arguments, `path=value`, in order. */
  readonly overrides?: readonly string[];
  readonly variant?: string;
  /** Absolute path to text; throws when the file cannot be read. */
  readonly readFile?: (path: string) => string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The current commit, for `${git.sha}`. */
  readonly git?: () => string | undefined;
  readonly now?: Date;
}

export interface LoadedExperiment {
  readonly file: string;
  /** The file's folder: paths in the file are relative to it. */
  readonly directory: string;
  readonly workspace: string;
  readonly text: TextDocument;
  /** The file's own YAML tree: where each setting stands. */
  readonly source: ConfigSource;
  /** Merged and interpolated, as plain maps, lists and scalars. */
  readonly value: unknown;
  /** Absent when the file cannot be resolved at all. */
  readonly experiment?: Experiment;
  readonly origins: Origins;
  /** What loading itself found; lint turns it into findings. */
  readonly problems: readonly Problem[];
}

/** Where settings stand in a file's text. Paths are dotted, list items by index; keys may hold dots themselves. */
export interface ConfigSource {
  readonly text: TextDocument;
  /** Range of a setting that is written in this file; undefined when it is not. */
  rangeOf(path: string, at?: 'key' | 'value'): Range | undefined;
  /** Whether the setting is written in this file. */
  has(path: string): boolean;
  /** The plain value written at the path (before interpolation). */
  valueAt(path: string): unknown;
}

/** Dotted path of every value of the experiment to where it came from. */
export type Origins = Readonly<Record<string, Origin>>;

export interface Origin {
  readonly how: 'file' | 'extends' | 'variant' | 'set' | 'default' | 'vars';
  /** Relative to the workspace; absent for `set` and `default`. */
  readonly file?: string;
  readonly range?: Range;
  /** What the value would be without this origin, latest first. */
  readonly chain?: readonly {
    readonly how: Origin['how'];
    readonly file?: string;
    readonly range?: Range;
    readonly value: unknown;
  }[];
}

/** A finding of the loader, before severity and suppression. */
export interface Problem {
  readonly rule: string;
  readonly path: string;
  readonly at?: 'key' | 'value';
  /** Where `path` alone does not say; in `file`. */
  readonly range?: Range;
  /** Absolute; absent: the experiment's own file. */
  readonly file?: string;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly fixes?: readonly Fix[];
}

export function loadExperiment(request: LoadRequest): LoadedExperiment {
  const text = new TextDocument(request.text ?? '');
  const source: ConfigSource = { text, rangeOf: () => undefined, has: () => false, valueAt: () => undefined };
  return {
    file: request.file,
    directory: request.file.replace(/[\\/][^\\/]*$/, ''),
    workspace: request.workspace,
    text,
    source,
    value: undefined,
    origins: {},
    problems: [],
  };
}
