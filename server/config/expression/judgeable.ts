/** Which gates a run of this version can judge: one list for the run, for lint and for completion. */
import { parseMetricName } from '../../catalog/metrics.ts';
import type { Gate, Reference, Span } from './ast.ts';

/** What lint counts, by its name in a gate. */
export const lintCounts = {
  'lint.errors': 'error',
  'lint.warnings': 'warning',
  'lint.infos': 'info',
  'lint.hints': 'hint',
} as const;

/** A count of findings. */
export function isLintCount(name: string): name is keyof typeof lintCounts {
  return Object.hasOwn(lintCounts, name);
}

/** What a run can compare with; a champion that there is not yet is no obstacle. */
export const judgedReferences: readonly Reference['kind'][] = ['baseline', 'champion'];

/**
 * Why a gate fails whatever the model is, and at which part of its text; undefined where it can be judged. Metrics of
 * another task are not asked about (`metric-task-mismatch`).
 */
export function whyNotJudged(gate: Gate): { readonly reason: string; readonly span: Span } | undefined {
  const reference =
    gate.kind === 'beats'
      ? gate.reference
      : gate.right.kind === 'reference'
        ? gate.right.reference
        : undefined;
  if (gate.kind === 'compare') {
    const { name, span } = gate.metric;
    if (isLintCount(name))
      return reference && { reason: `\`${name}\` is compared with a number only`, span: reference.span };
    if (parseMetricName(name)?.metric.supported !== true)
      return { reason: `\`${name}\` is not measured by a run of this version`, span };
  }
  if (reference === undefined || judgedReferences.includes(reference.kind)) return undefined;
  return {
    reason: `a run of this version cannot compare with \`${wordOf(reference)}\``,
    span: reference.span,
  };
}

function wordOf(reference: Reference): string {
  return 'id' in reference ? `${reference.kind}(${reference.id})` : reference.kind;
}
