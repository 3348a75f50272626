/** Settings that are required because of other settings: one line each. */
import { expandShorthands } from './expand.ts';
import type { Written } from './inserts.ts';
import { llmTasks, tasksWithoutTarget } from './schema/identity.ts';
import type { SchemaIssue } from './schemaIssue.ts';
import { valueAt } from './valueAt.ts';

/** Reads a dotted path of the written-out experiment. */
type Read = (path: string) => unknown;

interface Requirement {
  readonly path: string;
  /** Completes "`path` is required …". */
  readonly because: string;
  needed(read: Read): boolean;
  /** Other paths that do as well. */
  readonly or?: readonly string[];
  /** A legal value in its place: nobody takes it for the answer, or it is one that nearly everybody means. */
  readonly skeleton: Written;
}

const task = (read: Read) => String(read('task') ?? 'auto');
const isLlm = (read: Read) => llmTasks.includes(task(read)) || read('model.type') === 'llm';
const usesModel = (name: string) => (read: Read) => {
  const baseline = read('baseline');
  return read('model.type') === name || (Array.isArray(baseline) && baseline.includes(name));
};
const usesValue = (read: Read) => read('metric') === 'value' || read('model.threshold.by') === 'value';

const requirements: readonly Requirement[] = [
  {
    path: 'data.source',
    skeleton: 'TODO.csv',
    because: 'to know where the rows come from',
    needed: (read) => !(isLlm(read) && read('llm.tests') !== undefined),
  },
  {
    path: 'target',
    skeleton: 'TODO',
    because: 'to know what is predicted',
    needed: (read) => !tasksWithoutTarget.includes(task(read)) && !isLlm(read),
  },
  {
    path: 'llm.prompts',
    skeleton: [{ id: 'answer', template: "'TODO: <question>{{question}}</question>'" }],
    because: 'by the task',
    needed: isLlm,
  },
  { path: 'llm.providers', skeleton: ['TODO'], because: 'by the task', needed: isLlm },
  {
    path: 'llm.tests',
    skeleton: [{ id: 'first', vars: { question: 'TODO' }, assert: ['contains: TODO'] }],
    because: 'by the task',
    needed: isLlm,
  },
  {
    path: 'data.group',
    skeleton: 'TODO',
    because: 'because `split.method` keeps groups on one side',
    needed: (read) => ['group', 'stratified-group', 'group-time'].includes(String(read('split.method'))),
    or: ['split.by'],
  },
  {
    path: 'data.time',
    skeleton: 'TODO',
    because: 'because `data.as_of` compares with it',
    needed: (read) => read('data.as_of') !== undefined,
  },
  {
    path: 'data.time',
    skeleton: 'TODO',
    because: 'because `data.quality.freshness` compares with it',
    needed: (read) => read('data.quality.freshness') !== undefined,
  },
  {
    path: 'data.source.test',
    skeleton: 'TODO.csv',
    because: 'because `split.method` is predefined',
    needed: (read) => read('split.method') === 'predefined' && !/[./]/.test(String(read('split.test') ?? '')),
  },
  {
    path: 'problem.horizon',
    skeleton: '1d',
    because: 'because `split.purge` is true',
    needed: (read) => read('split.purge') === true,
  },
  {
    path: 'problem.value',
    skeleton: { tp: '1', fp: '-1', fn: '0', tn: '0' },
    because: 'because outcomes are judged by their value',
    needed: usesValue,
    or: ['evaluate.value'],
  },
  {
    path: 'model.heuristic',
    skeleton: ["{if: 'true', then: 0.5}"],
    because: 'because the heuristic is these rules',
    needed: usesModel('heuristic'),
  },
  {
    path: 'model.command.train',
    skeleton: 'TODO',
    because: 'because the model is an external command',
    needed: usesModel('command'),
  },
  {
    path: 'model.onnx.path',
    skeleton: 'TODO.onnx',
    because: 'because the model is a file',
    needed: usesModel('onnx'),
  },
  {
    path: 'model.transfer.base',
    skeleton: 'TODO',
    because: 'because the model starts from a backbone',
    needed: usesModel('transfer'),
  },
  {
    path: 'model.ensemble.members',
    skeleton: ['linear', 'gbdt'],
    because: 'because an ensemble combines them',
    needed: usesModel('ensemble'),
  },
  {
    path: 'serve.rollout.ab.metric',
    skeleton: 'TODO',
    because: 'because `serve.rollout.strategy` is ab',
    needed: (read) => read('serve.rollout.strategy') === 'ab',
  },
];

/** Nothing is missing where what is written is already at fault: `issues` silence the paths they lie on. */
export function missingSettings(
  root: Readonly<Record<string, unknown>>,
  issues: readonly SchemaIssue[],
): SchemaIssue[] {
  const expanded = expandShorthands(root);
  const read: Read = (path) => valueAt(expanded, path.split('.'));
  const faulty = new Set(issues.map((issue) => issue.path.join('.')));
  const found = new Map<string, SchemaIssue>();
  for (const { path, because, needed, skeleton, or = [] } of requirements) {
    if (found.has(path) || !needed(read) || [path, ...or].some((each) => isSet(read(each)))) continue;
    const steps = path.split('.');
    if (steps.some((_, end) => faulty.has(steps.slice(0, end + 1).join('.')))) continue;
    if (meansAnother(path, issues)) continue;
    found.set(path, {
      rule: 'missing-required',
      path: steps,
      message: `\`${path}\` is required ${because}.`,
      skeleton,
      data: { key: path },
    });
  }
  return [...found.values()];
}

/** `targt: churned` is one fault, told by `unknown-key`. */
function meansAnother(path: string, issues: readonly SchemaIssue[]): boolean {
  return issues.some(
    ({ rule, path: at, suggestion, movedTo }) =>
      rule === 'unknown-key' &&
      (`${movedTo}.`.startsWith(`${path}.`) ||
        (typeof suggestion === 'string' && isPrefix([...at.slice(0, -1), suggestion], path))),
  );
}

function isPrefix(steps: readonly (string | number)[], path: string): boolean {
  return `${path}.`.startsWith(`${steps.join('.')}.`);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}
