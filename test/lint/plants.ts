/** Planted faults: what a table with a fault and its clean twin are made of. */
import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../server/lint/fix.ts';
import { type Cell, type Columns, Drawing, lintTable, ofRule, plain } from './tables.ts';

export interface Plant {
  readonly rule: string;
  /** What finds the fault, and where: the column, or none. */
  readonly column?: string;
  readonly severity?: string;
  readonly fault: () => [Columns, string?, Record<string, Columns>?];
  /** Just on the other side of the threshold. */
  readonly clean: () => [Columns, string?, Record<string, Columns>?];
  /** Title of a fix after which the rule is silent. */
  readonly fix?: string;
}

export const rows = 1000;
export const two = 'data: data.csv\ntarget: y\n';
/** The plain table with one column more. */
export const withColumn = (
  name: string,
  draw: (y: number, row: number, d: Drawing) => Cell,
  count = rows,
): Columns => {
  const table = plain(count);
  const d = new Drawing(count, 77);
  return { ...table, [name]: d.column((row) => draw(Number(table['y']?.[row]), row, d)) };
};
export const noise = (d: Drawing, scale: number) => Number((scale * d.random.normal()).toFixed(3));
/** The plain table in order of time, `day` 0 … 499, and its target rising with it by `slope`. */
export const inTime = (slope: number): Columns => {
  const d = new Drawing(rows, 5);
  const day = d.column((row) =>
    new Date(Date.parse('2024-01-01') + Math.floor(row / 2) * 86_400_000).toISOString().slice(0, 10),
  );
  const table = { ...plain(rows), y: d.binary((row) => slope * (row / rows - 0.5)) };
  return { day, ...table };
};
/** `each` rows of every customer, who share a tendency of this size. */
export const customers = (each: number, tendency: number): Columns => {
  const d = new Drawing(rows, 6);
  const leaning = Array.from({ length: rows }, () => tendency * d.random.normal());
  const order = Int32Array.from({ length: rows }, (_, row) => Math.floor(row / each));
  d.random.shuffle(order);
  return {
    customer: [...order].map((id) => `c${id}`),
    ...plain(rows),
    y: d.binary((row) => leaning[order[row] ?? 0] ?? 0),
  };
};
/** Some rows of the table once more at its end. */
export const repeated = (
  table: Columns,
  share: number,
  change: (name: string, cell: Cell) => Cell = (_, cell) => cell,
): Columns =>
  Object.fromEntries(
    Object.entries(table).map(([name, cells]) => [
      name,
      [...cells, ...cells.slice(0, Math.round(share * cells.length)).map((cell) => change(name, cell))],
    ]),
  );
export const part = (table: Columns, from: number, to?: number): Columns =>
  Object.fromEntries(Object.entries(table).map(([name, cells]) => [name, cells.slice(from, to)]));
export const twoFiles = 'data: {source: {train: data.csv, test: test.csv}}\ntarget: y\n';

/** One test a plant: its rule speaks once of the fault, and not of the twin. */
export function describePlants(plants: readonly Plant[]): void {
  describe('a planted fault is found, its clean twin is not', () => {
    for (const { rule, column, severity, fault, clean, fix } of plants) {
      it(`${rule}${column === undefined ? '' : ` in ${column}`}${severity === undefined ? '' : ` (${severity})`}`, async () => {
        const about = (found: ReturnType<typeof ofRule>) =>
          found.filter(
            ({ data, severity: found }) =>
              (column === undefined || data['column'] === column) &&
              (severity === undefined || found === severity),
          );
        const [columns, yaml = two, files] = fault();
        const found = about(ofRule(await lintTable(columns, yaml, files), rule));
        expect(found).toHaveLength(1);
        expect(about(ofRule(await lintTable(...clean()), rule))).toEqual([]);
        if (fix === undefined) return;
        const offered = found[0]?.fixes.find(({ title }) => title === fix);
        expect(offered, found[0]?.fixes.map(({ title }) => title).join(', ')).toBeDefined();
        const mended = applyEdits(yaml, offered?.edits ?? []);
        expect(about(ofRule(await lintTable(columns, mended, files), rule))).toEqual([]);
      });
    }
  });
}
