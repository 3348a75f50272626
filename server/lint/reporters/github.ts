/** Lint results as workflow commands, which GitHub shows beside the changed lines. */
import type { Finding, Severity } from '../../protocol/finding.ts';

const commands: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
  hint: 'notice',
};

export function formatGithub(findings: readonly Finding[]): string {
  return findings.map(formatFinding).join('\n');
}

/** Lines and columns count from one; the end column is the last character that belongs to it. */
function formatFinding({ severity, rule, file, range, message }: Finding): string {
  const { start, end } = range;
  const sameLine = start.line === end.line;
  const properties = [
    `file=${property(file)}`,
    `line=${start.line + 1}`,
    `endLine=${end.line + 1}`,
    ...(sameLine
      ? [`col=${start.character + 1}`, `endColumn=${Math.max(start.character + 1, end.character)}`]
      : []),
    `title=${property(rule)}`,
  ];
  return `::${commands[severity]} ${properties.join(',')}::${value(message)}`;
}

function value(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return value(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
