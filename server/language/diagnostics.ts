/** Findings as the editor shows them: squiggles while typing. */
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver/node';
import type { Finding, Severity } from '../protocol/finding.ts';

const severityOf: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** The rule's id is the diagnostic's code: quick fixes and suppressions go by it. */
export function diagnosticOf(finding: Finding): Diagnostic {
  return {
    range: finding.range,
    severity: severityOf[finding.severity],
    code: finding.rule,
    source: 'modelwright',
    message: finding.message,
    data: finding.data,
  };
}
