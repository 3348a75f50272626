/** What all reporters count. */
import { type Finding, type Severity, severities } from '../../protocol/finding.ts';

export type Summary = Readonly<Record<Severity, number>>;

export function summarize(findings: readonly Finding[]): Summary {
  const count = (severity: Severity): number =>
    findings.filter((finding) => finding.severity === severity).length;
  const [error, warning, info, hint] = severities.map(count);
  return { error: error ?? 0, warning: warning ?? 0, info: info ?? 0, hint: hint ?? 0 };
}
