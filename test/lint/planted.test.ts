import { describe, expect, it } from 'vitest';
import { type Cell, type Columns, Drawing, lintTable, ofRule, plain } from './tables.ts';

interface Plant {
  readonly rule: string;
  /** What finds the fault, and where: the column, or none. */
  readonly column?: string;
  readonly severity?: string;
  readonly fault: () => [Columns, string?, Record<string, Columns>?];
  /** Just on the other side of the threshold. */
  readonly clean: () => [Columns, string?, Record<string, Columns>?];
}

const rows = 1000;
const two = 'data: data.csv\ntarget: y\n';
/** The plain table with one column more. */
const withColumn = (
  name: string,
  draw: (y: number, row: number, d: Drawing) => Cell,
  count = rows,
): Columns => {
  const table = plain(count);
  const d = new Drawing(count, 77);
  return { ...table, [name]: d.column((row) => draw(Number(table['y']?.[row]), row, d)) };
};
const noise = (d: Drawing, scale: number) => Number((scale * d.random.normal()).toFixed(3));
/** The plain table in order of time, `day` 0 … 499, and its target rising with it by `slope`. */
const inTime = (slope: number): Columns => {
  const d = new Drawing(rows, 5);
  const day = d.column((row) =>
    new Date(Date.parse('2024-01-01') + Math.floor(row / 2) * 86_400_000).toISOString().slice(0, 10),
  );
  const table = { ...plain(rows), y: d.binary((row) => slope * (row / rows - 0.5)) };
  return { day, ...table };
};
/** `each` rows of every customer, who share a tendency of this size. */
const customers = (each: number, tendency: number): Columns => {
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
const repeated = (
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
const part = (table: Columns, from: number, to?: number): Columns =>
  Object.fromEntries(Object.entries(table).map(([name, cells]) => [name, cells.slice(from, to)]));
const twoFiles = 'data: {source: {train: data.csv, test: test.csv}}\ntarget: y\n';

const plants: Plant[] = [
  {
    rule: 'column-not-found',
    column: 'citty',
    severity: 'error',
    fault: () => [plain(rows), `${two}features: [a, citty]\n`],
    clean: () => [plain(rows), `${two}features: [a, city]\n`],
  },
  {
    rule: 'target-leak',
    column: 'score',
    severity: 'error',
    fault: () => [withColumn('score', (y, _, d) => y + noise(d, 0.15))],
    clean: () => [withColumn('score', (y, _, d) => y + noise(d, 0.6))],
  },
  {
    rule: 'target-leak',
    column: 'reason',
    severity: 'error',
    fault: () => [
      withColumn('reason', (y, _, d) =>
        y === 1 ? (d.random.int(2) ? 'price' : 'moved') : d.random.int(50) ? 'none' : 'price',
      ),
    ],
    clean: () => [
      withColumn('reason', (y, _, d) =>
        y === 1 && d.random.int(3) ? 'price' : d.random.int(3) ? 'none' : 'price',
      ),
    ],
  },
  {
    rule: 'target-leak',
    column: 'closed_at',
    severity: 'error',
    fault: () => [
      withColumn('closed_at', (y, _, d) =>
        (d.random.int(40) === 0 ? 1 - y : y) === 1 ? d.random.int(900) : null,
      ),
    ],
    clean: () => [
      withColumn('closed_at', (y, _, d) => (y === 1 && d.random.int(2) ? d.random.int(900) : null)),
    ],
  },
  {
    rule: 'target-leak',
    column: 'total',
    severity: 'error',
    fault: () => {
      const table = plain(rows);
      const y = table['a']?.map((value) => Number(value) * 3) ?? [];
      const d = new Drawing(rows, 8);
      return [{ ...table, a: d.normal(), total: y.map((value) => value * 1.19 + noise(d, 2)), y }];
    },
    clean: () => {
      const table = plain(rows);
      const y = table['a']?.map((value) => Number(value) * 3) ?? [];
      const d = new Drawing(rows, 8);
      return [{ ...table, a: d.normal(), total: y.map((value) => value * 1.19 + noise(d, 20)), y }];
    },
  },
  {
    rule: 'target-leak',
    column: 'delay',
    severity: 'error',
    fault: () => [
      withColumn('delay', (_, __, d) => d.random.int(60)),
      `data: {source: data.csv, derive: [{name: late, expr: delay > 15}]}\ntarget: late\nfeatures: [a, delay]\n`,
    ],
    clean: () => [
      withColumn('delay', (_, __, d) => d.random.int(60)),
      `data: {source: data.csv, derive: [{name: late, expr: delay > 15}]}\ntarget: late\nfeatures: [a, b]\n`,
    ],
  },
  {
    rule: 'target-copy',
    column: 'status',
    severity: 'error',
    fault: () => [withColumn('status', (y) => (y === 1 ? 'left' : 'stayed'))],
    clean: () => [withColumn('status', (y, row) => ((row < 20 ? 1 - y : y) === 1 ? 'left' : 'stayed'))],
  },
  {
    rule: 'id-as-feature',
    column: 'number',
    severity: 'warning',
    fault: () => [withColumn('number', (_, row) => row + 100)],
    clean: () => [withColumn('number', (_, __, d) => d.random.int(100_000))],
  },
  {
    rule: 'id-as-feature',
    column: 'code',
    fault: () => [withColumn('code', (_, row) => `K-${(row * 7919) % 1009}`)],
    clean: () => [withColumn('code', (_, row) => `K-${(row * 7919) % 30}`)],
  },
  {
    rule: 'constant-column',
    column: 'country',
    severity: 'warning',
    fault: () => [withColumn('country', (_, row) => (row === 5 ? 'CH' : 'DE'))],
    clean: () => [withColumn('country', (_, row) => (row < 10 ? 'CH' : 'DE'))],
  },
  {
    rule: 'target-missing',
    column: 'y',
    severity: 'error',
    fault: () => [
      { ...plain(rows), y: plain(rows)['y']?.map((cell, row) => (row === 7 ? null : cell)) ?? [] },
    ],
    clean: () => [plain(rows)],
  },
  {
    rule: 'class-imbalance',
    column: 'y',
    fault: () => [plain(rows, 1, -3), `${two}train: {imbalance: none}\n`],
    clean: () => [plain(rows), `${two}train: {imbalance: none}\n`],
  },
  {
    rule: 'too-few-rows',
    severity: 'error',
    fault: () => [plain(99)],
    clean: () => [plain(100)],
  },
  {
    rule: 'temporal-leak',
    column: 'day',
    severity: 'error',
    fault: () => [inTime(4), `data: {source: data.csv, time: day}\ntarget: y\nsplit: {method: random}\n`],
    clean: () => [inTime(4), `data: {source: data.csv, time: day}\ntarget: y\n`],
  },
  {
    rule: 'temporal-leak',
    column: 'day',
    severity: 'warning',
    fault: () => [inTime(0), `data: {source: data.csv, time: day}\ntarget: y\nsplit: {method: stratified}\n`],
    clean: () => [inTime(0), `data: {source: data.csv, time: day}\ntarget: y\nsplit: {method: time}\n`],
  },
  {
    rule: 'group-leak',
    column: 'customer',
    severity: 'error',
    fault: () => [
      customers(10, 2),
      `data: {source: data.csv, group: customer}\ntarget: y\nsplit: {method: random}\n`,
    ],
    clean: () => [customers(10, 2), `data: {source: data.csv, group: customer}\ntarget: y\n`],
  },
  {
    rule: 'undeclared-group',
    column: 'customer',
    severity: 'warning',
    fault: () => [customers(10, 4)],
    clean: () => [customers(10, 0.3)],
  },
  {
    rule: 'split-overlap',
    severity: 'error',
    fault: () => [part(plain(rows), 0, 820), twoFiles, { 'test.csv': part(plain(rows), 800) }],
    clean: () => [part(plain(rows), 0, 800), twoFiles, { 'test.csv': part(plain(rows), 800) }],
  },
  {
    rule: 'split-overlap',
    severity: 'error',
    fault: () => [repeated(plain(rows), 0.2), `${two}split: {dedupe: none}\n`],
    clean: () => [repeated(plain(rows), 0.2)],
  },
  {
    rule: 'test-too-small',
    severity: 'warning',
    fault: () => [plain(6000), `${two}split: {test: 0.02}\n`],
    clean: () => [plain(6000), `${two}split: {test: 0.2}\n`],
  },
  {
    rule: 'high-cardinality',
    column: 'town',
    severity: 'warning',
    fault: () => [
      withColumn('town', (_, __, d) => `t${d.random.int(60)}`, 3000),
      `${two}features: {categorical: {encode: onehot, rare: 0.001}}\n`,
    ],
    clean: () => [
      withColumn('town', (_, __, d) => `t${d.random.int(40)}`, 3000),
      `${two}features: {categorical: {encode: onehot, rare: 0.001}}\n`,
    ],
  },
  {
    rule: 'pii-in-features',
    column: 'contact',
    severity: 'error',
    fault: () => [withColumn('contact', (_, row) => `user${row}@example.org`)],
    clean: () => [withColumn('contact', (_, row) => `user${row % 40} at desk`)],
  },
  {
    rule: 'task-target-mismatch',
    column: 'y',
    severity: 'error',
    fault: () => [plain(rows), `${two}task: regression\n`],
    clean: () => [plain(rows), `${two}task: binary\n`],
  },
  {
    rule: 'accuracy-on-imbalanced',
    severity: 'warning',
    fault: () => [plain(rows, 1, -2.2), `${two}metric: accuracy\n`],
    clean: () => [plain(rows), `${two}metric: accuracy\n`],
  },
  {
    rule: 'roc-auc-on-rare',
    severity: 'info',
    fault: () => [plain(3000, 1, -4), `${two}metric: roc_auc\n`],
    clean: () => [plain(3000, 1, -2), `${two}metric: roc_auc\n`],
  },
  {
    rule: 'missing-unhandled',
    column: 'b',
    fault: () => [
      { ...plain(rows), b: plain(rows)['b']?.map((cell, row) => (row % 12 === 0 ? null : cell)) ?? [] },
      `${two}model: linear\nfeatures: {numeric: {impute: none}}\n`,
    ],
    clean: () => [
      { ...plain(rows), b: plain(rows)['b']?.map((cell, row) => (row % 12 === 0 ? null : cell)) ?? [] },
      `${two}model: gbdt\nfeatures: {numeric: {impute: none}}\n`,
    ],
  },
  {
    rule: 'mostly-missing',
    column: 'fax',
    fault: () => [withColumn('fax', (_, row, d) => (row % 5 < 3 ? null : d.random.int(90)))],
    clean: () => [withColumn('fax', (_, row, d) => (row % 5 < 2 ? null : d.random.int(90)))],
  },
  {
    rule: 'informative-missing',
    column: 'phone_minutes',
    severity: 'info',
    fault: () => [
      withColumn('phone_minutes', (y, _, d) =>
        d.random.uniform() < (y ? 0.6 : 0.1) ? null : d.random.int(500),
      ),
    ],
    clean: () => [
      withColumn('phone_minutes', (_, __, d) => (d.random.uniform() < 0.3 ? null : d.random.int(500))),
    ],
  },
  {
    rule: 'sentinel-value',
    column: 'income',
    fault: () => [
      withColumn('income', (_, __, d) => (d.random.int(25) === 0 ? -999 : 1000 + d.random.int(4000))),
    ],
    clean: () => [withColumn('income', (_, __, d) => d.random.int(5000) - 999)],
  },
  {
    rule: 'mixed-nulls',
    column: 'size',
    fault: () => [
      withColumn('size', (_, row, d) => (row % 20 === 0 ? 'NA' : row % 30 === 1 ? null : d.random.int(50))),
    ],
    clean: () => [withColumn('size', (_, row, d) => (row % 20 === 0 ? null : d.random.int(50)))],
  },
  {
    rule: 'number-as-string',
    column: 'weight',
    fault: () => [
      withColumn('weight', (_, row, d) => (row % 4 === 0 ? `${d.random.int(90)} kg` : d.random.int(90))),
    ],
    clean: () => [
      withColumn('weight', (_, row, d) => (row % 4 === 0 ? d.random.int(90) : `${d.random.int(90)} kg`)),
    ],
  },
  {
    rule: 'string-variants',
    column: 'state',
    fault: () => [withColumn('state', (_, row) => ['NY', 'ny ', 'N.Y.', 'CA'][row % 4] ?? '')],
    clean: () => [withColumn('state', (_, row) => ['NY', 'NJ', 'CA'][row % 3] ?? '')],
  },
  {
    rule: 'duplicate-rows',
    severity: 'warning',
    fault: () => [repeated(plain(rows), 0.1)],
    clean: () => [plain(rows)],
  },
  {
    rule: 'conflicting-labels',
    fault: () => [repeated(plain(rows), 0.05, (name, cell) => (name === 'y' ? 1 - Number(cell) : cell))],
    clean: () => [repeated(plain(rows), 0.05)],
  },
  {
    rule: 'rare-class',
    fault: () => [withColumn('y', (_, row) => (row < 9 ? 'odd' : row % 2 ? 'left' : 'right'))],
    clean: () => [withColumn('y', (_, row) => (row < 10 ? 'odd' : row % 2 ? 'left' : 'right'))],
  },
  {
    rule: 'id-predicts-target',
    fault: () => {
      const table = plain(rows);
      const order = [...(table['y']?.keys() ?? [])].sort(
        (i, j) => Number(table['y']?.[i]) - Number(table['y']?.[j]),
      );
      return [
        Object.fromEntries(
          Object.entries(table).map(([name, cells]) => [name, order.map((row) => cells[row] ?? null)]),
        ),
      ];
    },
    clean: () => [plain(rows)],
  },
  {
    rule: 'suspicious-name',
    column: 'cancel_reason',
    severity: 'info',
    fault: () => [withColumn('cancel_reason', (_, __, d) => `r${d.random.int(4)}`)],
    clean: () => [withColumn('reason', (_, __, d) => `r${d.random.int(4)}`)],
  },
  {
    rule: 'after-outcome-feature',
    column: 'b',
    severity: 'error',
    fault: () => [
      plain(rows),
      'data: {source: data.csv, columns: {b: {available: after}}}\ntarget: y\nfeatures: [a, b]\n',
    ],
    clean: () => [
      plain(rows),
      'data: {source: data.csv, columns: {b: {available: after}}}\ntarget: y\nfeatures: [a]\n',
    ],
  },
  {
    rule: 'unseen-label',
    severity: 'error',
    fault: () => [
      {
        ...plain(rows),
        y:
          plain(rows)['a']?.map(
            (_, row) => (row < 800 ? ['a', 'b'][row % 2] : ['a', 'b', 'c'][row % 3]) ?? '',
          ) ?? [],
        t: plain(rows)['a']?.map((_, row) => row) ?? [],
      },
      'data: {source: data.csv, time: t}\ntarget: y\n',
    ],
    clean: () => [
      {
        ...plain(rows),
        y: plain(rows)['a']?.map((_, row) => ['a', 'b', 'c'][row % 3] ?? '') ?? [],
        t: plain(rows)['a']?.map((_, row) => row) ?? [],
      },
      'data: {source: data.csv, time: t}\ntarget: y\n',
    ],
  },
  {
    rule: 'cv-infeasible',
    severity: 'error',
    fault: () => [
      { ...plain(rows), y: plain(rows)['a']?.map((_, row) => (row < 8 ? 1 : 0)) ?? [] },
      `${two}split: {cv: 10}\n`,
    ],
    clean: () => [plain(rows), `${two}split: {cv: 10}\n`],
  },
  {
    rule: 'label-shift-split',
    column: 'y',
    fault: () => [inTime(6), 'data: {source: data.csv, time: day}\ntarget: y\n'],
    clean: () => [inTime(0), 'data: {source: data.csv, time: day}\ntarget: y\n'],
  },
  {
    rule: 'data-changed',
    fault: () => [plain(rows), `data: {source: data.csv, version: 'sha256:${'0'.repeat(64)}'}\ntarget: y\n`],
    clean: () => [plain(rows)],
  },
  {
    rule: 'data-unpinned',
    fault: () => [plain(rows), `${two}gates: [beats baseline]\n`],
    clean: () => [plain(rows)],
  },
  {
    rule: 'expectation-failed',
    column: 'a',
    severity: 'error',
    fault: () => [plain(rows), 'data: {source: data.csv, columns: {a: {max: 75}}}\ntarget: y\n'],
    clean: () => [plain(rows), 'data: {source: data.csv, columns: {a: {max: 100}}}\ntarget: y\n'],
  },
  {
    rule: 'protected-feature',
    column: 'b',
    severity: 'warning',
    fault: () => [plain(rows), 'data: {source: data.csv, columns: {b: {protected: true}}}\ntarget: y\n'],
    clean: () => [plain(rows), 'data: {source: data.csv, columns: {b: {protected: false}}}\ntarget: y\n'],
  },
  {
    rule: 'text-as-category',
    column: 'note',
    severity: 'info',
    fault: () => [withColumn('note', (_, row) => `a note about subscriber number ${row} and what was said`)],
    clean: () => [withColumn('note', (_, row) => `note ${row % 9}`)],
  },
  {
    rule: 'too-complex',
    fault: () => [
      plain(rows),
      `${two}model: {type: gbdt, gbdt: {trees: 500, max_leaves: 31}}\ntrain: {early_stop: false}\n`,
    ],
    clean: () => [plain(rows), `${two}model: {type: gbdt, gbdt: {trees: 500, max_leaves: 31}}\n`],
  },
];

describe('a planted fault is found, its clean twin is not', () => {
  for (const { rule, column, severity, fault, clean } of plants) {
    it(`${rule}${column === undefined ? '' : ` in ${column}`}${severity === undefined ? '' : ` (${severity})`}`, async () => {
      const about = (found: ReturnType<typeof ofRule>) =>
        found.filter(
          ({ data, severity: found }) =>
            (column === undefined || data['column'] === column) &&
            (severity === undefined || found === severity),
        );
      expect(about(ofRule(await lintTable(...fault()), rule))).toHaveLength(1);
      expect(about(ofRule(await lintTable(...clean()), rule))).toEqual([]);
    });
  }
});
