/** The page of one rule, docs/rules/<id>.md: what it finds, why and by whose method, what it says, an example and its fix. */
import { ruleExamples } from './ruleExamples.ts';
import type { RuleEntry } from './rules.ts';
import { unofferedFixes } from './unofferedFixes.ts';
import { waitingRules } from './waitingRules.ts';

/** What the abbreviations of methods stand for. */
const sources: Readonly<Record<string, string>> = {
  DC: 'deepchecks',
  EV: 'evidently',
  NML: 'NannyML',
  TFDV: 'TensorFlow Data Validation',
  DL: 'Data Linter (Hynes, Sculley and Terry, 2017)',
  ZDL: 'DataLinter by zgornel',
  YDP: 'ydata-profiling',
  GX: 'Great Expectations',
  LUD: 'Ludwig',
  DSL: 'dslinter',
  PNB: 'pynblint',
  MLL: 'mllint',
  RML: 'Rules of Machine Learning (Google)',
  MTS: 'ML Test Score (Breck et al., 2017)',
  MCT: 'Model Card Toolkit',
  ROTH: 'Which Leakage Types Matter? (arXiv 2604.04199)',
  SIM: 'measured by our own simulation',
  MISSION: 'an anti-pattern or a practice that this project set out to cover',
  OWASP: 'OWASP Top 10 for LLM applications, 2025',
};

/** Classes of Kapoor and Narayanan's taxonomy of leakage, such as `[L1.2]`. */
const leakageClasses = /\[L\d(?:\.\d)?(?:,L\d(?:\.\d)?)*\]/;

const levels: Readonly<Record<RuleEntry['level'], string>> = {
  S: 'the file alone',
  D: 'the data',
  P: 'the split',
  R: 'past runs',
  O: 'a deployment',
};

const stages = {
  1: 'from the first line on',
  2: 'once gates or a registry are written',
  3: 'once serving or monitoring is written',
} as const;

/** Markdown, a file of docs/rules; the same tables give the same text. */
export function rulePage(rule: RuleEntry, isActive: boolean): string {
  return `${ruleText(rule, isActive)}
[All rules](../rules.md). This page is written by \`docs/generate.mjs\`.
`;
}

/** The same for the editor, beside which no other pages lie. */
export function ruleText(rule: RuleEntry, isActive: boolean): string {
  const { id, severity, level, stage, detects, method, message, fix } = rule;
  const cited = Object.entries(sources).filter(([short]) =>
    new RegExp(`\\b${short}\\b`).test(`${detects} ${method}`),
  );
  const classes = leakageClasses.test(detects)
    ? ['- L1 to L3: the taxonomy of leakage of Kapoor and Narayanan (2023)']
    : [];
  const legend = [...cited.map(([short, name]) => `- ${short}: ${name}`), ...classes];
  return `# ${id}

${isActive ? '' : `*Planned: ${waitingRules[id] ?? 'this version does not run it'}.*\n\n`}${capital(severity)}; judges ${levels[level]}, ${stages[stage]}.

## What

${escaped(detects)}.

## Why, and how it is found

${escaped(method)}.
${legend.length === 0 ? '' : `\n${legend.join('\n')}\n`}
## What it says

> ${escaped(message)}

## Fix

${fix === '-' ? 'None that an edit of the file could make.' : `${escaped(fix)}.`}
${unofferedFixes[id] === undefined ? '' : `\nNo edit of the file is offered: ${unofferedFixes[id]}.\n`}${exampleOf(rule)}
To keep a finding from being told, say why: \`# lint-ignore ${id}: reason\` on its line, or an entry of \`lint.ignore\`.
`;
}

function exampleOf({ id }: RuleEntry): string {
  const example = ruleExamples[id];
  if (example === undefined) return '';
  const { fault, mended, rows, files = {}, shown, says, by } = example;
  const parts = [
    fenced('yaml', fault),
    ...(rows === undefined ? [] : ['A few rows of the data, an excerpt:', fenced('csv', rows)]),
    ...listed(Object.entries(files).filter(([name]) => fault.includes(name))),
    ...(shown === undefined ? [] : [shown]),
    ...(says === undefined ? [] : [`> ${says.replaceAll('<', '&lt;')}`]),
    ...(mended === fault ? [] : ['Mended:', fenced('yaml', mended)]),
    ...listed(Object.entries(files).filter(([name]) => !fault.includes(name))),
    ...(by === undefined ? [] : [mended === fault ? `No change of the text mends it. ${by}` : by]),
  ];
  return `\n## Example\n\n${parts.join('\n\n')}\n`;
}

function listed(files: readonly (readonly [string, string])[]): string[] {
  return files.flatMap(([name, text]) => [`\`${name}\`:`, fenced('text', text)]);
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

function capital(word: string): string {
  return `${word[0]?.toUpperCase() ?? ''}${word.slice(1)}`;
}

function escaped(text: string): string {
  return text.replaceAll('<', '&lt;').replace(/\.$/, '');
}
