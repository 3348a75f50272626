/** Faults of single columns, each drawn just beyond its threshold, and a twin just short of it. */
import { between, days, type Fault, noise, pick, put, timed, two, y } from './fault.ts';

const { exp, floor } = Math;

/** Faults of single columns. */
export const columnFaults: readonly Fault[] = [
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
      const share = bad ? between(g.d, 0.025, 0.085) : 0.002;
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
          g.d.random.uniform() < share ? g.d.random.int(90) : `rack ${g.d.random.int(90)}`,
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
