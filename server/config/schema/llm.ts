/** Section 15 of the language: prompts, language models, retrieval and what their answers must keep to. */
import { rag } from './llmRag.ts';
import { planned } from './meta.ts';
import {
  anything,
  bool,
  choice,
  either,
  group,
  int,
  item,
  list,
  mapOf,
  number,
  oneOrMore,
  ratio,
  text,
} from './values.ts';

const money = () => either(text('money'), number({ min: 0 }));

const prompts = either(
  text('path'),
  list(
    item(
      {
        id: planned(text('id'), 'Name of the prompt'),
        file: planned(text('path'), 'Where it is'),
        template: planned(text(), 'The prompt itself'),
        messages: planned(
          list(
            item(
              {
                role: planned(
                  choice(['system', 'user', 'assistant', 'tool'], { what: 'role' }),
                  'Who speaks',
                ),
                content: planned(text(), 'What'),
              },
              ['role', 'content'],
            ),
          ),
          'The prompt as a conversation',
        ),
        schema: planned(either(text('path'), mapOf(anything('a JSON Schema'))), 'JSON Schema of the answer'),
      },
      ['id'],
    ),
  ),
);

const provider = item(
  {
    id: planned(text('id'), 'Name of the provider here'),
    model: planned(text(), 'Model'),
    revision: planned(text(), 'Its exact version'),
    endpoint: planned(text('url'), 'Where it answers'),
    key: planned(text('secret'), 'Key, by reference'),
    temperature: planned(number({ min: 0, max: 2 }), 'Randomness', { default: 0 }),
    top_p: planned(ratio({ above: 0, max: 1 }), 'Share of likely words considered'),
    max_tokens: planned(int({ min: 1 }), 'Longest answer'),
    seed: planned(int({ min: 0 }), 'Seed'),
    price: planned(
      group({ in: planned(number({ min: 0 }), 'Asked'), out: planned(number({ min: 0 }), 'Answered') }),
      'Per million tokens',
    ),
    context: planned(int({ min: 1 }), 'Most tokens of prompt and answer'),
    timeout: planned(text('duration'), 'Longest wait'),
    retries: planned(int({ min: 0, max: 100 }), 'How often again'),
    rate: planned(text('rate'), 'Most requests'),
  },
  ['id', 'model'],
);

const assertions = () => list(either(mapOf(anything('what is expected')), text()));

const tests = either(
  text('path'),
  list(
    item(
      {
        id: planned(text('id'), 'Name of the test'),
        vars: planned(mapOf(anything('a value')), 'Values of the prompt'),
        assert: planned(assertions(), 'What must hold of the answer'),
        tags: planned(list(text()), 'Labels for slices'),
        weight: planned(number({ min: 0 }), 'How much it counts'),
      },
      ['id'],
    ),
  ),
);

const examples = group({
  from: planned(text('path'), 'Where they are'),
  k: planned(int({ min: 0 }), 'How many', { default: 0 }),
  select: planned(choice(['fixed', 'random', 'similar', 'diverse', 'uncertain']), 'Which'),
  order: planned(choice(['fixed', 'random', 'similar']), 'In which order'),
  seed: planned(int({ min: 0 }), 'Seed'),
});

const judge = group({
  provider: planned(text(), 'Who judges'),
  rubric: planned(text('path'), 'By which words'),
  scale: planned(either(text('range'), int({ min: 2 })), 'Points'),
  votes: planned(int({ min: 1 }), 'How often', { default: 1 }),
  swap: planned(bool(), 'Both orders', { default: true }),
  calibrate: planned(
    group({
      file: planned(text('path'), 'Answers judged by people'),
      min_kappa: planned(number({ min: -1, max: 1 }), 'Lowest agreement'),
    }),
    'Checked against people',
  ),
});

const filter = () => either(choice(['none', 'flag', 'redact', 'block'], { what: 'filter' }), bool());
const safety = group({
  pii: planned(choice(['none', 'flag', 'redact', 'block'], { what: 'filter' }), 'Personal data', {
    default: 'redact',
  }),
  toxicity: planned(filter(), 'Toxic text'),
  injection: planned(filter(), 'Orders hidden in the input', { default: true }),
  jailbreak: planned(filter(), 'Attempts to break the rules'),
  topics: planned(list(text()), 'Subjects refused'),
  redteam: planned(list(text()), 'Attack suites'),
  system_prompt_leak: planned(filter(), 'The prompt must not be told'),
});

const cost = group({
  per_run: planned(money(), 'Ceiling of a run'),
  per_call: planned(money(), 'Ceiling of a call'),
  tokens_per_call: planned(int({ min: 1 }), 'Most tokens of a call'),
  warn_at: planned(ratio(), 'Share of the ceiling at which to warn', { default: 0.8 }),
});

const finetune = group({
  method: planned(choice(['prompt', 'lora', 'qlora', 'full', 'dpo'], { what: 'fine-tuning method' }), 'How'),
  base: planned(text(), 'Model to start from'),
  data: planned(text('path'), 'Rows it learns from'),
  valid: planned(text('path'), 'Rows it stops by'),
  epochs: planned(int({ min: 1 }), 'Passes'),
  lr: planned(number({ above: 0 }), 'Learning rate'),
  rank: planned(int({ min: 1 }), 'Rank of the update'),
  command: planned(text(), 'What trains'),
  when: planned(text('gate'), 'What must hold first'),
});

const live = group({
  tokens: planned(bool(), 'Count tokens', { default: true }),
  cost: planned(bool(), 'Count money', { default: true }),
  quality_sample: planned(ratio(), 'Share of answers judged', { default: 0.02 }),
  judge: planned(text(), 'Who judges'),
  refusals: planned(bool(), 'Count refusals'),
  topics: planned(either(bool(), list(text())), 'Watch subjects'),
  feedback: planned(either(bool(), text()), 'What users say'),
});

export const llm = planned(
  group({
    prompts: planned(prompts, 'Prompt files, Mustache/Jinja-like {{var}}', {
      defaultText: 'required for llm tasks',
    }),
    providers: planned(list(either(text(), provider)), 'Models under test; temperature 0, pinned revision', {
      defaultText: 'required',
    }),
    examples: planned(examples, 'Few-shot selection'),
    rag,
    tools: planned(
      list(
        item(
          {
            name: planned(text('id'), 'Name of the tool'),
            schema: planned(
              either(text('path'), mapOf(anything('a JSON Schema'))),
              'JSON Schema of its arguments',
            ),
            effect: planned(choice(['read', 'write']), 'Whether it changes anything'),
            approve: planned(
              either(choice(['always', 'never']), bool(), text('expr')),
              'When a person must agree',
            ),
          },
          ['name'],
        ),
      ),
      'Function calling',
      { default: [] },
    ),
    tests: planned(tests, 'Test cases', { defaultText: 'required' }),
    assert: planned(assertions(), 'Assertions applied to every test', {
      default: [],
      requiredFrom: {
        stage: 1,
        rule: 'no-grounding-check',
        task: 'rag',
        given: 'checks no grounding',
        insert: '[faithful: ">= 0.9"]',
        whatever: true,
      },
    }),
    judge: planned(judge, 'Model grader'),
    repeat: planned(int({ min: 1, max: 1000 }), 'Runs per test', {
      defaultText: '1 (3 if temperature>0)',
      default: 1,
    }),
    safety: planned(safety, 'Content filters and red-team suites', {
      requiredFrom: { stage: 3, rule: 'no-safety', within: 'llm', insert: '{pii: redact, injection: true}' },
    }),
    cost: planned(cost, 'Budgets; estimated before running', {
      requiredFrom: {
        stage: 1,
        rule: 'no-cost-cap',
        within: 'llm',
        given: 'pays for answers',
        insert: '{per_run: 5 USD}',
      },
    }),
    latency: planned(
      group({
        first_token: planned(text('duration'), 'Wait for the first word'),
        total: planned(text('duration'), 'Wait for the last'),
        stream: planned(bool(), 'Word by word', { default: true }),
      }),
      'Latency budgets',
      {
        requiredFrom: {
          stage: 3,
          rule: 'no-llm-latency',
          within: 'llm',
          or: ['llm.cache'],
          insert: '{stream: true}',
        },
      },
    ),
    cache: planned(
      group({
        kind: planned(choice(['none', 'exact', 'semantic']), 'When two questions are the same', {
          default: 'exact',
        }),
        ttl: planned(text('duration'), 'How long an answer counts'),
      }),
      'Response cache',
    ),
    finetune: planned(finetune, 'Fine-tune job through command; when says what must fail first', {
      onlyWritten: true,
    }),
    versions: planned(
      group({
        pin: planned(bool(), 'Refuse names that can change', { default: true }),
        fallback: planned(text(), 'Provider to fall back to'),
        sunset: planned(oneOrMore(text()), 'What happens when a version ends'),
      }),
      'Model version policy',
    ),
    monitor: planned(live, 'Live LLM quality', {
      requiredFrom: { stage: 3, rule: 'no-llm-monitor', within: 'llm', insert: '{tokens: true, cost: true}' },
    }),
  }),
  'Prompts, language models, retrieval',
  {
    onlyWritten: true,
    appliesTo: {
      tasks: ['generation', 'rag', 'extraction'],
      because: 'the task is none of generation, rag or extraction',
    },
  },
);
