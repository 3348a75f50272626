/** Reads from a table what the inputs of a cut model take. */
import { ModelwrightError } from '../catalog/errors.ts';
import { nearest } from '../config/nearest.ts';
import type { Dictionary, Table } from '../data/table.ts';
import { type CutInput, type LevelCodes, refusedCode } from '../onnx/cut.ts';
import type { BulkColumn } from './bulkChunks.ts';
import { sharedDictionary, sharedEpochs, sharedNumbers } from './sharedColumns.ts';

/**
 * One whole column for each input; `rows` are those that will be scored.
 * @throws ModelwrightError level-unseen in a model that refuses unseen levels
 */
export async function readColumns(
  table: Table,
  inputs: readonly CutInput[],
  rows: Int32Array,
): Promise<Map<string, BulkColumn>> {
  const columns = new Map<string, BulkColumn>();
  for (const input of inputs) columns.set(input.tensor, await readColumn(table, input, rows));
  return columns;
}

/** @throws ModelwrightError model-column-missing */
export function requireColumns(table: Table, inputs: readonly { readonly name: string }[]): void {
  const present = new Set(table.columns.map(({ name }) => name));
  const [absent, ...others] = inputs.filter(({ name }) => !present.has(name));
  if (absent === undefined) return;
  const { name } = absent;
  const taken = new Set(inputs.map((input) => input.name));
  const free = table.columns.map((column) => column.name).filter((each) => !taken.has(each));
  const close = nearest(name, free);
  const also = others.slice(0, 8).map((other) => `\`${other.name}\``);
  const hint = [
    ...(close === undefined ? [] : [` Did you mean \`${close}\`?`]),
    ...(others.length > 8 ? [` ${others.length} others are missing too: ${also.join(', ')} …`] : []),
    ...(others.length > 0 && others.length <= 8 ? [` Missing too: ${also.join(', ')}.`] : []),
  ];
  throw new ModelwrightError('model-column-missing', { column: name, hint: hint.join('') }, { column: name });
}

async function readColumn(table: Table, input: CutInput, rows: Int32Array): Promise<BulkColumn> {
  switch (input.feed) {
    case 'float':
      return { feed: 'float', values: await sharedNumbers(table, input.column) };
    case 'epoch':
      return { feed: 'epoch', values: await sharedEpochs(table, input.column) };
    case 'code': {
      const dictionary = await sharedDictionary(table, input.column);
      const map = mapCodes(dictionary, input.levels);
      if (input.levels.refusesUnseen) refuseUnseen(input.column, dictionary, { map, rows });
      return { feed: 'code', codes: dictionary.codes, map };
    }
    case 'string':
      throw new ModelwrightError('internal-error', { reason: `column ${input.column} has no cut point` });
  }
}

/** `map[code of the table]` is the code of the model. */
export function mapCodes(dictionary: Dictionary, levels: LevelCodes): Int32Array {
  const map = new Int32Array(dictionary.levels.length + 1);
  map[0] = levels.codes.get('') ?? 0;
  dictionary.levels.forEach((level, index) => {
    map[index + 1] = levels.codes.get(level) ?? levels.unseen;
  });
  return map;
}

function refuseUnseen(
  column: string,
  dictionary: Dictionary,
  { map, rows }: { map: Int32Array; rows: Int32Array },
): void {
  for (const row of rows) {
    const code = dictionary.codes[row] ?? 0;
    if (map[code] === refusedCode) {
      throw new ModelwrightError('level-unseen', { column, level: dictionary.levels[code - 1] }, { column });
    }
  }
}
