import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LintContext } from '../../../server/lint/rule.ts';
import { variablesOf } from '../../../server/lint/template.ts';
import { temporaryFolder } from '../../temporary.ts';
import { check, fixed, lint, only } from '../marked.ts';

/** A sound section that the cases change line by line: indented keys under `llm`. */
const head = 'task: generation\nllm:\n';
const prompts = '  prompts: [{id: p, template: "Answer <q>{{question}}</q>"}]\n';
const provider = (more = '') =>
  `  providers: [{id: m, model: example-2025-09-01, endpoint: "http://127.0.0.1:8000/v1"${more}}]\n`;
const tests = '  tests: [{id: a, vars: {question: why}, assert: [contains: because]}]\n';
const sound = head + prompts + provider() + tests;
const rag = (more: string) =>
  `task: rag\nllm:\n${prompts}${provider()}${tests}  assert: [faithful: ">= 0.9"]\n  rag: {golden: g.jsonl${more}}\n`;
const of = (rule: string, text: string, more: Partial<LintContext> = {}) => only(lint(text, more), rule);

test('a sound section has no finding but that it is not acted on yet', () => {
  expect(lint(sound).map(({ rule }) => rule)).toEqual(['unsupported-setting', 'unsupported-setting']);
  expect(lint(rag('')).map(({ rule }) => rule)).toEqual(['unsupported-setting', 'unsupported-setting']);
});

interface Case {
  readonly rule: string;
  readonly fires: string;
  readonly message: string | RegExp;
  readonly twin: string;
  readonly mended?: string;
}

const tested = (test: string) => `${head}${prompts}${provider()}  tests: [${test}]\n`;
const serving = 'serve: {mode: realtime}\n';
const paid = ', price: {in: 1000, out: 3000}, max_tokens: 1000';
const secret = `sk-${'a1B2'.repeat(6)}`;

const cases: readonly Case[] = [
  {
    rule: 'prompt-var-undefined',
    fires: tested('{id: a, vars: «{}», assert: [contains: x]}'),
    message: '`{{question}}` of prompt p has no value in test a.',
    twin: sound,
    mended: tested('{id: a, vars: {question: ""}, assert: [contains: x]}'),
  },
  {
    rule: 'prompt-var-unused',
    fires: tested('{id: a, vars: {question: x, «tone»: dry}, assert: [contains: x]}'),
    message: '`tone` of test a reaches no prompt.',
    twin: sound,
  },
  {
    rule: 'test-without-assert',
    fires: tested('«{id: a, vars: {question: x}}»'),
    message: 'Test a can never fail: nothing is asserted.',
    twin: `${tested('{id: a, vars: {question: x}}')}  assert: [not-refuses: true]\n`,
    mended: tested('{id: a, vars: {question: x}, assert: [{not-refuses: true}]}'),
  },
  {
    rule: 'test-without-assert',
    fires: tested('«{id: a, vars: {question: x, assert: [{contains: y}]}}»'),
    message: 'Test a can never fail: `assert` stands among its values.',
    twin: sound,
    mended: tested('{id: a, vars: {question: x}, assert: [{"contains":"y"}]}'),
  },
  {
    rule: 'test-without-assert',
    fires: tested('«{id: a, vars: {question: x}, assert: [faithful: ">= 0"]}»'),
    message: /what it asserts always holds/,
    twin: tested('{id: a, vars: {question: x}, assert: [faithful: ">= 0.5"]}'),
  },
  {
    rule: 'assertion-invalid',
    fires: tested('{id: a, vars: {question: x}, assert: [«contians»: y]}'),
    message: 'There is no assertion `contians`. Did you mean `contains`?',
    twin: tested('{id: a, vars: {question: x}, assert: [not-contains: y]}'),
    mended: tested('{id: a, vars: {question: x}, assert: [contains: y]}'),
  },
  {
    rule: 'assertion-invalid',
    fires: tested('{id: a, vars: {question: x}, assert: [{«type»: contains, value: y}]}'),
    message: /^`type: contains` is no assertion/,
    twin: sound,
    mended: tested('{id: a, vars: {question: x}, assert: [{contains: "y"}]}'),
  },
  {
    rule: 'assertion-invalid',
    fires: tested('{id: a, vars: {question: x}, assert: [regex: «"(a"»]}'),
    message: '`(a` is no regular expression.',
    twin: tested('{id: a, vars: {question: x}, assert: [regex: "(a)"]}'),
  },
  {
    rule: 'assertion-invalid',
    fires: tested('{id: a, vars: {question: x}, assert: [latency: «"fast"»]}'),
    message: /wants a comparison such as "< 4s"/,
    twin: tested('{id: a, vars: {question: x}, assert: [latency: "< 4s"]}'),
  },
  {
    rule: 'few-tests',
    fires: `${head}${prompts}${provider()}  «tests»: [{id: a, vars: {question: x}, assert: [contains: y]}]\ngates: [pass_rate >= 0.8]\n`,
    message: '1 test: pass rate known to ±44 %.',
    twin: sound,
  },
  {
    rule: 'sampling-single-run',
    fires: `${head}${prompts}${provider(', temperature: 0.7')}${tests}  repeat: «1»\n`,
    message:
      'One draw of a random output: m answers at temperature 0.7, and may pass or fail otherwise next time.',
    twin: `${head}${prompts}${provider(', temperature: 0.7')}${tests}`,
    mended: `${head}${prompts}${provider(', temperature: 0.7')}${tests}  repeat: 3\n`,
  },
  {
    rule: 'model-unpinned',
    fires: `${head}${prompts}  providers: [«openai:gpt-4o»]\n${tests}  cost: {per_run: 1}\n`,
    message: '`openai:gpt-4o` may change silently: it has neither a date nor a revision.',
    twin: `${head}${prompts}  providers: [openai:gpt-4o-2024-08-06]\n${tests}  cost: {per_run: 1}\n`,
  },
  {
    rule: 'model-unpinned',
    fires: `${head}${prompts}  providers: [{id: m, model: «llama-latest», endpoint: "http://localhost:1/v1"}]\n${tests}`,
    message: /`llama-latest`/,
    twin: `${head}${prompts}  providers: [{id: m, model: llama-3.1-8b, revision: 5206a32, endpoint: "http://localhost:1/v1"}]\n${tests}`,
  },
  {
    rule: 'judge-is-contestant',
    fires: `${sound}  judge: {provider: «m», calibrate: {file: h.jsonl}}\n`,
    message: 'Judge favours itself: m is under test here.',
    twin: `${sound}  judge: {provider: other-2025-01-01, calibrate: {file: h.jsonl}}\n`,
  },
  {
    rule: 'judge-is-contestant',
    fires: `${sound}  judge: {provider: «example-large-2025-01-01»}\n`,
    message: /is of the family of m/,
    twin: sound,
  },
  {
    rule: 'judge-uncalibrated',
    fires: `${sound}  «judge»: {provider: other-2025-01-01}\ngates: [pass_rate >= 0.8]\n`,
    message: /^Nobody knows how well the judge agrees with people/,
    twin: `${sound}  judge: {provider: other-2025-01-01, calibrate: {file: h.jsonl}}\ngates: [pass_rate >= 0.8]\n`,
  },
  {
    rule: 'judge-unswapped',
    fires: `${sound}  judge: {provider: o-2025-01-01, swap: «false»}\n`,
    message: /^Order decides verdicts/,
    twin: `${sound}  judge: {provider: o-2025-01-01}\n`,
    mended: `${sound}  judge: {provider: o-2025-01-01, swap: true}\n`,
  },
  {
    rule: 'exact-match-freeform',
    fires: tested('{id: a, vars: {question: x}, assert: [equals: «you have thirty days to return»]}'),
    message: /^Exact match will fail good answers/,
    twin: tested('{id: a, vars: {question: x}, assert: [equals: thirty days]}'),
    mended: tested('{id: a, vars: {question: x}, assert: [similar: you have thirty days to return]}'),
  },
  {
    rule: 'no-cost-cap',
    fires: `task: generation\n«llm»:\n${prompts}${provider(paid)}${tests}`,
    message: 'No spending limit.',
    twin: sound,
    mended: `${head}${prompts}${provider(paid)}${tests}  cost: {per_run: 5 USD}\n`,
  },
  {
    rule: 'cost-forecast',
    fires: `${head}${prompts}${provider(paid)}${tests}  repeat: 10\n  cost: {per_run: «5 USD»}\n`,
    message: /^About 30\.\d for 1 tests, 1 prompts, 1 models, 10 times each; the cap is 5\./,
    twin: `${head}${prompts}${provider(paid)}${tests}  repeat: 10\n  cost: {per_run: 50 USD}\n`,
  },
  {
    rule: 'context-overflow',
    fires: `task: rag\nllm:\n${prompts}${provider(', context: «2048», max_tokens: 400')}${tests}  assert: [faithful: ">= 0.9"]\n  rag: {golden: g.jsonl, retrieve: {k: 6}}\n`,
    message: /^About 2,8\d\d of 2,048 tokens: prompt p \(\d+\), 6 chunks of 400/,
    twin: `task: rag\nllm:\n${prompts}${provider(', context: 8192, max_tokens: 400')}${tests}  rag: {retrieve: {k: 6}}\n`,
    mended: `task: rag\nllm:\n${prompts}${provider(', context: 2048, max_tokens: 400')}${tests}  assert: [faithful: ">= 0.9"]\n  rag: {golden: g.jsonl, retrieve: {k: 4}}\n`,
  },
  {
    rule: 'chunk-misfit',
    fires: rag(', chunk: {size: 100, overlap: «100»}'),
    message: /^Chunks of 100 tokens share 100/,
    twin: rag(', chunk: {size: 100, overlap: 99}'),
    mended: rag(', chunk: {size: 100, overlap: 10}'),
  },
  {
    rule: 'chunk-misfit',
    fires: rag(', chunk: {size: «600»}, embed: {model: all-MiniLM-L6-v2}'),
    message: 'all-MiniLM-L6-v2 reads 256 tokens; of chunks of 600 the rest is not searched.',
    twin: rag(', chunk: {size: 256}, embed: {model: all-MiniLM-L6-v2}'),
    mended: rag(', chunk: {size: 256}, embed: {model: all-MiniLM-L6-v2}'),
  },
  {
    rule: 'no-retrieval-eval',
    fires: `task: rag\nllm:\n${prompts}${provider()}${tests}  assert: [faithful: ">= 0.9"]\n  «rag»: {corpus: docs}\n`,
    message: 'Retrieval is never scored on its own.',
    twin: rag(''),
  },
  {
    rule: 'no-grounding-check',
    fires: `task: rag\n«llm»:\n${prompts}${provider()}${tests}  rag: {golden: g.jsonl}\n`,
    message: 'Nothing checks for invention.',
    twin: rag(''),
  },
  {
    rule: 'no-safety',
    fires: `task: generation\n«llm»:\n${prompts}${provider()}${tests}${serving}`,
    message: 'No content or PII filter.',
    twin: `${sound}  safety: {injection: true}\n${serving}`,
    mended: `${sound}  safety: {pii: redact, injection: true}\n${serving}`,
  },
  {
    rule: 'no-llm-latency',
    fires: `task: generation\n«llm»:\n${prompts}${provider()}${tests}${serving}`,
    message: 'Users wait for the last token.',
    twin: `${sound}  cache: {kind: exact}\n${serving}`,
    mended: `${sound}  latency: {stream: true}\n${serving}`,
  },
  {
    rule: 'no-llm-monitor',
    fires: `task: generation\n«llm»:\n${prompts}${provider()}${tests}${serving}`,
    message: 'Token use and quality unseen.',
    twin: `${sound}  monitor: {tokens: true}\n${serving}`,
    mended: `${sound}  monitor: {tokens: true, cost: true}\n${serving}`,
  },
  {
    rule: 'injection-surface',
    fires: `${head}  prompts: [{id: p, template: «"Answer {{question}} shortly"»}]\n${provider()}${tests}`,
    message:
      'Untrusted text can give orders: `{{question}}` of prompt p is not marked off from the instructions.',
    twin: sound,
    mended: `${head}  prompts: [{id: p, template: 'Answer <question>{{question}}</question> shortly'}]\n${provider()}${tests}`,
  },
  {
    rule: 'injection-surface',
    fires: `${head}  prompts: [{id: p, messages: [{role: system, content: «"You help with <q>{{question}}</q>"»}]}]\n${provider()}${tests}`,
    message: /stands in the system role\.$/,
    twin: `${head}  prompts: [{id: p, messages: [{role: system, content: You help.}, {role: user, content: "{{question}}"}]}]\n${provider()}${tests}`,
  },
  {
    rule: 'secret-in-prompt',
    fires: `${head}  prompts: [{id: p, template: «"Use ${secret}"»}]\n${provider()}${tests}`,
    message: 'The prompt carries an API key, which every answer can give away.',
    twin: sound,
  },
  {
    rule: 'excessive-agency',
    fires: `${sound}  tools: [«{name: refund, effect: write}»]\n`,
    message: '`refund` can act alone: it writes, and nobody has to agree.',
    twin: `${sound}  tools: [{name: refund, effect: write, approve: always}, {name: look, effect: read}]\n`,
    mended: `${sound}  tools: [{name: refund, effect: write, approve: always}]\n`,
  },
  {
    rule: 'pii-to-provider',
    fires: `data: {source: data/churn.csv, columns: {question: {pii: email}}}\n${head}${prompts}  providers: [openai:gpt-4o-2024-08-06]\n${tests}  cost: {per_run: 1}\n  safety: {pii: «none»}\n`,
    message: '`question` leaves the machine: it is personal data, and openai:gpt-4o-2024-08-06 is told.',
    twin: `data: {source: data/churn.csv, columns: {question: {pii: email}}}\n${head}${prompts}${provider()}${tests}  safety: {pii: none}\n`,
    mended: `data: {source: data/churn.csv, columns: {question: {pii: email}}}\n${head}${prompts}  providers: [openai:gpt-4o-2024-08-06]\n${tests}  cost: {per_run: 1}\n  safety: {pii: redact}\n`,
  },
  {
    rule: 'finetune-premature',
    fires: `${sound}  «finetune»: {method: lora, base: m}\ngates: [pass_rate >= 0.8]\n`,
    message: /^Try prompting first: a second prompt, retrieval, examples/,
    twin: `${sound}  finetune: {method: lora, base: m, when: pass_rate < 0.85}\ngates: [pass_rate >= 0.8]\n`,
    mended: `${sound}gates: [pass_rate >= 0.8]\n`,
  },
  {
    rule: 'prompt-unversioned',
    fires: `${head}  prompts:\n    - «id: p»\n      template: |\n${'        <q>{{question}}</q>\n'.repeat(11)}${provider()}${tests}gates: [pass_rate >= 0.8]\n`,
    message: 'This prompt of 12 lines has no history of its own; a file would have one.',
    twin: `${sound}gates: [pass_rate >= 0.8]\n`,
  },
];

describe.each(cases)('$rule: $message', ({ rule, fires, message, twin, mended }) => {
  test('fires at its place, and is silent on its twin', () => {
    check(rule, fires, message);
    expect(of(rule, twin)).toEqual([]);
  });

  test.runIf(mended !== undefined)('its fix makes it silent', () => {
    const text = fires.replaceAll(/[«»]/g, '');
    const after = fixed(text, of(rule, text)[0]);
    expect(after).toBe(mended);
    expect(of(rule, after)).toEqual([]);
  });
});

test('a secret in a prompt is told once', () => {
  const found = lint(`${head}  prompts: [{id: p, template: "Use ${secret}"}]\n${provider()}${tests}`);
  expect(found.filter(({ rule }) => rule.startsWith('secret'))).toHaveLength(1);
});

describe('files beside the experiment', () => {
  const folder = temporaryFolder();
  const put = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  const here = (rule: string, text: string, more: Partial<LintContext> = {}) =>
    only(
      lint(text, { request: { file: join(folder, 'a.experiment.yaml'), workspace: folder }, ...more }),
      rule,
    );
  const withFile = `${head}  prompts: [{id: p, file: prompts/p.md}]\n${provider()}`;

  test('a Markdown prompt is one message of the user, read anew when it changes', () => {
    put('prompts/p.md', 'Answer as {{persona}}:\n\n```\n{{question}}\n```\n');
    const text = `${withFile}${tests}`;
    expect(here('prompt-var-undefined', text).map(({ message }) => message)).toEqual([
      '`{{persona}}` of prompt p has no value in test a.',
    ]);
    expect(here('injection-surface', text)).toEqual([]);
    put('prompts/p.md', 'Answer this question: {{question}}\n');
    expect(here('prompt-var-undefined', text)).toEqual([]);
    expect(here('injection-surface', text)).toHaveLength(1);
  });

  test('tests may stand in a file of their own', () => {
    put(
      't.jsonl',
      '{"id": "one", "vars": {"question": "x"}}\n{"id": "two", "vars": {}, "assert": [{"contains": "y"}]}\n',
    );
    const text = `${withFile}  tests: t.jsonl\n`;
    expect(here('test-without-assert', text).map(({ message }) => message)).toEqual([
      'Test one can never fail: nothing is asserted.',
    ]);
    expect(here('prompt-var-undefined', text).map(({ message }) => message)).toEqual([
      '`{{question}}` of prompt p has no value in test two.',
    ]);
  });

  test('few-shot-skewed: examples of one answer', () => {
    const row = (label: string) => `${JSON.stringify({ question: 'q', label })}\n`;
    put('shots.jsonl', row('yes').repeat(9) + row('no'));
    const text = `${withFile}${tests}  examples: {from: shots.jsonl, k: 3}\n`;
    const [finding] = here('few-shot-skewed', text);
    expect(finding?.message).toBe('9 of 10 examples are "yes": answers will lean that way.');
    expect(here('few-shot-skewed', fixed(text, finding))).toEqual([]);
    put('shots.jsonl', row('yes').repeat(8) + row('no').repeat(2));
    expect(here('few-shot-skewed', text)).toEqual([]);
  });

  test('prompt-unversioned: a prompt file that git does not keep', () => {
    const text = `${withFile}${tests}gates: [pass_rate >= 0.8]\n`;
    const inGit = (...names: string[]) => ({
      repository: () => ({ tracked: new Set(names.map((name) => join(folder, name))) }),
    });
    expect(here('prompt-unversioned', text, inGit()).map(({ message }) => message)).toEqual([
      '`prompts/p.md` is not in git: the history of this prompt is lost.',
    ]);
    expect(here('prompt-unversioned', text, inGit('prompts/p.md'))).toEqual([]);
  });

  test('an assertion whose JSON Schema is not there', () => {
    const text = `${withFile}${tests}  assert: [json-schema: answer.json]\n`;
    expect(here('assertion-invalid', text)[0]?.message).toMatch(/`answer.json` not found/);
    put('answer.json', '{}');
    expect(here('assertion-invalid', text)).toEqual([]);
  });
});

test.each<[string, string[]]>([
  ['{{a}} {{{b}}} {{& c}} {{! not}} {{> part}}', ['a', 'b', 'c']],
  ['{{ user.name | upper }}', ['user']],
  ['{{#items}}{{name}}{{/items}}', ['items?', 'name?']],
  ['{% for chunk in context %}{{ chunk }}{% endfor %}{{ q }}', ['context?', 'q']],
  ['{% if tone %}Be {{ tone }}{% endif %} {{ q }}', ['tone?', 'tone?', 'q']],
  ['{ "json": {"a": 1} } {{}} {{ 3 }}', []],
])('variables of %s', (template, expected) => {
  expect(variablesOf(template).map(({ name, optional }) => name + (optional ? '?' : ''))).toEqual(expected);
});
