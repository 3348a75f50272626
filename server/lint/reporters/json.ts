/** `lint --json`: the document that scripts read; its names are binding (cli.md). */
import type { Finding } from '../../protocol/finding.ts';
import { type Summary, summarize } from './summary.ts';

export interface LintDocument {
  readonly findings: readonly (Omit<Finding, 'fixes'> & {
    readonly fixes: readonly { readonly title: string }[];
  })[];
  readonly files: readonly string[];
  readonly summary: Summary;
}

/** `files`: all that were checked, those without findings too. NaN and infinities are strings already in `data`. */
export function lintDocument(findings: readonly Finding[], files: readonly string[]): LintDocument {
  return {
    findings: findings.map(({ rule, severity, file, path, range, message, data, fixes, ...rest }) => ({
      rule,
      severity,
      file,
      path,
      range,
      message,
      data: plainNumbers(data),
      fixes: fixes.map(({ title }) => ({ title })),
      ...rest,
    })),
    files,
    summary: summarize(findings),
  };
}

/** JSON has no NaN and no infinity; cli.md spells them as strings. */
function plainNumbers(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, plainNumber(value)]));
}

function plainNumber(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return String(value);
  return Array.isArray(value) ? value.map(plainNumber) : value;
}
