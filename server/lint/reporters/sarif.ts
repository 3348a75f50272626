/** Lint results as SARIF 2.1.0, which code scanning services read. */
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ruleNamed } from '../../catalog/rules.ts';
import type { Finding, Range, Severity } from '../../protocol/finding.ts';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
  hint: 'note',
};

/** `version`: of this product. Source: OASIS Static Analysis Results Interchange Format 2.1.0. */
export function sarifLog(findings: readonly Finding[], version: string): unknown {
  const ids = [...new Set(findings.map((finding) => finding.rule))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Modelwright', version, rules: ids.map(describeRule) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => result(finding, ids.indexOf(finding.rule))),
      },
    ],
  };
}

function describeRule(id: string): unknown {
  const entry = ruleNamed(id);
  if (entry === undefined) return { id };
  return {
    id,
    shortDescription: { text: entry.detects },
    help: { text: `${entry.detects}. ${entry.method}. Fix: ${entry.fix}` },
    defaultConfiguration: { level: levels[entry.severity] },
    properties: { category: entry.category },
  };
}

function result({ rule, severity, file, range, message, data, fixes }: Finding, ruleIndex: number): unknown {
  const artifactLocation = { uri: uriOf(file) };
  return {
    ruleId: rule,
    ruleIndex,
    level: levels[severity],
    message: { text: message },
    locations: [{ physicalLocation: { artifactLocation, region: regionOf(range) } }],
    properties: { severity, data },
    ...(fixes.length === 0
      ? {}
      : {
          fixes: fixes.map((fix) => ({
            description: { text: fix.title },
            artifactChanges: [
              {
                artifactLocation,
                replacements: fix.edits.map((edit) => ({
                  deletedRegion: regionOf(edit.range),
                  insertedContent: { text: edit.text },
                })),
              },
            ],
          })),
        }),
  };
}

/** Lines and columns count from one; the end is the first character that does not belong to it. */
function regionOf({ start, end }: Range): unknown {
  return {
    startLine: start.line + 1,
    startColumn: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}

function uriOf(file: string): string {
  return isAbsolute(file) ? pathToFileURL(file).href : file.split('/').map(encodeURIComponent).join('/');
}
