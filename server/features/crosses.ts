/** Crosses of features: the pairs of levels of categories, the products of numbers. */
import { ModelwrightError } from '../catalog/errors.ts';
import { crossFault } from '../config/impossible/features.ts';
import type { Dictionary } from '../data/table.ts';
import { sharedDictionary, sharedNumbers } from '../engines/sharedColumns.ts';
import { mapCodes } from '../engines/tableColumns.ts';
import type { GraphBuilder } from '../onnx/graph.ts';
import { int64, integers, lookUp } from '../onnx/operators.ts';
import { binOf } from './bins.ts';
import { fitCategory } from './categories.ts';
import { codeNames } from './encodings.ts';
import type { CrossedCodes, FittedCategory } from './fittedCategory.ts';
import type { FeatureRequest } from './fittedFeatures.ts';
import type { CategoricalSettings } from './settings.ts';

/** Tuples that a table of codes may have: as an int64 constant in the file, 16 MB. */
const mostTuples = 2_000_000;

/** What the columns of a cross are: all numbers, all categories; anything else is refused. */
export function crossKind(
  columns: readonly string[],
  { floats, categories }: { floats: readonly string[]; categories: readonly FittedCategory[] },
): 'numbers' | 'categories' {
  const isCategory = (name: string) => categories.some(({ column }) => column === name);
  const fault = crossFault(columns, (name) =>
    floats.includes(name) ? 'number' : isCategory(name) ? 'category' : undefined,
  );
  if (fault === undefined) return columns.every(isCategory) ? 'categories' : 'numbers';
  const value = `[${columns.join(', ')}]`;
  throw new ModelwrightError('model-setting', { path: 'features.cross', value, ...fault });
}

/**
 * A category whose levels are the tuples of levels that training rows hold, rare ones pooled and encoded as those of any
 * other column. Unseen tuples of known levels go to the bucket.
 * @throws ModelwrightError model-setting for more than 2,000,000 tuples
 */
export async function crossCategories(
  request: FeatureRequest,
  categories: readonly FittedCategory[],
  { columns, settings }: { columns: readonly string[]; settings: CategoricalSettings },
): Promise<FittedCategory> {
  const crossed = columns.flatMap((name) => categories.findLast(({ column }) => column === name) ?? []);
  const parts = crossed.map((part) => ({
    category: categories.indexOf(part),
    codes: part.levels.counts.length,
  }));
  const tuples = parts.reduce((product, { codes }) => product * codes, 1);
  if (tuples > mostTuples) {
    throw new ModelwrightError('model-setting', {
      path: 'features.cross',
      value: `[${columns.join(', ')}]`,
      reason: `${tuples} tuples of levels are more than ${mostTuples}`,
      instead: 'columns with fewer levels, or a larger features.categorical.rare',
    });
  }
  const tupleOf = new Float64Array(request.table.rowCount);
  for (const category of crossed) {
    const codeOf = await readCodes(request, category);
    const size = category.levels.counts.length;
    for (const row of request.trainRows) tupleOf[row] = (tupleOf[row] ?? 0) * size + codeOf(row);
  }
  const { dictionary, names } = dictionaryOf(tupleOf, request.trainRows, (tuple) => nameOf(tuple, crossed));
  const name = columns.join(' × ');
  const fitted = fitCategory(request, { name, isOrdinal: false }, dictionary, {
    ...settings,
    unknown: 'bucket',
  });
  const table = Int32Array.from({ length: tuples }, (_, tuple) => {
    const level = tuple === 0 ? '' : names.get(tuple);
    return (level === undefined ? undefined : fitted.levels.codes.get(level)) ?? fitted.levels.unseen;
  });
  return { ...fitted, sources: [...columns], cross: { parts, table } };
}

/** Appends the code of a cross, int64 [n, 1], from the codes of the plan's categories before it. */
export function appendCross(
  graph: GraphBuilder,
  codes: readonly string[],
  { parts, table }: CrossedCodes,
): string {
  const { add, multiply } = integers(graph);
  const tuple = parts.reduce((before, { category, codes: size }, index) => {
    const code = codes[category] ?? '';
    return index === 0 ? code : add(multiply(before, size), code);
  }, '');
  return lookUp(graph, int64(graph, [...table]), tuple);
}

/** The model's code of a category for rows of the table. */
async function readCodes(
  { table }: FeatureRequest,
  { column, levels, edges }: FittedCategory,
): Promise<(row: number) => number> {
  if (edges !== undefined) {
    const values = await sharedNumbers(table, column);
    return (row) => binOf(edges, values[row] ?? Number.NaN);
  }
  const dictionary = await sharedDictionary(table, column);
  const map = mapCodes(dictionary, levels);
  return (row) => map[dictionary.codes[row] ?? 0] ?? 0;
}

/** Tuples as if they were read from a column: code 0 where all parts are missing. */
function dictionaryOf(
  tupleOf: Float64Array,
  rows: Int32Array,
  nameTuple: (tuple: number) => string,
): { dictionary: Dictionary; names: ReadonlyMap<number, string> } {
  const names = new Map<number, string>();
  const taken = new Set<string>();
  const seen = [...new Set(Array.from(rows, (row) => tupleOf[row] ?? 0))].sort((a, b) => a - b);
  for (const tuple of seen) {
    if (tuple === 0) continue;
    let name = nameTuple(tuple);
    // Levels may hold the sign between them.
    while (taken.has(name)) name += "'";
    taken.add(name);
    names.set(tuple, name);
  }
  const codes = new Int32Array(tupleOf.length);
  const codeOf = new Map([...names.keys()].map((tuple, index) => [tuple, index + 1]));
  for (const row of rows) codes[row] = codeOf.get(tupleOf[row] ?? 0) ?? 0;
  return { dictionary: { levels: [...names.values()], codes }, names };
}

function nameOf(tuple: number, parts: readonly FittedCategory[]): string {
  let rest = tuple;
  return [...parts]
    .reverse()
    .map(({ levels }) => {
      const names = codeNames(levels);
      const name = names[rest % names.length] ?? '';
      rest = Math.floor(rest / names.length);
      return name;
    })
    .reverse()
    .join(' × ');
}
