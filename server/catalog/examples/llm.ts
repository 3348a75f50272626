/** Examples of rules about prompts, their tests, and what language models may do. */
import { of, type RuleExamples } from './example.ts';

const prompts = '  prompts: [{id: answer, template: "Answer <q>{{question}}</q>"}]\n';
const model = (more = '') =>
  `  providers: [{id: small, model: example-2025-09-01, endpoint: "http://127.0.0.1:8000/v1"${more}}]\n`;
const tests =
  '  tests: [{id: returns, vars: {question: How do I return it?}, assert: [contains: thirty days]}]\n';
const start = 'task: generation\nllm:\n';
const sound = `${start}${prompts}${model()}${tests}`;
const untested = `${start}${prompts}${model()}`;
const rag = `task: rag\nllm:\n${prompts}${model()}${tests}`;
const grounded = `${rag}  assert: [faithful: ">= 0.9"]\n`;
const gated = 'gates: [pass_rate >= 0.8]\n';
const paid = `${start}${prompts}${model(', price: {in: 1000, out: 3000}, max_tokens: 1000')}${tests}`;
const served = 'serve: realtime\n';
const remote = '  providers: [openai:gpt-4o-2024-08-06]\n';
const asked = '{id: returns, vars: {question: How do I return it?}';
const testing = {
  'prompt-var-undefined': of(
    untested,
    '  tests: [{id: returns, vars: {}, assert: [contains: thirty days]}]\n',
    tests,
  ),
  'prompt-var-unused': of(
    untested,
    '  tests: [{id: returns, vars: {question: How?, tone: dry}, assert: [contains: thirty days]}]\n',
    '  tests: [{id: returns, vars: {question: How?}, assert: [contains: thirty days]}]\n',
  ),
  'test-without-assert': of(
    untested,
    `  tests: [${asked}}]\n`,
    `  tests: [${asked}, assert: [{not-refuses: true}]}]\n`,
  ),
  'assertion-invalid': of(
    untested,
    `  tests: [${asked}, assert: [contians: thirty days]}]\n`,
    `  tests: [${asked}, assert: [contains: thirty days]}]\n`,
  ),
  'few-tests': {
    fault: `${sound}${gated}`,
    mended: `${untested}  tests: tests.jsonl\n${gated}`,
    by: '`tests.jsonl` holds 90 tests, by which the pass rate is known to about 10 points.',
  },
  'sampling-single-run': of(
    `${start}${prompts}${model(', temperature: 0.7')}${tests}`,
    '  repeat: 1\n',
    '  repeat: 3\n',
  ),
  'model-unpinned': of(
    `${start}${prompts}`,
    `  providers: [openai:gpt-4o]\n${tests}  cost: {per_run: 1}\n`,
    `${remote}${tests}  cost: {per_run: 1}\n`,
  ),
  'judge-is-contestant': of(
    sound,
    '  judge: {provider: small, calibrate: {file: labels.jsonl}}\n',
    '  judge: {provider: other-2025-01-01, calibrate: {file: labels.jsonl}}\n',
  ),
  'judge-uncalibrated': of(
    sound,
    `  judge: {provider: other-2025-01-01}\n${gated}`,
    `  judge: {provider: other-2025-01-01, calibrate: {file: labels.jsonl}}\n${gated}`,
  ),
  'judge-unswapped': of(
    sound,
    '  judge: {provider: other-2025-01-01, swap: false}\n',
    '  judge: {provider: other-2025-01-01, swap: true}\n',
  ),
  'exact-match-freeform': of(
    untested,
    `  tests: [${asked}, assert: [equals: You have thirty days to return it]}]\n`,
    `  tests: [${asked}, assert: [similar: You have thirty days to return it]}]\n`,
  ),
} satisfies RuleExamples;

const spending = {
  'no-cost-cap': of(paid, '', '  cost: {per_run: 5 USD}\n'),
  'cost-forecast': of(
    paid,
    '  repeat: 10\n  cost: {per_run: 5 USD}\n',
    '  repeat: 1\n  cost: {per_run: 5 USD}\n',
  ),
  'context-overflow': of(
    `task: rag\nllm:\n${prompts}${model(', context: 2048, max_tokens: 400')}${tests}  assert: [faithful: ">= 0.9"]\n`,
    '  rag: {golden: golden.jsonl, retrieve: {k: 6}}\n',
    '  rag: {golden: golden.jsonl, retrieve: {k: 4}}\n',
  ),
  'no-llm-latency': of(sound, served, `  latency: {stream: true}\n${served}`),
  'no-llm-monitor': of(sound, served, `  monitor: {tokens: true, cost: true}\n${served}`),
  'finetune-premature': of(sound, `  finetune: {method: lora, base: small}\n${gated}`, gated),
} satisfies RuleExamples;

const retrieval = {
  'chunk-misfit': of(
    grounded,
    '  rag: {golden: golden.jsonl, chunk: {size: 100, overlap: 100}}\n',
    '  rag: {golden: golden.jsonl, chunk: {size: 100, overlap: 10}}\n',
  ),
  'no-retrieval-eval': of(
    grounded,
    '  rag: {corpus: handbook}\n',
    '  rag: {corpus: handbook, golden: golden.jsonl}\n',
  ),
  'no-grounding-check': of(
    rag,
    '  rag: {golden: golden.jsonl}\n',
    '  rag: {golden: golden.jsonl}\n  assert: [faithful: ">= 0.9"]\n',
  ),
} satisfies RuleExamples;

const safety = {
  'no-safety': of(sound, served, `  safety: {pii: redact, injection: true}\n${served}`),
  'injection-surface': of(
    start,
    `  prompts: [{id: answer, template: "Answer {{question}} shortly"}]\n${model()}${tests}`,
    `  prompts: [{id: answer, template: 'Answer <question>{{question}}</question> shortly'}]\n${model()}${tests}`,
  ),
  'excessive-agency': of(
    sound,
    '  tools: [{name: refund, effect: write}]\n',
    '  tools: [{name: refund, effect: write, approve: always}]\n',
  ),
  'secret-in-prompt': of(
    start,
    `  prompts: [{id: answer, template: "Look it up with AKIAIOSFODNN7EXAMPLE: <q>{{question}}</q>"}]\n${model()}${tests}`,
    `  prompts: [{id: answer, template: "Look it up: <q>{{question}}</q>"}]\n${model()}${tests}  tools: [{name: orders, effect: read}]\n`,
    { by: 'The tool holds the key, and the model never sees it.' },
  ),
  'prompt-unversioned': of(
    start,
    `  prompts:
    - id: answer
      template: |
        You answer customers of a shop for lamps.
        Say no more than the question asks.
        Write in the language of the question.
        Name the day by which something arrives.
        Never promise a refund.
        Never name another customer.
        Where the handbook says nothing, say so.
        Where a lamp is broken, ask for a photograph.
        Where somebody is angry, say sorry first.
        Offer to call back at the end.
        <q>{{question}}</q>
${model()}${tests}${gated}`,
    `  prompts: [{id: answer, file: prompts/answer.md}]\n${model()}${tests}${gated}`,
    {
      files: { 'prompts/answer.md': 'You answer customers of a shop for lamps.\n…\n\n<q>{{question}}</q>\n' },
    },
  ),
} satisfies RuleExamples;

const ofData = {
  'pii-to-provider': of(
    `data: {source: data/churn.csv, columns: {question: {pii: email}}}\n${start}${prompts}${remote}${tests}  cost: {per_run: 1}\n`,
    '  safety: {pii: none}\n',
    '  safety: {pii: redact}\n',
    {
      rows: `question
please write to ada@example.org
please send item 7 again
my address is now lin@example.org`,
    },
  ),
  'few-shot-skewed': of(
    sound,
    '  examples: {from: shots.jsonl, k: 3}\n',
    '  examples: {from: shots.jsonl, k: 3, select: diverse}\n',
    {
      files: {
        'shots.jsonl': `${'{"question": "Where is my money?", "label": "refund"}\n'.repeat(9)}{"question": "Where is my parcel?", "label": "delivery"}\n`,
      },
    },
  ),
} satisfies RuleExamples;

export const llmExamples = { ...testing, ...spending, ...retrieval, ...safety, ...ofData };
