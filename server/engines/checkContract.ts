/** Rows of a table held against a model's serving contract: what lies outside is counted, or refused. */
import { missingEpoch, type Table } from '../data/table.ts';
import {
  type CellCheck,
  type ColumnContract,
  type ContractCheck,
  cellChecks,
  contractChecks,
  contractError,
} from '../onnx/contract.ts';
import type { ModelLineage } from '../onnx/lineage.ts';
import type { Outside } from '../protocol/outside.ts';

type Cell = number | string;
/** Called for each cell that may be outside, with what is wrong with it. */
type Visit = (row: number, check: ContractCheck | undefined, cell: Cell) => void;

/**
 * In the order of the model's columns, of those that the table has. `refuses`: the first row that the contract rejects is an error.
 * @throws ModelwrightError contract-missing, contract-range, contract-unseen
 */
export async function checkContract(
  { contract, features }: Pick<ModelLineage, 'contract' | 'features'>,
  table: Table,
  { rows, refuses = false }: { rows: Int32Array; refuses?: boolean },
): Promise<Outside[]> {
  if (contract === undefined) return [];
  const checks = cellChecks(contract);
  const contracts = new Map(contract.columns.map((column) => [column.name, column]));
  const present = new Set(table.columns.map(({ name }) => name));
  const outside: Outside[] = [];
  let first: { row: number; column: string; check: ContractCheck; cell: Cell } | undefined;
  for (const { name, input } of features) {
    const check = checks.get(name);
    const column = contracts.get(name);
    if (check === undefined || column === undefined || !present.has(name)) continue;
    const counts = { missing: 0, range: 0, unseen: 0 };
    await visitors[input](table, column, { rows, check }, (row, fault, cell) => {
      if (fault === undefined) return;
      counts[fault]++;
      if (contract[fault] === 'reject' && (first === undefined || row < first.row))
        first = { row, column: name, check: fault, cell };
    });
    for (const each of contractChecks)
      if (counts[each] > 0) outside.push({ column: name, check: each, rows: counts[each] });
  }
  if (refuses && first !== undefined) {
    const [row = first.row] = await table.rowNumbersOf([first.row]);
    throw contractError(contract, first.check, { ...first, row });
  }
  return outside;
}

type Visitor = (
  table: Table,
  column: ColumnContract,
  cells: { rows: Int32Array; check: CellCheck },
  visit: Visit,
) => Promise<void>;

/** Millions of cells are looked at: those that are as in training are passed over without a call. */
const visitors: Readonly<Record<ModelLineage['features'][number]['input'], Visitor>> = {
  async float(table, { name, low = Infinity, high = -Infinity }, { rows, check }, visit) {
    const values = await table.numbers(name);
    for (const row of rows) {
      const value = values[row] ?? Number.NaN;
      if (value >= low && value <= high) continue;
      visit(row, check(value), value);
    }
  },
  async string(table, { name }, { rows, check }, visit) {
    const { levels, codes } = await table.dictionary(name);
    const faults = ['', ...levels].map(check);
    for (const row of rows) {
      const code = codes[row] ?? 0;
      if (faults[code] !== undefined) visit(row, faults[code], levels[code - 1] ?? '');
    }
  },
  /** Of dates only whether they are there. */
  async date(table, { name }, { rows, check }, visit) {
    const epochs = await table.epochs(name);
    for (const row of rows) if (epochs[row] === missingEpoch) visit(row, check(''), '');
  },
};
