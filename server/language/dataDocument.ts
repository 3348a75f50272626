/** The data of an experiment as the data panel shows them: columns, their distributions, and what was found about them. */
import { ruleNamed } from '../catalog/rules.ts';
import type { DataFacts } from '../data/facts/facts.ts';
import type { ColumnProfile } from '../data/profile/columnProfile.ts';
import type { DataColumn, DataDocument } from '../protocol/languageCalls.ts';
import { valueText } from './describeField.ts';
import type { OpenExperiment } from './openExperiment.ts';
import { rowsBehind } from './rowsBehind.ts';

export function dataDocument({ loaded, findings }: OpenExperiment, facts: DataFacts): DataDocument {
  const told = findings
    .filter(({ rule, data }) => /[DPR]/.test(ruleNamed(rule)?.level ?? '') || data['column'] !== undefined)
    .map(({ rule, severity, message, path, range, data }) => ({
      rule,
      severity,
      message,
      path,
      range,
      column: typeof data['column'] === 'string' ? data['column'] : null,
      question: rowsBehind({ rule, data }) ?? null,
    }));
  const counts = new Map<string, number>();
  for (const { column } of told) if (column !== null) counts.set(column, (counts.get(column) ?? 0) + 1);
  const roleOf = roles(loaded.experiment, facts);
  return {
    experiment: loaded.experiment?.name ?? '',
    source: valueText(loaded.experiment?.data.source ?? ''),
    rows: facts.rows,
    hash: facts.hash,
    target: facts.target?.name ?? null,
    columns: facts.profile.columns.map((column) => ({
      ...shown(column, facts),
      role: roleOf(column.name),
      findings: counts.get(column.name) ?? 0,
    })),
    findings: told,
  };
}

function shown(column: ColumnProfile, facts: DataFacts): Omit<DataColumn, 'role' | 'findings'> {
  const { name, kind, derived, missing, distinct, quantiles, histogram, top, min, max } = column;
  const link = Object.hasOwn(facts.links, name) ? facts.links[name] : undefined;
  const strength = link?.strength ?? undefined;
  return {
    name,
    kind,
    derived,
    missing: facts.rows === 0 ? 0 : missing / facts.rows,
    distinct,
    counts: [...(histogram?.counts ?? top.map((each) => each.count))],
    words: histogram === undefined ? top.map(({ value }) => cut(String(value))) : [],
    low: textOf(quantiles?.['0.01'] ?? min),
    middle: textOf(quantiles?.['0.5'] ?? null),
    high: textOf(quantiles?.['0.99'] ?? max),
    link:
      link === undefined || strength === undefined
        ? null
        : { measure: link.measure, value: strength.value, low: strength.low },
  };
}

function textOf(value: number | string | null): string {
  if (value === null) return '';
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : cut(value);
}

function cut(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function roles(
  experiment: OpenExperiment['loaded']['experiment'],
  facts: DataFacts,
): (name: string) => string {
  const named = new Map<string, string>(
    facts.leftOut.map(({ name, reason }) => [name, `left out: ${reason}`]),
  );
  for (const { name } of facts.features) named.set(name, 'feature');
  const { id, time, group, weight } = experiment?.data ?? {};
  for (const [role, name] of Object.entries({ id, time, group, weight }))
    if (name !== undefined) named.set(name, named.get(name) === 'feature' ? `feature, ${role}` : role);
  for (const name of facts.targetSources) named.set(name, 'makes the target');
  if (facts.target !== undefined) named.set(facts.target.name, 'target');
  return (name) => named.get(name) ?? 'not a feature';
}
