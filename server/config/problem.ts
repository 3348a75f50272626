/** What is wrong with an experiment's text, as every step of loading tells it. */
import type { Fix, Range } from '../protocol/finding.ts';

/** A finding of the loader, before severity and suppression. */
export interface Problem {
  readonly rule: string;
  readonly path: string;
  readonly at?: 'key' | 'value';
  /** Where `path` alone does not say. */
  readonly range?: Range;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly fixes?: readonly Fix[];
}
