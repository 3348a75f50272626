/** Settings that exclude one another: the table of pairs. */
import { expandShorthands } from './expand.ts';
import { isMap } from './schema/nodes.ts';
import { valueAt } from './valueAt.ts';

export interface Conflict {
  /** The setting to take away, and the one it contradicts. */
  readonly path: readonly (string | number)[];
  readonly other: readonly (string | number)[];
  /** Completes "`a` and `b` cannot both be set: …". */
  readonly why: string;
  readonly data: Readonly<Record<string, unknown>>;
}

type Read = (path: string) => unknown;

interface Pair {
  readonly path: string;
  readonly other: string;
  readonly why: string;
  clashes(read: Read): boolean;
}

const isDate = (value: unknown) => typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value);
const has = (read: Read, path: string) => read(path) !== undefined;

/** Also printed in the reference. */
export const pairs: readonly Pair[] = [
  {
    path: 'split.test',
    other: 'data.source.test',
    why: 'the test rows are a file of their own',
    clashes: (read) => has(read, 'split.test') && has(read, 'data.source.test'),
  },
  {
    path: 'split.method',
    other: 'data.source.test',
    why: 'the files already divide the rows',
    clashes: (read) =>
      has(read, 'data.source.test') &&
      !['auto', 'predefined'].includes(String(read('split.method') ?? 'auto')),
  },
  {
    path: 'split.method',
    other: 'split.test',
    why: 'a date divides along time',
    clashes: (read) =>
      isDate(read('split.test')) &&
      !['auto', 'time', 'group-time'].includes(String(read('split.method') ?? 'auto')),
  },
  {
    path: 'split.cv.kind',
    other: 'split.method',
    why: 'random folds would train on the future',
    clashes: (read) =>
      read('split.cv.kind') === 'kfold' &&
      ['time', 'group-time'].includes(String(read('split.method') ?? 'auto')),
  },
];

/** What `root` (as written, shorthands and all) sets against itself. */
export function conflictingSettings(root: unknown): Conflict[] {
  const written = expandShorthands(root);
  const read: Read = (path) => valueAt(written, path.split('.'));
  const clashing = pairs
    .filter((pair) => pair.clashes(read))
    .map(({ path, other, why }) => ({ path: path.split('.'), other: other.split('.'), why, data: {} }));
  return [...clashing, ...includedAndExcluded(read), ...typedTwice(read), ...promptsTwice(read)];
}

function includedAndExcluded(read: Read): Conflict[] {
  const include = listOf(read('features.include'));
  return listOf(read('features.exclude')).flatMap((column, index) =>
    include.includes(column)
      ? [
          {
            path: ['features', 'exclude', index],
            other: ['features', 'include', include.indexOf(column)],
            why: `\`${column}\` is both included and excluded`,
            data: { column },
          },
        ]
      : [],
  );
}

function typedTwice(read: Read): Conflict[] {
  const types = read('features.types');
  const columns = read('data.columns');
  if (!isMap(types) || !isMap(columns)) return [];
  return Object.entries(types).flatMap(([column, kind]) => {
    const declared = valueAt(columns, [column, 'type']);
    if (declared === undefined || declared === kind) return [];
    return [
      {
        path: ['features', 'types', column],
        other: ['data', 'columns', column, 'type'],
        why: `\`${column}\` is ${declared} there and ${kind} here`,
        data: { column },
      },
    ];
  });
}

function promptsTwice(read: Read): Conflict[] {
  return listOf(read('llm.prompts')).flatMap((prompt, index) => {
    const ways = ['file', 'template', 'messages'].filter((key) => isMap(prompt) && prompt[key] !== undefined);
    const [first, second] = ways;
    if (first === undefined || second === undefined) return [];
    const place = ['llm', 'prompts', index];
    return [{ path: [...place, second], other: [...place, first], why: 'a prompt has one source', data: {} }];
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
