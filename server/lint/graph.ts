/** Which finding makes which other one superfluous: one cause is told once, by the rule that says it best. */
import type { RawFinding } from './rawFinding.ts';

interface Silence {
  readonly by: string;
  /** `*` for every other rule. */
  readonly rules: readonly string[];
  /** What both must be about. */
  readonly same: 'column' | 'path' | 'range' | 'line' | 'file';
}

const silences: readonly Silence[] = [
  { by: 'interpolation-unquoted', rules: ['yaml-syntax'], same: 'line' },
  { by: 'yaml-syntax', rules: ['unknown-value', 'wrong-type'], same: 'line' },
  // Any other message would repeat the secret.
  { by: 'secret-in-config', rules: ['*'], same: 'range' },
  { by: 'column-not-found', rules: ['*'], same: 'column' },
  { by: 'column-not-found', rules: ['expression-error'], same: 'path' },
  { by: 'target-copy', rules: ['target-leak', 'informative-missing', 'suspicious-name'], same: 'column' },
  {
    by: 'target-leak',
    rules: ['informative-missing', 'suspicious-name', 'after-outcome-feature'],
    same: 'column',
  },
  { by: 'target-leak', rules: ['ml-not-needed'], same: 'column' },
  { by: 'protected-feature', rules: ['fairness-unchecked'], same: 'file' },
  { by: 'group-leak', rules: ['undeclared-group'], same: 'file' },
  { by: 'split-overlap', rules: ['duplicate-rows'], same: 'file' },
  { by: 'data-not-found', rules: ['unresolved-reference'], same: 'path' },
  { by: 'wrong-type', rules: ['data-not-found'], same: 'path' },
  { by: 'unresolved-reference', rules: ['unsupported-setting'], same: 'path' },
  { by: 'unsupported-setting', rules: ['redundant-default'], same: 'path' },
  { by: 'dead-setting', rules: ['unsupported-setting', 'redundant-default'], same: 'path' },
  { by: 'conflicting-settings', rules: ['dead-setting', 'redundant-default'], same: 'path' },
  { by: 'ambiguous-scalar', rules: ['wrong-type'], same: 'path' },
  { by: 'unknown-key', rules: ['ambiguous-scalar'], same: 'path' },
  { by: 'no-seed', rules: ['wrong-type'], same: 'path' },
  { by: 'no-test-set', rules: ['redundant-default', 'test-too-small'], same: 'path' },
  // A class of a few rows is what makes the score uncertain.
  { by: 'rare-class', rules: ['test-too-small'], same: 'file' },
  { by: 'tune-on-test', rules: ['unknown-value', 'redundant-default'], same: 'path' },
  { by: 'metric-task-mismatch', rules: ['accuracy-on-imbalanced', 'roc-auc-on-rare'], same: 'path' },
  { by: 'preprocess-before-split', rules: ['resample-before-split'], same: 'path' },
  { by: 'constant-column', rules: ['mostly-missing', 'id-as-feature', 'skewed', 'outliers'], same: 'column' },
  {
    by: 'id-as-feature',
    rules: ['high-cardinality', 'enum-as-number', 'undeclared-group', 'raw-features'],
    same: 'column',
  },
  { by: 'mostly-missing', rules: ['missing-unhandled'], same: 'column' },
  { by: 'mixed-types', rules: ['number-as-string', 'unseen-category', 'high-cardinality'], same: 'column' },
  { by: 'number-as-string', rules: ['unseen-category', 'high-cardinality'], same: 'column' },
  { by: 'date-as-string', rules: ['unseen-category', 'high-cardinality'], same: 'column' },
  { by: 'sentinel-value', rules: ['outliers', 'skewed'], same: 'column' },
  { by: 'skewed', rules: ['outliers'], same: 'column' },
  { by: 'unit-jump', rules: ['outliers', 'skewed'], same: 'column' },
  { by: 'circular-as-linear', rules: ['enum-as-number'], same: 'column' },
  { by: 'id-as-feature', rules: ['odd-strings', 'mixed-types'], same: 'column' },
  { by: 'pii-in-features', rules: ['id-as-feature', 'high-cardinality', 'number-as-string'], same: 'column' },
];

export function dropSilenced(findings: readonly RawFinding[]): RawFinding[] {
  const causes = silences.map((silence) => ({
    silence,
    topics: new Set(
      findings.filter(({ rule }) => rule === silence.by).map((cause) => topicOf(cause, silence)),
    ),
  }));
  return findings.filter(
    (finding) =>
      !causes.some(({ silence, topics }) => {
        if (finding.rule === silence.by) return false;
        if (!silence.rules.includes(finding.rule) && !silence.rules.includes('*')) return false;
        const topic = topicOf(finding, silence);
        return topic !== undefined && topics.has(topic);
      }),
  );
}

function topicOf(finding: RawFinding, { same }: Silence): unknown {
  if (same === 'file') return 'file';
  if (same === 'line') return finding.range.start.line;
  if (same === 'range') return JSON.stringify(finding.range);
  return same === 'path' ? finding.path : finding.data['column'];
}
