import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../temporary.ts';
import { check, clean, fixed, lint, only } from '../marked.ts';
import { lintTable, plain } from '../tables.ts';
import { factsOf } from './factsOf.ts';

const timed = 'data: {source: data/churn.csv, time: day}\ntarget: churned\n';
const feature = (item: string) => `features: {derive: [{name: spent, ${item}}]}\n`;

describe('future-aggregate', () => {
  test('outcomes of past rows before they are known; a shift makes it silent', () => {
    const horizon = 'problem: {horizon: 30d}\n';
    const text = `${timed}${horizon}${feature('expr: mean(churned)')}`;
    const [finding] = check(
      'future-aggregate',
      `${timed}${horizon}${feature('expr: «mean(churned)»')}`,
      /known only 30d later/,
    );
    expect(only(lint(fixed(text, finding)), 'future-aggregate')).toEqual([]);
    check('future-aggregate', `${timed}${feature('expr: mean(churned)')}`);
    check('future-aggregate', `${timed}${horizon}${feature('expr: mean(churned), available_at: known')}`);
  });
  test('a sum is of what lies before the prediction, with a window or without', () => {
    check('future-aggregate', `${timed}${feature('expr: sum(amount)')}`);
    check('future-aggregate', `${timed}${feature('expr: amount / 2')}`);
    check('future-aggregate', `${timed}${feature('expr: "max(amount, 3)"')}`);
    check('future-aggregate', `${timed}${feature('expr: sum(amount), shift: 1d')}`);
  });
  test('a window without a time', () => {
    check(
      'future-aggregate',
      `${clean}${feature('expr: «sum(amount)», window: 30d')}`,
      /`data.time` is not set/,
    );
    check('future-aggregate', `${clean}${feature('expr: «lag(amount)»')}`, /`data.time` is not set/);
    check('future-aggregate', `${timed}${feature('expr: lag(amount)')}`);
  });
  test('a lag that looks ahead', () => {
    check('future-aggregate', `${timed}${feature('expr: «"lag(amount, -2)"»')}`, /reads 2 rows ahead/);
    const nested = `${timed}${feature("expr: 'lag(lag(amount, -1), 2)'")}`;
    const [finding] = only(lint(nested), 'future-aggregate');
    expect(fixed(nested, finding)).toContain('lag(lag(amount), 2)');
  });
  test('a join that has dates and does not say which of them counts; as_of makes it silent', async () => {
    const visits = 'who,seen,kind\n1,2025-01-01,a\n2,2025-03-01,b\n3,2025-02-01,a\n';
    const who = Array.from({ length: 60 }, (_, row) => 1 + (row % 3));
    const day = who.map((_, row) => `2025-${1 + (row % 9)}-11`.replace(/-(\d)-/, '-0$1-'));
    const table = { who, day, y: who.map((_, row) => row % 2) };
    const found = async (join: string) => {
      const yaml = `data: {source: data.csv, time: day, join: [${join}]}\ntarget: y\n`;
      return only([...(await lintTable(table, yaml, { 'visits.csv': visits })).findings], 'future-aggregate');
    };
    const [finding, ...more] = await found('{source: visits.csv, keys: who}');
    expect(more).toEqual([]);
    expect(finding?.message).toMatch(
      /visits\.csv` takes rows of any time, the future among them: .* it has `seen`/,
    );
    expect(finding?.fixes[0]?.title).toBe('Set as_of: seen');
    expect(await found('{source: visits.csv, keys: who, as_of: seen}')).toEqual([]);
  });
});

describe('population-mismatch', () => {
  const served = (trained: string, filter: string) =>
    `data: {source: data/churn.csv, filter: "${trained}"}\ntarget: churned\nserve: {mode: realtime, filter: ${filter}}\n`;
  test('another condition, whatever the order and the spelling', () => {
    const text = served("age > 18 and plan == 'pro'", '"age > 21"');
    const [finding] = check(
      'population-mismatch',
      served("age > 18 and plan == 'pro'", '«"age > 21"»'),
      /Trained on age > 18 and plan == 'pro', served to age > 21/,
    );
    expect(only(lint(fixed(text, finding)), 'population-mismatch')).toEqual([]);
    check('population-mismatch', served("age > 18 and plan == 'pro'", `"plan == 'pro' and age>18"`));
  });
  test('what only the outcome can tell is not asked when serving', () => {
    check('population-mismatch', served('age > 18 and churned is not null', '"age > 18"'));
  });
});

test('feedback-loop: until some rows are kept free of predictions', () => {
  const text = `${clean}problem: {feedback: true}\nserve: realtime\n`;
  const [finding] = check(
    'feedback-loop',
    `${clean}problem: {feedback: «true»}\nserve: realtime\n`,
    /no rows are kept free/,
  );
  expect(only(lint(fixed(text, finding)), 'feedback-loop')).toEqual([]);
  check('feedback-loop', `${clean}problem: {feedback: false}\nserve: realtime\n`);
  check('feedback-loop', `${clean}problem: {feedback: true}\n`);
});

test('pii-without-basis', () => {
  const personal = (more: string) =>
    `data: {source: data/churn.csv, columns: {mail: {pii: email}}${more}}\ntarget: churned\ngates: [beats baseline]\n`;
  const [finding] = check(
    'pii-without-basis',
    personal('').replace('pii: email', 'pii: «email»'),
    /no basis and no retention/,
  );
  expect(only(lint(fixed(personal(''), finding)), 'pii-without-basis')).toEqual([]);
  check(
    'pii-without-basis',
    personal(', privacy: {basis: contract}').replace('pii: email', 'pii: «email»'),
    /names no retention/,
  );
  check('pii-without-basis', personal('').replace('pii: email', 'pii: false'));
});

test('stale-data: the newest row against the clock', async () => {
  const table = {
    ...plain(200),
    day: Array.from({ length: 200 }, (_, i) => `2026-01-${String(1 + (i % 28)).padStart(2, '0')}`),
  };
  const stale = (freshness: string) =>
    `data: {source: data/churn.csv, time: day, quality: {freshness: ${freshness}}}\ntarget: y\ngates: [beats baseline]\n`;
  const facts = await factsOf(table, stale('30d'));
  // The clock of these tests stands at 2026-03-01.
  const of = (text: string) => only(lint(text, { facts }), 'stale-data');
  const [finding] = of(stale('30d'));
  expect(finding?.message).toContain('(`day` 2026-01-28) is 32 days old');
  expect(of(fixed(stale('30d'), finding))).toEqual([]);
  expect(of(stale('40d'))).toEqual([]);
});

describe('tests that the model was shown', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'answers.experiment.yaml');
  const write = (name: string, records: readonly unknown[]) =>
    writeFileSync(join(folder, name), records.map((record) => JSON.stringify(record)).join('\n'));
  const question = 'How long does a refund take once the parcel has come back?';
  write('tests.jsonl', [
    { id: 'refund', vars: { question }, assert: [] },
    { id: 'other', vars: { question: 'Which shops are open on Sunday?' } },
  ]);
  write('shots.jsonl', [
    { input: 'how long does a refund take, once the parcel has come back', output: 'Ten days.' },
  ]);
  write('clean.jsonl', [
    { input: 'How long may a parcel lie in the shop before it is sent back?', output: 'Ten days.' },
  ]);
  write('golden.jsonl', [{ question, answer: 'Ten working days after we have it' }]);
  writeFileSync(join(folder, 'faq.md'), `# Refunds\n\n**${question}** Ten working days after we have it.\n`);
  writeFileSync(join(folder, 'terms.md'), 'Refunds are paid ten working days after we have it.\n');
  const llm = (more: string) =>
    `task: rag\nllm: {prompts: prompt.md, providers: [local:x], tests: tests.jsonl, ${more}}\n`;
  const find = (text: string, rule: string) =>
    only(lint(text, { request: { file, workspace: folder } }), rule);

  test('few-shot-overlap: equal and nearly equal ones', () => {
    expect(find(llm('examples: {from: shots.jsonl, k: 3}'), 'few-shot-overlap')).toMatchObject([
      { path: 'llm.examples.from', data: { tests: ['refund'] } },
    ]);
    expect(find(llm('examples: {from: clean.jsonl, k: 3}'), 'few-shot-overlap')).toEqual([]);
    expect(find(llm('finetune: {method: lora, data: shots.jsonl}'), 'few-shot-overlap')).toHaveLength(1);
  });

  test('corpus-contains-answers: question and answer in one document', () => {
    expect(find(llm('rag: {corpus: "*.md", golden: golden.jsonl}'), 'corpus-contains-answers')).toMatchObject(
      [{ data: { file: 'faq.md', rows: 1 } }],
    );
    expect(find(llm('rag: {corpus: terms.md, golden: golden.jsonl}'), 'corpus-contains-answers')).toEqual([]);
  });
});
