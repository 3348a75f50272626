/** The reference page of the language, written from the schema: docs/language.md. */
import { describe } from './describe.ts';
import { type Field, fields } from './fields.ts';
import { defaultOf } from './resolve.ts';

const intro = `# The experiment language

An experiment is a YAML file: \`*.experiment.yaml\`, \`*.experiment.yml\` or \`experiment.yaml\`. Two lines are enough:

\`\`\`yaml
data: data/churn.csv
target: churned
\`\`\`

Everything else has a default. Paths in a file are relative to it. A field is written under its section
(\`split.test\` is \`split: {test: 0.2}\`); § marks the field that a plain value of its section stands for
(\`split: 0.2\`). In paths, \`*\` is a name of yours or an entry of a list.

- **Ratios** are 0.05 or 5%. **Durations** are 30d, 12h, 5m, 10s, 100ms. **Dates** are 2025-07-01, unquoted.
- **Expressions** (\`filter\`, \`derive\`, \`expect\`, gates, slices) share one small language: comparisons, \`and\`, \`or\`,
  \`not\`, arithmetic, \`in 1..9\`, \`in [a, b]\`, \`is null\`; text stands in single quotes. Comparison with null is null.
- **\`features.derive\`** of a row alone is computed inside the model file from raw columns, which need be no features
  themselves: numbers come in as float32 and are compared as such, arithmetic is in double, what float32 cannot hold is
  null. A model file has no \`trim\`, no \`lower\` and no order of texts: \`data.derive\` does, and its columns are inputs of
  the file. How much a column matters is told of each feature by itself: one that is computed keeps its values while what
  it reads is shuffled.
- **Gates** read as sentences: \`pr_auc >= 0.55\`, \`beats baseline\`, \`recall(plan=basic) >= 0.6\`,
  \`roc_auc > linear + 0.02\`, \`pr_auc > baseline (significant)\`.
- **Composition**: \`extends\` takes base files (maps merge, lists replace, null deletes), \`vars\` names values for
  \`\${vars.x}\`, \`variants\` are overlays, and \`--set path=value\` overrides from the command line.
- Fields marked *planned* are checked like the rest and reported as \`unsupported-setting\`: this version does not act on
  them yet. Values in parentheses after "not yet" are planned values of a field that works.

This page is written by \`docs/generate.mjs\` from the schema.
`;

const sectionTitles: Readonly<Record<string, string>> = {
  schema: 'Identity and composition',
  task: 'The learning problem',
  problem: 'Why: the problem in business words',
  data: 'Data',
  features: 'Features',
  split: 'Split',
  model: 'Model',
  train: 'Training',
  tune: 'Tuning',
  evaluate: 'Evaluation',
  gates: 'Gates and registry',
  serve: 'Serving',
  monitor: 'Monitoring',
  card: 'Model card',
  run: 'Run environment',
  lint: 'Lint',
  llm: 'Language models',
};

/** Markdown; the same schema gives the same text. */
export function languageReference(): string {
  const parts = [intro];
  for (const field of inOrder()) {
    const title = Object.hasOwn(sectionTitles, field.path) ? sectionTitles[field.path] : undefined;
    if (title) parts.push(`\n## ${title}\n\n| Field | Type | Default | What it does |\n|---|---|---|---|\n`);
    parts.push(row(field));
  }
  return parts.join('');
}

/** `variants` belongs to composition, though it is built last. */
function inOrder(): readonly Field[] {
  const [variants, rest] = [fields.filter(isVariants), fields.filter((field) => !isVariants(field))];
  const task = rest.findIndex((field) => field.path === 'task');
  return rest.toSpliced(task, 0, ...variants);
}

function isVariants(field: Field): boolean {
  return field.path === 'variants';
}

function row(field: Field): string {
  const { path, doc, supported } = field;
  const name = isPrimary(field) ? `\`${path}\` §` : `\`${path}\``;
  return `| ${name} | ${cell(typeOf(field))} | ${cell(defaultText(field))} | ${cell(supported ? doc : `${doc} *(planned)*`)} |\n`;
}

function isPrimary({ path }: Field): boolean {
  const section = fields.find((field) => field.path === path.slice(0, path.lastIndexOf('.')));
  return section?.primary === path.slice(path.lastIndexOf('.') + 1);
}

function typeOf({ schema, supported, values = [], supportedValues = [] }: Field): string {
  const planned = supported ? values.filter((value) => !supportedValues.includes(value)) : [];
  return planned.length === 0 ? describe(schema) : `${describe(schema)} (not yet: ${planned.join(', ')})`;
}

function defaultText({ path, defaultText: words }: Field): string {
  const value = defaultOf(path);
  if (words !== undefined) return words;
  // A section's default is that of its fields, which stand below it.
  if (value === undefined || (typeof value === 'object' && !Array.isArray(value))) return '';
  return `\`${JSON.stringify(value).replaceAll('"', '').replaceAll(',', ', ')}\``;
}

/** A pipe would end the cell, and a bare star would be emphasis. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
}
