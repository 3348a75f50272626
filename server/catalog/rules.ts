/** Every lint rule: id, severity, stage, what it detects, what it says and how to mend it. */
import { ruleTable } from './ruleTable.ts';

export type RuleCategory = (typeof ruleTable)[number][1];
export type RuleId = (typeof ruleTable)[number][0];

export interface RuleEntry {
  readonly id: RuleId;
  readonly category: RuleCategory;
  /** In the profile `standard`. */
  readonly severity: (typeof ruleTable)[number][2];
  /** S static config, D data-aware, P split-aware, R run-aware, O deployment-aware. */
  readonly level: 'S' | 'D' | 'P' | 'R' | 'O';
  /** First stage at which it speaks: 1 exploring, 2 candidate, 3 shipping. */
  readonly stage: 1 | 2 | 3;
  readonly detects: string;
  /** Method, threshold and source. */
  readonly method: string;
  /** With placeholders in braces. */
  readonly message: string;
  readonly fix: string;
}

export const rules: readonly RuleEntry[] = ruleTable.map(
  ([id, category, severity, level, detects, method, message, fix]) => ({
    id,
    category,
    severity,
    // A letter and a digit by the table's form, which a test checks row by row.
    level: level[0] as RuleEntry['level'],
    stage: Number(level[1]) as RuleEntry['stage'],
    detects,
    method,
    message,
    fix,
  }),
);

const byId: ReadonlyMap<string, RuleEntry> = new Map(rules.map((rule) => [rule.id, rule]));

export function ruleNamed(id: string): RuleEntry | undefined {
  return byId.get(id);
}
