/** Findings as the editor shows them: squiggles while typing. */
import { type Diagnostic, DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver/node';
import type { TextDocument } from '../config/textDocument.ts';
import type { Finding, Severity } from '../protocol/finding.ts';

const severityOf: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** Shown faded or struck through, beside the message. */
const tagsOf: Readonly<Record<string, DiagnosticTag>> = {
  'redundant-default': DiagnosticTag.Unnecessary,
  'dead-setting': DiagnosticTag.Unnecessary,
  'deprecated-key': DiagnosticTag.Deprecated,
};

/** The rule's id is the diagnostic's code: quick fixes and suppressions go by it. */
export function diagnosticOf(finding: Finding): Diagnostic {
  const tag = tagsOf[finding.rule];
  return {
    range: finding.range,
    severity: severityOf[finding.severity],
    code: finding.rule,
    source: 'modelwright',
    message: finding.message,
    data: finding.data,
    ...(tag === undefined ? {} : { tags: [tag] }),
  };
}

/** A word that is being typed is no fault yet: syntax errors on the line of the last edit wait for a pause. */
export function isHeld({ rule, range }: Finding, editedLine: number | undefined): boolean {
  return (
    rule === 'yaml-syntax' &&
    editedLine !== undefined &&
    range.start.line <= editedLine &&
    editedLine <= range.end.line
  );
}

/** The line on which the newer text starts to differ; undefined where it does not. */
export function editedLine(before: string, document: TextDocument): number | undefined {
  const after = document.text;
  if (before === after) return undefined;
  let same = 0;
  const shorter = Math.min(before.length, after.length);
  while (same < shorter && before.charCodeAt(same) === after.charCodeAt(same)) same++;
  return document.positionAt(same).line;
}
