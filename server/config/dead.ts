/** Settings without effect beside the others: told, because a person who wrote them expects one. */
import { extname } from 'node:path';
import { modelNames } from '../catalog/models.ts';
import { expandShorthands } from './expand.ts';
import { chosenFamily, familiesInUse } from './families.ts';
import type { AppliesTo } from './schema/meta.ts';
import { isMap } from './schema/nodes.ts';
import { valueAt } from './valueAt.ts';
import { visitSettings } from './writtenSettings.ts';

export interface DeadSetting {
  readonly path: readonly (string | number)[];
  /** Completes "`path` is ignored because …". */
  readonly because: string;
}

/** One entry for each outermost setting without effect; `root` is what is written, shorthands and all. */
export function deadSettings(root: unknown): DeadSetting[] {
  const found: DeadSetting[] = [];
  const families = familiesInUse(root);
  const model = chosenFamily(root);
  const written = expandShorthands(root);
  const task = String(written['task'] ?? 'auto');
  visitSettings(root, ({ path, meta }) => {
    // A variant brings its own model and task.
    if (path[0] === 'variants') return false;
    const because =
      familyReason(path, families, model) ??
      (meta?.appliesTo && !applies(meta.appliesTo, model, task) ? meta.appliesTo.because : undefined);
    if (because !== undefined) found.push({ path, because });
    return because === undefined;
  });
  const covered = new Set(found.map(({ path }) => path.join('.')));
  return [
    ...found,
    ...pairs(written).filter(
      ({ path }) => !path.some((_, end) => covered.has(path.slice(0, end + 1).join('.'))),
    ),
  ];
}

function familyReason(
  path: readonly (string | number)[],
  families: readonly string[],
  model: string,
): string | undefined {
  const key = String(path[1]);
  const isFamily = path.length === 2 && path[0] === 'model' && modelNames.some((name) => name === key);
  return isFamily && !families.includes(key) ? `the model is ${model}` : undefined;
}

function applies({ models, tasks }: AppliesTo, model: string, task: string): boolean {
  return (models?.includes(model) ?? true) && (tasks?.includes(task) ?? true);
}

/** Settings that another setting puts out of work. */
function pairs(written: Readonly<Record<string, unknown>>): DeadSetting[] {
  const read = (path: string) => valueAt(written, path.split('.'));
  const isWritten = (path: string) => read(path) !== undefined;
  const source = read('data.source');
  const columnar = isColumnar(source, read('data.format'));
  const rows: readonly (readonly [path: string, dead: boolean, because: string])[] = [
    [
      'split.cv',
      isMap(source) && isWritten('data.source.valid'),
      '`data.source.valid` gives the validation rows',
    ],
    [
      'split.valid',
      isMap(source) && isWritten('data.source.valid'),
      '`data.source.valid` gives the validation rows',
    ],
    ...['delimiter', 'header', 'encoding', 'decimal', 'null_values'].map(
      (key) => [`data.read.${key}`, columnar, 'the format has its own types and no text to read'] as const,
    ),
    [
      'split.gap',
      ['random', 'stratified'].includes(String(read('split.method'))),
      'only a split along time has a gap',
    ],
    [
      'model.linear.l1_ratio',
      (read('model.linear.penalty') ?? 'l2') !== 'elastic',
      'only the elastic penalty mixes L1 and L2',
    ],
    [
      'model.linear.strength',
      read('model.linear.penalty') === 'none',
      'there is no penalty whose strength it could be',
    ],
    [
      'evaluate.ci.samples',
      !['bootstrap', undefined].includes(textOf(read('evaluate.ci.method'))),
      'only the bootstrap resamples',
    ],
    ['evaluate.ci.level', read('evaluate.ci.method') === 'none', 'no intervals are computed'],
    ...['search', 'space', 'using', 'prune', 'timeout', 'parallel', 'warm_start'].map(
      (key) =>
        [`tune.${key}`, isWritten('tune') && (read('tune.trials') ?? 0) === 0, '`tune.trials` is 0'] as const,
    ),
  ];
  return rows
    .filter(([path, dead]) => dead && isWritten(path))
    .map(([path, , because]) => ({ path: path.split('.'), because }));
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}

function isColumnar(source: unknown, format: unknown): boolean {
  const binary = ['parquet', 'arrow', 'sqlite'];
  if (typeof format === 'string' && format !== 'auto') return binary.includes(format);
  const extensions: readonly string[] = ['.parquet', '.arrow', '.feather', '.sqlite', '.db'];
  const paths = Array.isArray(source) ? source : isMap(source) ? Object.values(source) : [source];
  return paths.length > 0 && paths.every((path) => extensions.includes(extname(String(path)).toLowerCase()));
}
