/** A fault of what is written against the schema, and where the check stands when it finds one. */
import type { Written } from './inserts.ts';

export type SchemaRule = 'unknown-key' | 'wrong-type' | 'unknown-value' | 'missing-required' | 'out-of-range';

export interface SchemaIssue {
  readonly rule: SchemaRule;
  /** Keys and list indices from the root of the file. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** The value, or for `unknown-key` the key, to put in its place. */
  readonly suggestion?: unknown;
  /** `wrong-type`: the setting within that the value was meant for. */
  readonly setting?: string;
  /** `missing-required`: what to insert, to be filled in by a person. */
  readonly skeleton?: Written;
  /** `unknown-key`: the dotted path of the field that the key belongs to. */
  readonly movedTo?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Place {
  readonly path: readonly (string | number)[];
  /** Model families whose settings are judged. */
  readonly families: readonly string[];
  readonly task: string;
  report(issue: SchemaIssue): void;
}

/** `data.derive.0.expr`; the whole file is `experiment`. */
export function dotted(path: readonly (string | number)[]): string {
  return path.length === 0 ? 'experiment' : path.join('.');
}
