/** Learns the serving contract of `features.validate` on the training rows: ranges, levels, and whether values were missing. */
import type { Experiment } from '../config/experiment.ts';
import { missingEpoch, type Table } from '../data/table.ts';
import type { FeatureInput } from '../features/fittedFeatures.ts';
import { type ColumnContract, contractChecks, type ServingContract, shortFloat } from '../onnx/contract.ts';

/** Of one column, and characters of all of them: a file is not made large by its contract. */
const mostLevels = 1_000;
const mostCharacters = 200_000;

/** Undefined where nothing is checked. `rows` are positions in the table; nothing else is looked at. */
export async function learnContract(
  settings: Experiment['features']['validate'],
  { table, inputs, rows }: { table: Table; inputs: readonly FeatureInput[]; rows: Int32Array },
): Promise<ServingContract | undefined> {
  const { missing = 'none', range = 'none', unseen = 'none' } = settings ?? {};
  const actions = { missing, range, unseen };
  if (contractChecks.every((check) => actions[check] === 'none')) return undefined;
  const columns: ColumnContract[] = [];
  let characters = 0;
  for (const { name, input } of inputs) {
    const column = await learners[input](table, name, rows);
    const size = column.levels?.reduce((sum, level) => sum + level.length, 0) ?? 0;
    const { levels, ...others } = column;
    const isCarried =
      levels !== undefined && levels.length <= mostLevels && characters + size <= mostCharacters;
    if (isCarried) characters += size;
    columns.push({ name, ...others, ...(isCarried && { levels }) });
  }
  return { ...actions, columns };
}

type Learnt = Omit<ColumnContract, 'name'>;

const learners: Readonly<
  Record<FeatureInput['input'], (table: Table, name: string, rows: Int32Array) => Promise<Learnt>>
> = {
  async float(table, name, rows) {
    const values = await table.numbers(name);
    let [low, high, missing] = [Infinity, -Infinity, false];
    for (const row of rows) {
      const value = Math.fround(values[row] ?? Number.NaN);
      if (!Number.isFinite(value)) {
        missing = true;
        continue;
      }
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return low > high ? { missing } : { missing, low: shortFloat(low), high: shortFloat(high) };
  },
  async string(table, name, rows) {
    const { levels, codes } = await table.dictionary(name);
    const seen = new Uint8Array(levels.length + 1);
    for (const row of rows) seen[codes[row] ?? 0] = 1;
    return { missing: seen[0] === 1, levels: levels.filter((_, index) => seen[index + 1] === 1) };
  },
  async date(table, name, rows) {
    const epochs = await table.epochs(name);
    return { missing: rows.some((row) => epochs[row] === missingEpoch) };
  },
};
