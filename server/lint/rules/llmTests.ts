/** Rules about tests and assertions: those that cannot fail, cannot be read, are too few, or ask for the wrong thing. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { removeEdit, renameEdit, setEdit } from '../../config/edits.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import { nearest } from '../../config/nearest.ts';
import { isMap } from '../../config/schema/nodes.ts';
import { wilson } from '../../statistics/intervals.ts';
import { percent, setFix } from '../columns.ts';
import { fixOf } from '../fixes.ts';
import { type Assertion, type LlmTest, listOf, llmOf } from '../llm.ts';
import type { Draft, Rule } from '../rule.ts';
import { writtenAt } from '../walk.ts';

/** language.md, 1.4. */
const names: readonly string[] = [
  ...[
    'equals',
    'contains',
    'contains-any',
    'contains-all',
    'regex',
    'starts-with',
    'json',
    'json-schema',
    'sql',
  ],
  ...[
    'refuses',
    'length',
    'levenshtein',
    'rouge',
    'bleu',
    'similar',
    'rubric',
    'factual',
    'faithful',
    'cites',
  ],
  ...[
    'context-recall',
    'context-relevance',
    'answer-relevance',
    'toxic',
    'pii',
    'injection-resists',
    'tool-called',
  ],
  ...['tool-args', 'steps', 'latency', 'cost', 'tokens', 'javascript', 'command'],
];

/** They compare a figure, as in `latency: "< 4s"`. */
const compared: readonly string[] = [
  ...[
    'faithful',
    'context-recall',
    'context-relevance',
    'answer-relevance',
    'latency',
    'cost',
    'tokens',
    'steps',
  ],
];

const testWithoutAssert: Rule = {
  id: 'test-without-assert',
  needs: ['text'],
  *run({ loaded }) {
    const { tests = [], shared = [] } = llmOf(loaded) ?? {};
    for (const test of tests) {
      const checks = [...test.assertions, ...shared].filter((each) => !alwaysHolds(each));
      if (checks.length > 0 && test.weight > 0) continue;
      const path = test.path ?? 'llm.tests';
      const why =
        test.weight === 0
          ? 'it weighs nothing'
          : 'assert' in test.vars
            ? '`assert` stands among its values'
            : test.assertions.length + shared.length > 0
              ? 'what it asserts always holds'
              : 'nothing is asserted';
      yield {
        path,
        message: `Test ${test.id} can never fail: ${why}.`,
        data: { test: test.id },
        fixes: assertFix(loaded, test),
      };
    }
  },
};

/** `faithful: ">= 0"` or a threshold of 0. */
function alwaysHolds({ value }: Assertion): boolean {
  if (isMap(value)) return value['threshold'] === 0;
  return typeof value === 'string' && /^>=?\s*0(?:\.0+)?\s*$/.test(value) && value.includes('=');
}

function assertFix({ source }: LoadedExperiment, { path, vars, weight }: LlmTest): Draft['fixes'] & {} {
  if (path === undefined) return [];
  if (weight === 0) return fixOf('Let it count', removeEdit(source, `${path}.weight`));
  if (!('assert' in vars))
    return fixOf('Add an assertion', setEdit(source, `${path}.assert`, '[{not-refuses: true}]'));
  const moved = JSON.stringify(vars['assert']);
  return fixOf('Move `assert` up', [
    ...removeEdit(source, `${path}.vars.assert`),
    ...setEdit(source, `${path}.assert`, moved),
  ]);
}

const assertionInvalid: Rule = {
  id: 'assertion-invalid',
  needs: ['text'],
  *run({ loaded }) {
    const { tests = [], shared = [] } = llmOf(loaded) ?? {};
    const own = tests.flatMap(({ path, assertions }) => (path === undefined ? [] : assertions));
    const told = new Set<string>();
    for (const assertion of [...own, ...shared]) {
      const item = assertion.path.replace(/(\.assert\.\d+)\..*$/, '$1');
      const fault = told.has(item) ? undefined : faultOf(assertion, item, loaded);
      if (fault === undefined) continue;
      told.add(item);
      yield fault;
    }
  },
};

function faultOf(assertion: Assertion, item: string, loaded: LoadedExperiment): Draft | undefined {
  const { name, value, path } = assertion;
  const say = (message: string, more: Partial<Draft> = {}): Draft => ({
    path,
    message,
    data: { assertion: name },
    ...more,
  });
  if (name === 'type' || name === 'value') return otherTongue(assertion, item, loaded);
  if (!names.includes(name)) {
    const near = nearest(name, names);
    const hint = near === undefined ? '' : ` Did you mean \`${near}\`?`;
    const fixes = near === undefined ? [] : fixOf(`Use ${near}`, renameEdit(loaded.source, path, near));
    return say(`There is no assertion \`${name}\`.${hint}`, { at: 'key', fixes });
  }
  if (name === 'regex' && typeof value === 'string' && !isPattern(value))
    return say(`\`${value}\` is no regular expression.`);
  if (name === 'json-schema' && typeof value === 'string' && !existsSync(resolve(loaded.directory, value)))
    return say(`\`${value}\` not found: no JSON Schema to hold answers against.`);
  if (
    compared.includes(name) &&
    typeof value === 'string' &&
    !/^(?:[<>]=?|==)\s*\d+(?:\.\d+)?\s?(?:%|ms|s|m|USD|EUR)?$/.test(value)
  )
    return say(
      `\`${name}\` wants a comparison such as "${name === 'latency' ? '< 4s' : '>= 0.9'}", got "${value}".`,
    );
  return undefined;
}

/** `{type: contains, value: x}`, in one item of the list or, by a slip of a dash, in two. */
function otherTongue({ path, value }: Assertion, item: string, loaded: LoadedExperiment): Draft {
  const written = loaded.source.valueAt(item);
  const [kind, wanted] = isMap(written) ? [written['type'], written['value']] : [];
  const fixes =
    typeof kind === 'string' && wanted !== undefined
      ? fixOf(
          'Write it in this language',
          setEdit(loaded.source, item, `{${kind}: ${JSON.stringify(wanted)}}`),
        )
      : [];
  const example = typeof kind === 'string' ? `\`${kind}: …\`` : '`contains: …`';
  const last = path.split('.').at(-1);
  return {
    path,
    at: 'key',
    message: `\`${last}: ${String(value)}\` is no assertion: the name is the key, as in ${example}, in one item of the list.`,
    data: { assertion: last },
    fixes,
  };
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u').source !== '';
  } catch {
    return false;
  }
}

/** Half-width of Wilson's 95 % interval at a pass rate of 0.7; more than ten points say little. */
const widest = 0.1;

const fewTests: Rule = {
  id: 'few-tests',
  needs: ['text'],
  *run({ loaded, facts }) {
    const section = llmOf(loaded);
    if (section === undefined) return;
    const tests = section.tests.length + (facts?.rows ?? 0);
    // A file that cannot be read, or rows that nobody has counted yet, may hold enough.
    if (tests === 0 || (facts === undefined && loaded.isWritten('data.source'))) return;
    const { low, high } = wilson(0.7 * tests, tests, 0.95);
    const half = (high - low) / 2;
    if (half <= widest) return;
    yield {
      path: 'llm.tests',
      at: 'key',
      message: `${tests} test${tests === 1 ? '' : 's'}: pass rate known to ±${percent(half)}.`,
      data: { tests, half },
    };
  },
};

const samplingSingleRun: Rule = {
  id: 'sampling-single-run',
  needs: ['text'],
  *run({ loaded }) {
    const section = llmOf(loaded);
    const drawn = section?.providers.find(({ temperature }) => temperature > 0);
    if (drawn === undefined || section?.settings['repeat'] !== 1) return;
    yield {
      path: 'llm.repeat',
      message: `One draw of a random output: ${drawn.id} answers at temperature ${drawn.temperature}, and may pass or fail otherwise next time.`,
      data: { provider: drawn.id, temperature: drawn.temperature },
      fixes: setFix(loaded, 'llm.repeat', '3'),
    };
  },
};

const exactMatchFreeform: Rule = {
  id: 'exact-match-freeform',
  needs: ['text'],
  *run({ loaded }) {
    const { tests = [], shared = [] } = llmOf(loaded) ?? {};
    const own = tests.flatMap(({ path, assertions }) => (path === undefined ? [] : assertions));
    for (const { name, value, path } of [...own, ...shared]) {
      if (name !== 'equals' || typeof value !== 'string' || value.trim().split(/\s+/).length <= 5) continue;
      yield {
        path,
        message: 'Exact match will fail good answers: nobody finds these words again.',
        data: { words: value.trim().split(/\s+/).length },
        fixes: path.endsWith('.equals')
          ? fixOf('Use similar', renameEdit(loaded.source, path, 'similar'))
          : [],
      };
    }
  },
};

/** Prompts, retrieval and variants are cheaper than weights; fewer rows than this teach nothing. */
const leastRows = 200;

const finetunePremature: Rule = {
  id: 'finetune-premature',
  needs: ['text'],
  *run({ loaded, facts }) {
    const section = llmOf(loaded);
    const finetune = section?.settings['finetune'];
    if (section === undefined || !isMap(finetune)) return;
    const untried = [
      ...(listOf(section.settings['prompts']).length > 1 ? [] : ['a second prompt']),
      ...(section.settings['rag'] === undefined ? ['retrieval'] : []),
      ...(section.settings['examples'] === undefined ? ['examples'] : []),
    ];
    const rows =
      typeof finetune['data'] === 'string' && finetune['data'] === writtenAt(loaded, 'data.source')
        ? facts?.rows
        : undefined;
    // A condition says what has to fail first.
    const early = finetune['when'] === undefined && untried.length === 3;
    const small = rows !== undefined && rows < leastRows;
    if (!early && !small) return;
    yield {
      path: 'llm.finetune',
      at: 'key',
      message: small
        ? `${rows} rows teach a model little; try prompting first: ${untried.join(', ') || 'other prompts'}.`
        : `Try prompting first: ${untried.join(', ')} cost less and were not tried.`,
      data: { untried, rows },
      fixes: fixOf('Remove finetune', removeEdit(loaded.source, 'llm.finetune')),
    };
  },
};

export const llmTestRules: readonly Rule[] = [
  testWithoutAssert,
  assertionInvalid,
  fewTests,
  samplingSingleRun,
  exactMatchFreeform,
  finetunePremature,
];
