/** The rows of a request, whatever form it had, checked and laid out as the model's raw inputs. */
import { ModelwrightError } from '../catalog/errors.ts';
import { type ContractCheck, contractError, type ServingContract } from '../onnx/contract.ts';
import { type InputColumn, readCell } from './cells.ts';
import type { Strictness } from './settings.ts';

/** Values by row and column of the model, still as they were sent; undefined where the request has none. */
export interface RowSource {
  readonly count: number;
  valueAt(row: number, column: number): unknown;
  /** Every value is text, as in CSV. */
  readonly text?: true;
}

/** Row-major: float inputs [count, floats] and text inputs [count, strings], in the order of the model's columns. */
export interface Rows {
  readonly count: number;
  readonly floats: readonly number[];
  readonly strings: readonly string[];
}

export interface CheckedRows extends Rows {
  /** Cells outside the contract that were let pass. */
  readonly outside: readonly OutsideCell[];
}

export interface OutsideCell {
  readonly row: number;
  readonly column: string;
  readonly check: ContractCheck;
}

interface RowRules {
  readonly strictness: Strictness;
  readonly contract?: ServingContract | undefined;
}

/**
 * @throws ModelwrightError request-malformed, request-column-missing, request-value, level-unseen, contract-missing,
 * contract-range, contract-unseen
 */
export function readRows(
  columns: readonly InputColumn[],
  source: RowSource,
  { strictness, contract }: RowRules,
): CheckedRows {
  if (source.count === 0) throw malformed('it holds no rows', 'Send at least one row.');
  const reading = { strictness, text: source.text === true };
  const floats: number[] = [];
  const strings: string[] = [];
  const outside: OutsideCell[] = [];
  for (let row = 0; row < source.count; row++) {
    for (const [index, column] of columns.entries()) {
      let value = source.valueAt(row, index);
      if (value === undefined) {
        if (strictness !== 'none')
          throw new ModelwrightError(
            'request-column-missing',
            { column: column.name, row },
            { row, column: column.name },
          );
        value = null;
      }
      const cell = readCell(column, value, row, reading);
      const check = column.check?.(cell);
      if (check !== undefined && contract !== undefined) {
        if (contract[check] === 'reject')
          throw contractError(contract, check, { row, column: column.name, cell });
        outside.push({ row, column: column.name, check });
      }
      if (typeof cell === 'number') floats.push(cell);
      else strings.push(cell);
    }
  }
  return { count: source.count, floats, strings, outside };
}

/** Records: `{"age": 31, …}` each. Columns that the model does not take are passed over. */
export function recordRows(columns: readonly InputColumn[], records: readonly unknown[]): RowSource {
  const checked = records.map((record, row) => {
    if (isRecord(record)) return record;
    throw malformed(`row ${row} is not an object`, 'Send each row as {"column": value, …}.', row);
  });
  return {
    count: checked.length,
    valueAt: (row, column) => own(checked[row], columns[column]?.name ?? ''),
  };
}

/** Lists of values; `names` says which column each stands for. */
export function listRows(
  columns: readonly InputColumn[],
  lists: readonly unknown[],
  names: readonly unknown[] = columns.map(({ name }) => name),
): RowSource {
  const checked = lists.map((list, row): readonly unknown[] => {
    if (!Array.isArray(list))
      throw malformed(`row ${row} is not a list`, 'Send each row as a list of values.', row);
    if (list.length === names.length) return list;
    const reason = `row ${row} has ${list.length} values for ${names.length} columns`;
    throw malformed(reason, 'Send one value a column, null where it is missing.', row);
  });
  const places = columns.map(({ name }) => names.indexOf(name));
  return {
    count: checked.length,
    // A place of -1 is no index, and so no value.
    valueAt: (row, column) => checked[row]?.[places[column] ?? -1],
  };
}

/** A list of values for each column, all of the same length. */
export function columnRows(
  columns: readonly InputColumn[],
  lists: ReadonlyMap<string, ArrayLike<unknown>>,
): RowSource {
  const values = columns.map(({ name }) => lists.get(name));
  const [first] = lists;
  const count = first?.[1].length ?? 0;
  for (const [name, list] of lists) {
    if (list.length === count) continue;
    const reason = `column \`${name}\` has ${list.length} values, \`${first?.[0]}\` has ${count}`;
    throw malformed(reason, 'Send as many values in each column.');
  }
  return { count, valueAt: (row, column) => values[column]?.[row] };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function malformed(reason: string, help: string, row?: number): ModelwrightError {
  return new ModelwrightError('request-malformed', { reason, help }, row === undefined ? {} : { row });
}

/** A column may be called `constructor` or `__proto__`. */
function own(record: Readonly<Record<string, unknown>> | undefined, name: string): unknown {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
