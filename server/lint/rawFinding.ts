/** What rules and the loader found, on its way to a finding. */
import type { Finding, Range, Severity } from '../protocol/finding.ts';

/** Before severity and suppression: where it stands is settled, how loud it is not. */
export interface RawFinding {
  readonly rule: string;
  readonly path: string;
  readonly range: Range;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly fixes: Finding['fixes'];
  /** What it was judged by, where that is not all rows. */
  readonly sampled?: NonNullable<Finding['sampled']>;
  /** Where the catalogue lets the rule choose. */
  readonly severity?: Severity;
}
