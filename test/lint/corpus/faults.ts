/** One fault a rule, drawn just beyond its threshold, and a twin just short of it. */

import { part, repeated } from '../plants.ts';
import type { Cell, Columns, Drawing } from '../tables.ts';
import type { Ground } from './grounds.ts';

export interface Case {
  readonly columns: Columns;
  readonly yaml?: string;
  /** Files beside `data.csv`. */
  readonly files?: Readonly<Record<string, Columns>>;
}

export interface Fault {
  readonly rule: string;
  readonly column?: string;
  /** Fewer rows cannot show it. */
  readonly least?: number;
  /** More rows than these are another matter. */
  readonly most?: number;
  /** Other rules that this fault rightly sets off as well. */
  readonly also?: readonly string[];
  /** Only where cells are text. */
  readonly csvOnly?: boolean;
  readonly plant: (ground: Ground, bad: boolean) => Case;
}

const two = 'data: data.csv\ntarget: y\n';
const twoFiles = 'data: {source: {train: data.csv, test: test.csv}}\ntarget: y\n';
const timed = 'data: {source: data.csv, time: day}\ntarget: y\n';
const { exp, floor } = Math;

const between = (d: Drawing, low: number, high: number): number => low + (high - low) * d.random.uniform();
const y = ({ columns }: Ground, row: number): number => Number(columns['y']?.[row]);
const put = ({ columns, d }: Ground, name: string, draw: (row: number) => Cell): Columns => ({
  ...columns,
  [name]: d.column(draw),
});
const pick = (d: Drawing, ...words: readonly string[]): string => words[d.random.int(words.length)] ?? '';
const noise = (d: Drawing, scale: number): number => Number((scale * d.random.normal()).toFixed(3));
const days = (d: Drawing): string[] =>
  d.column((row) =>
    new Date(Date.UTC(2023, 0, 1) + floor((700 * row) / d.rows) * 86_400_000).toISOString().slice(0, 10),
  );
const split = (columns: Columns, share: number): [Columns, Columns] => {
  const rows = Object.values(columns)[0]?.length ?? 0;
  return [part(columns, 0, floor(rows * share)), part(columns, floor(rows * share))];
};
const inFiles = (columns: Columns, change: (test: Columns) => Columns): Case => {
  const [train, test] = split(columns, 0.7);
  return { columns: train, yaml: twoFiles, files: { 'test.csv': change(test) } };
};

/** Faults of single columns. */
const columnFaults: readonly Fault[] = [
  {
    rule: 'target-leak',
    column: 'score',
    least: 300,
    plant: (g, bad) => ({ columns: put(g, 'score', (row) => y(g, row) + noise(g.d, bad ? 0.2 : 0.75)) }),
  },
  {
    rule: 'target-copy',
    column: 'state_of',
    plant: (g, bad) => {
      const wrong = bad ? 0 : 0.08;
      return {
        columns: put(g, 'state_of', (row) =>
          (g.d.random.uniform() < wrong ? 1 - y(g, row) : y(g, row)) ? 'off' : 'on',
        ),
      };
    },
  },
  {
    rule: 'id-as-feature',
    column: 'number',
    plant: (g, bad) => ({
      columns: put(g, 'number', (row) => (bad ? 7000 + row : g.d.random.int(40 * g.d.rows))),
    }),
  },
  {
    rule: 'id-as-feature',
    column: 'user_id',
    plant: (g, bad) => ({
      columns: put(g, bad ? 'user_id' : 'user_kind', (row) =>
        bad ? `u${(row * 7919) % 1_000_003}` : `u${row % 9}`,
      ),
    }),
  },
  {
    rule: 'constant-column',
    column: 'country',
    least: 1000,
    plant: (g, bad) => {
      const others = bad ? floor(g.d.rows * 0.0005) : floor(g.d.rows * 0.004);
      return { columns: put(g, 'country', (row) => (row < others ? 'CH' : 'DE')) };
    },
  },
  {
    rule: 'mostly-missing',
    column: 'fax',
    plant: (g, bad) => {
      const share = bad ? between(g.d, 0.62, 0.9) : between(g.d, 0.1, 0.4);
      return { columns: put(g, 'fax', () => (g.d.random.uniform() < share ? null : g.d.random.int(90))) };
    },
  },
  {
    rule: 'informative-missing',
    column: 'minutes',
    least: 1000,
    plant: (g, bad) => {
      const gap = bad ? between(g.d, 0.3, 0.5) : 0;
      return {
        columns: put(g, 'minutes', (row) =>
          g.d.random.uniform() < 0.2 + gap * y(g, row) ? null : g.d.random.int(500),
        ),
      };
    },
  },
  {
    rule: 'sentinel-value',
    column: 'income',
    least: 300,
    plant: (g, bad) => {
      const code = pick(g.d, '-999', '-1', '9999', '-99');
      const share = between(g.d, 0.03, 0.08);
      return {
        columns: put(g, 'income', () =>
          bad && g.d.random.uniform() < share ? Number(code) : 20 + g.d.random.int(300),
        ),
      };
    },
  },
  {
    rule: 'mixed-nulls',
    column: 'size',
    csvOnly: true,
    plant: (g, bad) => ({
      columns: put(g, 'size', (row) =>
        row % 11 === 0
          ? bad
            ? pick(g.d, 'NA', 'null', 'N/A')
            : null
          : row % 13 === 1
            ? null
            : g.d.random.int(50),
      ),
    }),
  },
  {
    rule: 'mixed-types',
    column: 'dose',
    least: 1000,
    plant: (g, bad) => {
      const share = bad ? between(g.d, 0.015, 0.085) : 0.002;
      return {
        columns: put(g, 'dose', () =>
          g.d.random.uniform() < share ? pick(g.d, 'unclear', 'see note', 'several') : g.d.random.int(400),
        ),
      };
    },
    also: ['number-as-string'],
  },
  {
    rule: 'number-as-string',
    column: 'weight',
    plant: (g, bad) => {
      const share = bad ? between(g.d, 0.6, 0.85) : between(g.d, 0.15, 0.4);
      return {
        columns: put(g, 'weight', () =>
          g.d.random.uniform() < share ? g.d.random.int(90) : `${g.d.random.int(90)} kg`,
        ),
      };
    },
    also: ['high-cardinality'],
  },
  {
    rule: 'date-as-string',
    column: 'opened',
    plant: (g, bad) => ({
      columns: put(g, 'opened', () => {
        const [day, month] = [1 + g.d.random.int(28), 1 + g.d.random.int(12)];
        return g.d.random.uniform() < 0.2
          ? 'unknown so far'
          : bad
            ? `${day}.${month}.2024`
            : pick(g.d, 'early', 'late', 'in between');
      }),
    }),
    also: ['high-cardinality'],
  },
  {
    rule: 'string-variants',
    column: 'county',
    plant: (g, bad) => ({
      columns: put(g, 'county', () =>
        bad ? pick(g.d, 'New York', 'new york', 'NEW-YORK', 'Ohio') : pick(g.d, 'New York', 'Ohio', 'Iowa'),
      ),
    }),
  },
  {
    rule: 'odd-strings',
    column: 'colour',
    least: 1000,
    plant: (g, bad) => {
      const share = bad ? between(g.d, 0.01, 0.05) : 0;
      return {
        columns: put(g, 'colour', () =>
          g.d.random.uniform() < share ? pick(g.d, '--', '...') : pick(g.d, 'red', 'green', 'blue'),
        ),
      };
    },
  },
  {
    rule: 'high-cardinality',
    column: 'town',
    least: 5000,
    plant: (g, bad) => ({
      columns: put(g, 'town', () => `t${g.d.random.int(bad ? 62 : 42)}`),
      yaml: `${two}features: {categorical: {encode: onehot, rare: 0.001}}\n`,
    }),
  },
  {
    rule: 'pii-in-features',
    column: 'contact',
    plant: (g, bad) => ({
      columns: put(g, 'contact', (row) =>
        bad ? pick(g.d, `a${row}@example.org`, `+49 170 ${1_000_000 + row}`) : `desk ${row % 40}`,
      ),
    }),
  },
  {
    rule: 'outliers',
    column: 'load',
    least: 1000,
    plant: (g, bad) => {
      const share = bad ? between(g.d, 0.009, 0.03) : 0.001;
      return {
        columns: put(g, 'load', () =>
          g.d.random.uniform() < share ? between(g.d, 4000, 9000) : 50 + g.d.random.int(40),
        ),
      };
    },
  },
  {
    rule: 'skewed',
    column: 'worth',
    least: 1000,
    plant: (g, bad) => ({
      columns: put(g, 'worth', () => Number(exp(3 + (bad ? 1.7 : 0.5) * g.d.random.normal()).toFixed(2))),
      yaml: `${two}model: linear\n`,
    }),
  },
  {
    rule: 'circular-as-linear',
    column: 'start_hour',
    plant: (g, bad) => ({ columns: put(g, bad ? 'start_hour' : 'hours_worked', () => g.d.random.int(24)) }),
  },
  {
    rule: 'enum-as-number',
    column: 'shape',
    least: 3000,
    plant: (g, bad) => ({
      columns: put(g, 'shape', (row) => {
        const likely = g.d.random.uniform() < 0.75 ? y(g, row) : 1 - y(g, row);
        return bad ? 2 * g.d.random.int(4) + likely : g.d.random.int(5) + 2 * likely;
      }),
    }),
  },
  {
    rule: 'correlated-features',
    column: 'gross',
    least: 300,
    plant: (g, bad) => {
      const net = g.d.normal(100, 20, 2);
      const columns = {
        net,
        gross: net.map((value) => Number((1.19 * value + (bad ? 4 : 22) * g.d.random.normal()).toFixed(2))),
      };
      return { columns: { ...columns, ...g.columns } };
    },
  },
  {
    rule: 'unit-jump',
    column: 'price',
    least: 1000,
    plant: (g, bad) => {
      const factor = bad ? pick(g.d, '10', '100', '1000') : '4';
      const at = between(g.d, 0.3, 0.7);
      const price = g.d.column((row) =>
        Number(((row < at * g.d.rows ? 1 : Number(factor)) * exp(3 + 0.3 * g.d.random.normal())).toFixed(2)),
      );
      return { columns: { day: days(g.d), ...g.columns, price }, yaml: timed };
    },
    also: ['unseen-category'],
  },
];

/** Faults of rows, targets and sides. */
const rowFaults: readonly Fault[] = [
  {
    rule: 'target-missing',
    column: 'y',
    least: 300,
    plant: (g, bad) => ({
      columns: {
        ...g.columns,
        y: (g.columns['y'] ?? []).map((cell, row) => (bad && row % 97 === 3 ? null : cell)),
      },
    }),
  },
  {
    rule: 'duplicate-rows',
    least: 300,
    plant: (g, bad) => ({ columns: repeated(g.columns, bad ? between(g.d, 0.08, 0.3) : 0) }),
  },
  {
    rule: 'conflicting-labels',
    least: 300,
    plant: (g, bad) => {
      const wide = put(g, 'reading', () => Number(g.d.random.normal().toFixed(5)));
      return {
        columns: repeated(wide, bad ? 0.04 : 0, (name, cell) => (name === 'y' ? 1 - Number(cell) : cell)),
      };
    },
  },
  {
    rule: 'class-imbalance',
    column: 'y',
    least: 1000,
    plant: (g, bad) => ({
      columns: { ...g.columns, y: g.d.column(() => (g.d.random.uniform() < (bad ? 0.05 : 0.2) ? 1 : 0)) },
      yaml: `${two}train: {imbalance: none}\n`,
    }),
  },
  {
    rule: 'accuracy-on-imbalanced',
    least: 1000,
    plant: (g, bad) => ({
      columns: { ...g.columns, y: g.d.column(() => (g.d.random.uniform() < (bad ? 0.13 : 0.27) ? 1 : 0)) },
      yaml: `${two}metric: accuracy\n`,
    }),
  },
  {
    rule: 'rare-class',
    least: 300,
    plant: (g, bad) => ({
      columns: put(g, 'y', (row) =>
        row % floor(g.d.rows / 16) === 5 && row < g.d.rows * (bad ? 0.4 : 0.9)
          ? 'odd'
          : pick(g.d, 'left', 'right'),
      ),
    }),
    also: ['unseen-label', 'cv-infeasible'],
  },
  {
    rule: 'id-predicts-target',
    least: 300,
    plant: (g, bad) => {
      if (!bad) return { columns: g.columns };
      const order = [...(g.columns['y'] ?? []).keys()].sort((i, j) => y(g, i) - y(g, j));
      return {
        columns: Object.fromEntries(
          Object.entries(g.columns).map(([name, cells]) => [name, order.map((row) => cells[row] ?? null)]),
        ),
      };
    },
  },
  {
    rule: 'undeclared-group',
    column: 'customer',
    least: 1000,
    most: 20_000,
    plant: (g, bad) => {
      const each = 5 + g.d.random.int(8);
      const lean = g.d.column(() => (bad ? 4 : 0.2) * g.d.random.normal());
      const of = g.d.column(() => g.d.random.int(floor(g.d.rows / each)));
      return {
        columns: {
          customer: of.map((id) => `c${id}`),
          ...g.columns,
          y: g.d.binary((row) => lean[of[row] ?? 0] ?? 0),
        },
      };
    },
  },
  {
    rule: 'group-leak',
    column: 'customer',
    least: 300,
    plant: (g, bad) => ({
      columns: put(g, 'customer', () => `c${g.d.random.int(floor(g.d.rows / 6))}`),
      yaml: `data: {source: data.csv, group: customer}\ntarget: y\n${bad ? 'split: {method: random}\n' : ''}`,
    }),
  },
  {
    rule: 'temporal-leak',
    column: 'day',
    least: 300,
    plant: (g, bad) => ({
      columns: { day: days(g.d), ...g.columns },
      yaml: `${timed}split: {method: ${bad ? 'random' : 'time'}}\n`,
    }),
  },
  {
    rule: 'label-shift-split',
    column: 'y',
    least: 1000,
    plant: (g, bad) =>
      inFiles(g.columns, (test) => ({
        ...test,
        y: (test['y'] ?? []).map((cell) => (bad && g.d.random.uniform() < 0.5 ? 1 : cell)),
      })),
    also: ['relation-shift-split'],
  },
  {
    rule: 'split-overlap',
    least: 1000,
    plant: (g, bad) => {
      const wide = put(g, 'reading', () => Number(g.d.random.normal().toFixed(5)));
      const [train, test] = split(wide, 0.7);
      const copied = part(train, 0, floor(g.d.rows * between(g.d, 0.01, 0.05)));
      const joined = Object.fromEntries(
        Object.entries(test).map(([name, cells]) => [name, [...cells, ...(bad ? (copied[name] ?? []) : [])]]),
      );
      return { columns: train, yaml: twoFiles, files: { 'test.csv': joined } };
    },
  },
  {
    rule: 'test-not-representative',
    least: 1000,
    plant: (g, bad) => {
      const by = bad ? between(g.d, 0.7, 1.2) : 0.15;
      const wide = put(g, 'reading', () => Number(g.d.random.normal().toFixed(3)));
      return inFiles(wide, (test) => ({
        ...test,
        reading: (test['reading'] ?? []).map((cell) => Number(cell) + by),
      }));
    },
  },
  {
    rule: 'feature-shift-split',
    least: 1000,
    plant: (g, bad) => {
      const by = bad ? between(g.d, 0.35, 0.45) : 0.08;
      const wide = put(g, 'reading', () => Number(g.d.random.normal().toFixed(3)));
      return inFiles(wide, (test) => ({
        ...test,
        reading: (test['reading'] ?? []).map((cell) => Number(cell) + by),
      }));
    },
  },
  {
    rule: 'relation-shift-split',
    column: 'hint',
    least: 3000,
    plant: (g, bad) => {
      const wide = put(g, 'hint', (row) => (g.d.random.uniform() < 0.85 ? y(g, row) : 1 - y(g, row)));
      return inFiles(wide, (test) =>
        bad ? { ...test, hint: (test['hint'] ?? []).map(() => g.d.random.int(2)) } : test,
      );
    },
  },
  {
    rule: 'unseen-category',
    column: 'shop',
    least: 1000,
    plant: (g, bad) => {
      const wide = put(g, 'shop', () => `s${g.d.random.int(5)}`);
      return inFiles(wide, (test) => ({
        ...test,
        shop: (test['shop'] ?? []).map((cell) => (bad && g.d.random.int(12) === 0 ? 's9' : cell)),
      }));
    },
  },
  {
    rule: 'no-cross-validation',
    also: ['test-too-small'],
    most: 4000,
    plant: (g, bad) => ({ columns: g.columns, yaml: `${two}split: {cv: ${bad ? 0 : 5}}\n` }),
  },
  {
    rule: 'insufficient-data',
    most: 300,
    plant: (g, bad) => {
      const count = floor(g.d.rows * (bad ? 0.45 : 0.15));
      const more = Object.fromEntries(Array.from({ length: count }, (_, i) => [`x${i}`, g.d.normal()]));
      return { columns: { ...more, ...g.columns } };
    },
  },
];

export const faults: readonly Fault[] = [...columnFaults, ...rowFaults];
