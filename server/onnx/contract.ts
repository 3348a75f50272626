/** The serving contract in a model file's metadata: what training saw of each raw column, and what is done about other values. */
import * as z from 'zod';
import { ModelwrightError } from '../catalog/errors.ts';

export const contractChecks = ['missing', 'range', 'unseen'] as const;
/** A value missing where training had none missing, a number outside its range, a level that it did not see. */
export type ContractCheck = (typeof contractChecks)[number];

const action = z.enum(['none', 'warn', 'reject']);
export type ContractAction = z.infer<typeof action>;

export const columnContractSchema = z.object({
  name: z.string(),
  /** Training rows had missing values. */
  missing: z.boolean(),
  /** Of the numbers, the shortest that are the same as float32; absent where there were none, or the column has none. */
  low: z.number().optional(),
  high: z.number().optional(),
  /** Absent where there are too many to be carried, and where the column has none. */
  levels: z.array(z.string()).optional(),
});
/** What was learnt of a column on training rows. */
export type ColumnContract = z.infer<typeof columnContractSchema>;

export const servingContractSchema = z.object({
  missing: action,
  range: action,
  unseen: action,
  columns: z.array(columnContractSchema),
});
export type ServingContract = z.infer<typeof servingContractSchema>;

/** Says what is wrong with a cell of one column. */
export type CellCheck = (cell: number | string) => ContractCheck | undefined;

/** By column; of what no check asks for, nothing is wrong. A number cell is a float64, NaN where missing; a text '' where missing. */
export function cellChecks(contract: ServingContract): ReadonlyMap<string, CellCheck> {
  const isOn = (check: ContractCheck) => contract[check] !== 'none';
  return new Map(
    contract.columns.map(({ name, missing, low = -Infinity, high = Infinity, levels }) => {
      const known = isOn('unseen') && levels !== undefined ? new Set(levels) : undefined;
      const checksRange = isOn('range');
      const checksMissing = isOn('missing') && !missing;
      const check: CellCheck = (cell) => {
        if (typeof cell === 'string') {
          if (cell === '') return checksMissing ? 'missing' : undefined;
          return known === undefined || known.has(cell) ? undefined : 'unseen';
        }
        // As the model is fed it.
        const value = Math.fround(cell);
        if (!Number.isFinite(value)) return checksMissing ? 'missing' : undefined;
        const isInside = value >= Math.fround(low) && value <= Math.fround(high);
        return checksRange && !isInside ? 'range' : undefined;
      };
      return [name, check];
    }),
  );
}

/** The shortest decimal that is the same as float32: 18.03, not 18.030000686645508. */
export function shortFloat(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/** Where a value that is refused stands: `row` as whoever sent it counts. */
export interface RefusedCell {
  readonly row: number;
  readonly column: string;
  readonly cell: number | string;
}

/** `contract-missing`, `contract-range` or `contract-unseen`, with row and column. */
export function contractError(
  contract: ServingContract,
  check: ContractCheck,
  { row, column, cell }: RefusedCell,
): ModelwrightError {
  const own = contract.columns.find(({ name }) => name === column);
  const place = { row, column };
  if (check === 'missing') return new ModelwrightError('contract-missing', place, place);
  if (check === 'range') {
    const range = { low: own?.low ?? '', high: own?.high ?? '' };
    return new ModelwrightError('contract-range', { ...place, value: cell, ...range }, place);
  }
  const levels = own?.levels ?? [];
  const more = levels.length > shownLevels ? ` and ${levels.length - shownLevels} others` : '';
  const known = levels.slice(0, shownLevels).map(shortened).join(', ');
  return new ModelwrightError(
    'contract-unseen',
    { ...place, value: shortened(String(cell)), known: `${known}${more}` },
    place,
  );
}

const shownLevels = 8;

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
