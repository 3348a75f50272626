/** The pages on errors and rules, written from their tables: docs/errors.md and docs/rules.md. */
import { errors } from './errors.ts';
import { type RuleEntry, rules } from './rules.ts';

/** Markdown; the same table gives the same text. */
export function errorReference(): string {
  const rows = Object.entries(errors).map(
    ([code, { message, help, exit }]) => `| \`${code}\` | ${cell(message)} | ${cell(help)} | ${exit} |`,
  );
  return `# Errors

Every failure that a user can cause. Words in braces are filled in. Exit code 2: bad usage or bad input, and nothing is
written; 3: the work itself failed, and what was finished is kept; 130: cancelled.

This page is written by \`docs/generate.mjs\` from \`server/catalog/errors.ts\`.

| Code | Message | What to do | Exit |
|---|---|---|---|
${rows.toSorted().join('\n')}
`;
}

const titles: Readonly<Record<RuleEntry['category'], string>> = {
  yaml: 'YAML and schema',
  problem: 'Problem',
  data: 'Data',
  leakage: 'Leakage',
  split: 'Split',
  model: 'Model and training',
  evaluation: 'Evaluation',
  registry: 'Gates, registry, reproducibility',
  serving: 'Serving',
  monitoring: 'Monitoring',
  governance: 'Governance',
  llm: 'Language models',
};

/** `active`: ids of the rules that this version runs. */
export function ruleReference(active: ReadonlySet<string>): string {
  const sections = Object.entries(titles).map(([category, title]) => {
    const rows = rules
      .filter((rule) => rule.category === category)
      .map((rule) => row(rule, active.has(rule.id)));
    return `## ${title}\n\n| Rule | Severity | Level | Detects | How | Message | Fix |\n|---|---|---|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Lint rules

Severity is that of the profile \`standard\`. Level: S the file alone, D the data, P the split, R runs, O deployments; the
digit is the first stage at which the rule speaks (1 exploring, 2 candidate: gates or a registry are written, 3 shipping:
serving or monitoring is written). *Planned* rules are not run by this version.

This page is written by \`docs/generate.mjs\` from \`server/catalog/ruleTable.ts\`.

${sections.join('\n')}`;
}

function row(rule: RuleEntry, isActive: boolean): string {
  const { id, severity, level, stage, detects, method, message, fix } = rule;
  const link = `[\`${id}\`](rules/${id}.md)`;
  const name = isActive ? link : `${link} *(planned)*`;
  return `| ${[name, severity, `${level}${stage}`, detects, method, message, fix].map(cell).join(' | ')} |`;
}

/** A pipe would end the cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
