/** Faults of what is asked of the data: metrics and gates that it cannot bear, models of too many parts, prompts and their examples. */
import type { Columns } from '../tables.ts';
import { candidate } from './contractFaults.ts';
import { between, type Case, type Fault, pick, put, two } from './fault.ts';
import type { Ground } from './grounds.ts';

const { floor } = Math;

const rare = (g: Ground, share: number): Columns => ({
  ...g.columns,
  y: g.d.column(() => (g.d.random.uniform() < share ? 1 : 0)),
});

const measures: readonly Fault[] = [
  {
    rule: 'roc-auc-on-rare',
    least: 3000,
    also: ['test-too-small'],
    plant: (g, bad) => ({
      columns: rare(g, bad ? between(g.d, 0.02, 0.04) : between(g.d, 0.065, 0.15)),
      yaml: `${two}metric: roc_auc\n`,
    }),
  },
  {
    rule: 'test-too-small',
    least: 3000,
    plant: (g, bad) => ({
      columns: { ...g.columns, y: g.d.whole(0, 1) },
      yaml: `${two}metric: accuracy\nsplit: {test: ${((bad ? between(g.d, 60, 250) : between(g.d, 520, 900)) / g.d.rows).toFixed(4)}, valid: 0.1}\n`,
    }),
  },
  {
    rule: 'gate-within-noise',
    least: 1000,
    also: [...candidate, 'test-too-small'],
    plant: (g, bad) => ({
      columns: { ...g.columns, y: g.d.whole(0, 1) },
      yaml: `${two}gates: [roc_auc > champion + ${bad ? 0.003 : 0.2}]\n`,
    }),
  },
  {
    rule: 'cv-infeasible',
    least: 300,
    also: ['rare-class', 'test-too-small', 'unseen-label'],
    plant: (g, bad) => {
      const positives = bad ? 5 + g.d.random.int(4) : 40;
      const step = floor(g.d.rows / positives);
      return {
        columns: { ...g.columns, y: g.d.column((row) => Number(row % step === 1 && row < step * positives)) },
        yaml: `${two}split: {cv: 10}\n`,
      };
    },
  },
  {
    rule: 'too-complex',
    also: ['test-too-small'],
    plant: (g, bad) => {
      const trees = bad ? 3 + floor(g.d.rows / 4) : 2 + floor(g.d.rows / 90);
      return {
        columns: g.columns,
        yaml: `${two}model: {type: gbdt, gbdt: {trees: ${trees}, max_leaves: 8}}\ntrain: {early_stop: false}\n`,
      };
    },
  },
  {
    rule: 'batch-too-large',
    least: 1000,
    also: ['too-complex', 'test-too-small'],
    plant: (g, bad) => ({
      columns: g.columns,
      yaml: `${two}split: {test: 0.2, valid: 0.1}\nmodel: mlp\ntrain: {batch: ${floor(g.d.rows * (bad ? between(g.d, 0.2, 0.5) : between(g.d, 0.05, 0.15)))}}\n`,
    }),
  },
  {
    rule: 'unscaled',
    column: 'income',
    // The grounds have columns of their own whose scales differ.
    also: ['unscaled'],
    plant: (g, bad) => {
      const high = bad ? floor(between(g.d, 60_000, 900_000)) : 40;
      return {
        columns: { ...put(g, 'income', () => g.d.random.int(high)), ratio: g.d.normal() },
        yaml: `${two}model: linear\nfeatures: {numeric: {scale: none}}\n`,
      };
    },
  },
  {
    rule: 'raw-features',
    column: 'town',
    least: 1000,
    plant: (g, bad) => ({
      columns: put(g, 'town', () => `t${g.d.random.int(bad ? 60 : 40)}`),
      yaml: `${two}features: {categorical: {encode: ordinal}}\n`,
    }),
  },
  {
    rule: 'text-as-category',
    column: 'note',
    least: 300,
    plant: (g, bad) => {
      const word = () =>
        pick(g.d, 'parcel', 'delivery', 'customer', 'waiting', 'invoice', 'address', 'again');
      return {
        columns: put(g, 'note', () =>
          bad ? Array.from({ length: 6 + g.d.random.int(5) }, word).join(' ') : word(),
        ),
      };
    },
    also: ['high-cardinality'],
  },
];

/** Questions that share hardly a word. */
const question = (g: Ground, i: number): string =>
  `${Array.from({ length: 9 }, () => `word${g.d.random.int(400)}`).join(' ')} number ${i}?`;
const lines = (records: readonly unknown[]): string =>
  records.map((record) => JSON.stringify(record)).join('\n');
const asked = (g: Ground) => Array.from({ length: 30 + g.d.random.int(90) }, (_, i) => question(g, i));
const prompted = (more: string): string =>
  `data: data.csv\ntask: rag\nllm: {prompts: [{id: p, template: "Answer <q>{{question}}</q>"}], ${more}}\n`;
const told = [
  'unsupported-setting',
  'few-tests',
  'no-grounding-check',
  'no-cost-cap',
  'no-retrieval-eval',
  'model-unpinned',
];

function prompts(
  g: Ground,
  { more, texts }: { more: string; texts: Readonly<Record<string, string>> },
): Case {
  return { columns: put(g, 'question', (row) => `q${row % 50}`), files: texts, yaml: prompted(more) };
}

const models: readonly Fault[] = [
  {
    rule: 'few-shot-overlap',
    also: told,
    plant: (g, bad) => {
      const questions = asked(g);
      const at = g.d.random.int(questions.length);
      const near = `${questions[at]?.toUpperCase().replace('?', ' !')}`;
      const shots = Array.from({ length: 12 }, (_, i) => ({
        input: question(g, 900 + i),
        output: `o${i % 4}`,
      }));
      if (bad) shots[g.d.random.int(12)] = { input: near, output: 'o1' };
      const tests = questions.map((text, i) => ({
        id: `t${i}`,
        vars: { question: text },
        assert: [{ contains: 'a' }],
      }));
      return prompts(g, {
        more: 'providers: [local:x], tests: tests.jsonl, examples: {from: shots.jsonl, k: 3}',
        texts: { 'tests.jsonl': lines(tests), 'shots.jsonl': lines(shots) },
      });
    },
  },
  {
    rule: 'few-shot-skewed',
    also: told,
    plant: (g, bad) => {
      const count = 20 + g.d.random.int(30);
      const common = bad ? between(g.d, 0.85, 1) : between(g.d, 0.3, 0.75);
      const shots = Array.from({ length: count }, (_, i) => ({
        input: question(g, i),
        output: i < common * count ? 'refund' : 'other',
      }));
      const test = { id: 't', vars: { question: 'What?' }, assert: [{ contains: 'a' }] };
      return prompts(g, {
        more: 'providers: [local:x], tests: tests.jsonl, examples: {from: shots.jsonl, k: 3}',
        texts: { 'tests.jsonl': lines([test]), 'shots.jsonl': lines(shots) },
      });
    },
  },
  {
    rule: 'corpus-contains-answers',
    also: told,
    plant: (g, bad) => {
      const golden = asked(g).map((text, i) => ({
        question: text,
        answer: `The answer is ${question(g, i)}`,
      }));
      const one = golden[g.d.random.int(golden.length)];
      const page = Array.from({ length: 40 }, (_, i) => question(g, 2000 + i)).join('\n\n');
      const test = { id: 't', vars: { question: 'What?' }, assert: [{ contains: 'a' }] };
      return prompts(g, {
        more: 'providers: [local:x], tests: tests.jsonl, rag: {corpus: page.md, golden: golden.jsonl}',
        texts: {
          'tests.jsonl': lines([test]),
          'golden.jsonl': lines(golden),
          'page.md': bad ? `${page}\n\n**${one?.question}** ${one?.answer}\n` : page,
        },
      });
    },
  },
  {
    rule: 'pii-to-provider',
    column: 'question',
    also: [...told, 'pii-in-features'],
    plant: (g, bad) => ({
      columns: put(g, 'question', (row) =>
        bad && row % 9 === 0
          ? `please write to user${row}@example.org`
          : `please send item ${row % 60} again`,
      ),
      files: {
        'tests.jsonl': lines([{ id: 't', vars: { question: 'What?' }, assert: [{ contains: 'a' }] }]),
      },
      yaml: prompted(
        'providers: [openai:gpt-4o-2024-08-06], tests: tests.jsonl, cost: {per_run: 1}, safety: {pii: none}',
      ),
    }),
  },
];

export const demandFaults: readonly Fault[] = [...measures, ...models];
