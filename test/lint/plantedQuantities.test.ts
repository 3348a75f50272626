import { describePlants, inTime, noise, rows, two, withColumn } from './plants.ts';
import { type Columns, Drawing, plain } from './tables.ts';

const linear = `${two}model: linear\n`;
const { exp, floor } = Math;

/** The plain table of a shop whose prices change their unit half-way. */
const priced = (factor: number): Columns => {
  const table = inTime(0);
  const d = new Drawing(rows, 21);
  const price = d.column((row) =>
    Number(((row < rows / 2 ? 1 : factor) * exp(3 + 0.4 * d.random.normal())).toFixed(2)),
  );
  return { ...table, price };
};

describePlants([
  {
    rule: 'outliers',
    column: 'load',
    severity: 'info',
    fix: 'Set features.columns.load.outliers: winsorize',
    fault: () => [
      withColumn('load', (_, row, d) => (row % 100 < 1 ? 900 + 50 * d.random.int(9) : 50 + d.random.int(40))),
    ],
    clean: () => [withColumn('load', (_, row, d) => (row % 500 < 1 ? 900 : 50 + d.random.int(40)))],
  },
  {
    rule: 'skewed',
    column: 'amount',
    severity: 'info',
    fix: 'Set features.columns.amount.transform: log1p',
    fault: () => [
      withColumn('amount', (_, __, d) => Number(exp(3 + 1.5 * d.random.normal()).toFixed(2))),
      linear,
    ],
    clean: () => [
      withColumn('amount', (_, __, d) => Number(exp(3 + 0.4 * d.random.normal()).toFixed(2))),
      linear,
    ],
  },
  {
    rule: 'skewed',
    column: 'amount',
    fault: () => [
      withColumn('amount', (_, __, d) => Number(exp(3 + 1.5 * d.random.normal()).toFixed(2))),
      linear,
    ],
    clean: () => [withColumn('amount', (_, __, d) => Number(exp(3 + 1.5 * d.random.normal()).toFixed(2)))],
  },
  {
    rule: 'unscaled',
    column: 'income',
    severity: 'warning',
    fix: 'Set features.numeric.scale: standard',
    fault: () => [
      withColumn('income', (_, __, d) => d.random.int(100_000)),
      `${linear}features: {numeric: {scale: none}}\n`,
    ],
    clean: () => [
      withColumn('income', (_, __, d) => d.random.int(200)),
      `${linear}features: {numeric: {scale: none}}\n`,
    ],
  },
  {
    rule: 'circular-as-linear',
    column: 'pickup_hour',
    severity: 'info',
    fix: 'Set features.types.pickup_hour: cyclic',
    fault: () => [withColumn('pickup_hour', (_, __, d) => d.random.int(24))],
    clean: () => [withColumn('hours_worked', (_, __, d) => d.random.int(24))],
  },
  {
    rule: 'enum-as-number',
    column: 'region_code',
    severity: 'info',
    fix: 'Set features.types.region_code: categorical',
    fault: () => [withColumn('region_code', (_, __, d) => 1 + d.random.int(9))],
    clean: () => [withColumn('rooms', (_, __, d) => 1 + d.random.int(9))],
  },
  {
    rule: 'enum-as-number',
    column: 'shape',
    fault: () => [
      withColumn('shape', (y, _, d) => 2 * d.random.int(4) + (d.random.uniform() < 0.8 ? y : 1 - y)),
    ],
    clean: () => [withColumn('shape', (y, _, d) => d.random.int(6) + (d.random.uniform() < 0.8 ? 2 * y : 0))],
  },
  {
    rule: 'correlated-features',
    column: 'fahrenheit',
    severity: 'info',
    fix: 'Exclude fahrenheit',
    fault: () => {
      const table = plain(rows);
      const d = new Drawing(rows, 24);
      return [
        { ...table, fahrenheit: (table['a'] ?? []).map((cell) => 1.8 * Number(cell) + 32 + noise(d, 2)) },
      ];
    },
    clean: () => {
      const table = plain(rows);
      const d = new Drawing(rows, 24);
      return [
        { ...table, fahrenheit: (table['a'] ?? []).map((cell) => 1.8 * Number(cell) + 32 + noise(d, 12)) },
      ];
    },
  },
  {
    rule: 'correlated-features',
    column: 'town',
    fault: () => {
      const table = plain(rows);
      return [
        { ...table, town: (table['city'] ?? []).map((cell, row) => (row % 50 ? `${cell} town` : 'other')) },
      ];
    },
    clean: () => {
      const table = plain(rows);
      return [
        { ...table, town: (table['city'] ?? []).map((cell, row) => (row % 4 ? `${cell} town` : 'other')) },
      ];
    },
  },
  {
    rule: 'correlated-features',
    column: 'total',
    fault: () => {
      const d = new Drawing(rows, 25);
      const [x, y, z] = [d.normal(), d.normal(), d.normal()];
      const total = x.map((value, i) => value + (y[i] ?? 0) + (z[i] ?? 0) + noise(d, 0.2));
      return [{ x, y2: y, z, total, y: d.binary((row) => x[row] ?? 0) }, linear];
    },
    clean: () => {
      const d = new Drawing(rows, 25);
      const [x, y, z] = [d.normal(), d.normal(), d.normal()];
      const total = x.map((value, i) => value + (y[i] ?? 0) + (z[i] ?? 0) + noise(d, 1.5));
      return [{ x, y2: y, z, total, y: d.binary((row) => x[row] ?? 0) }, linear];
    },
  },
  {
    rule: 'proxy-feature',
    column: 'title',
    severity: 'info',
    fix: 'Exclude title',
    fault: () => {
      const d = new Drawing(rows, 26);
      const sex = d.level('f', 'm');
      return [
        {
          ...plain(rows),
          sex,
          title: sex.map((each) => (d.random.int(20) ? (each === 'f' ? 'Ms' : 'Mr') : 'Dr')),
        },
        `${two}gates: [beats baseline]\n`,
      ];
    },
    clean: () => {
      const d = new Drawing(rows, 26);
      const sex = d.level('f', 'm');
      return [
        {
          ...plain(rows),
          sex,
          title: sex.map((each) => (d.random.int(3) ? 'Dr' : each === 'f' ? 'Ms' : 'Mr')),
        },
        `${two}gates: [beats baseline]\n`,
      ];
    },
  },
  {
    rule: 'unit-jump',
    column: 'price',
    severity: 'warning',
    fault: () => [priced(100), 'data: {source: data.csv, time: day}\ntarget: y\n'],
    clean: () => [priced(5), 'data: {source: data.csv, time: day}\ntarget: y\n'],
  },
  {
    rule: 'raw-features',
    column: 'town',
    severity: 'info',
    fix: 'Set features.columns.town.encode: target',
    fault: () => [
      withColumn('town', (_, __, d) => `t${d.random.int(60)}`),
      `${two}features: {categorical: {encode: ordinal}}\n`,
    ],
    clean: () => [
      withColumn('town', (_, __, d) => `t${d.random.int(40)}`),
      `${two}features: {categorical: {encode: ordinal}}\n`,
    ],
  },
  {
    rule: 'raw-features',
    column: 'seconds',
    severity: 'warning',
    fix: 'Use seconds - 1700000000',
    fault: () => [withColumn('seconds', (_, row) => 1_700_000_000 + ((7 * row) % 100))],
    clean: () => [withColumn('seconds', (_, row) => 1_700_000_000 + ((7 * row) % 100) * 60)],
  },
  {
    rule: 'mixed-types',
    column: 'size',
    severity: 'warning',
    fix: 'Set features.types.size: numeric',
    fault: () => [withColumn('size', (_, row, d) => (row % 20 === 0 ? 'unclear' : d.random.int(500)))],
    clean: () => [
      withColumn('size', (_, row, d) => (row % 20 === 0 ? `V${d.random.int(30)}` : 100 + d.random.int(500))),
    ],
  },
  {
    rule: 'mixed-types',
    column: 'status',
    fault: () => [
      withColumn('status', (_, row, d) =>
        row % 30 === 0 ? d.random.int(9) : (['open', 'shut', 'none yet'][row % 3] ?? ''),
      ),
    ],
    clean: () => [
      withColumn('status', (_, row) => (row === 30 ? 7 : (['open', 'shut', 'none yet'][row % 3] ?? ''))),
    ],
  },
  {
    rule: 'odd-strings',
    column: 'colour',
    severity: 'info',
    fix: 'Read "--" as missing',
    fault: () => [
      withColumn('colour', (_, row) => (row % 100 === 0 ? '--' : (['red', 'green', 'blue'][row % 3] ?? ''))),
    ],
    clean: () => [withColumn('colour', (_, row) => ['red', 'green', 'blue'][row % 3] ?? '')],
  },
  {
    rule: 'odd-strings',
    column: 'colour',
    fault: () => [
      withColumn('colour', (_, row) =>
        row === 400 ? `red ${'and so on '.repeat(20)}` : (['red', 'green', 'blue'][row % 3] ?? ''),
      ),
    ],
    clean: () => [
      withColumn(
        'colour',
        (_, row) => ['red', 'a light green', 'blue of the sea in the morning'][row % 3] ?? '',
      ),
    ],
  },
  {
    rule: 'insufficient-data',
    severity: 'warning',
    fault: () => {
      const d = new Drawing(100, 28);
      return [
        {
          ...Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`x${i}`, d.normal()])),
          y: d.whole(0, 1),
        },
      ];
    },
    clean: () => {
      const d = new Drawing(100, 28);
      return [
        {
          ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`x${i}`, d.normal()])),
          y: d.whole(0, 1),
        },
      ];
    },
  },
  {
    rule: 'schema-drift',
    column: 'a',
    severity: 'error',
    fix: 'Set data.columns.a.type: categorical',
    fault: () => [
      { ...plain(rows), a: (plain(rows)['a'] ?? []).map((cell, row) => (row % 100 ? cell : 'broken')) },
      'data: {source: data.csv, columns: {a: {type: numeric}}}\ntarget: y\n',
    ],
    clean: () => [plain(rows), 'data: {source: data.csv, columns: {a: {type: numeric}}}\ntarget: y\n'],
  },
  {
    rule: 'no-contract',
    severity: 'info',
    fix: 'Infer columns from data',
    fault: () => [plain(rows), `${two}gates: [beats baseline]\n`],
    clean: () => [
      plain(rows),
      `data: {source: data.csv, expect: [rows > 10]}\ntarget: y\ngates: [beats baseline]\n`,
    ],
  },
  {
    rule: 'broken-files',
    severity: 'error',
    fault: () => [
      Object.fromEntries(
        Object.entries(plain(rows)).map(([name, cells]) => [
          name,
          cells.map((cell, row) => (row === 500 ? null : cell)),
        ]),
      ),
    ],
    clean: () => [
      Object.fromEntries(
        Object.entries(plain(rows)).map(([name, cells], i) => [
          name,
          cells.map((cell, row) => (row === 500 + i ? null : cell)),
        ]),
      ),
    ],
  },
  {
    rule: 'annotation-gap',
    column: 'city',
    severity: 'info',
    fault: () => {
      const table = plain(rows);
      return [
        {
          ...table,
          y: (table['y'] ?? []).map((y, row) => (table['city']?.[row] === 'north' && row % 3 ? null : y)),
        },
        `${two}gates: [beats baseline]\n`,
      ];
    },
    clean: () => {
      const table = plain(rows);
      return [
        { ...table, y: (table['y'] ?? []).map((y, row) => (row % 3 ? null : y)) },
        `${two}gates: [beats baseline]\n`,
      ];
    },
  },
]);

describePlants([
  {
    rule: 'unit-jump',
    column: 'y',
    fault: () => {
      const table = inTime(0);
      const d = new Drawing(rows, 29);
      return [
        { ...table, y: d.column((row) => floor((row < 600 ? 1 : 1000) * (20 + 5 * d.random.normal()))) },
        'data: {source: data.csv, time: day}\ntarget: y\n',
      ];
    },
    clean: () => {
      const table = inTime(0);
      const d = new Drawing(rows, 29);
      // Growth from 1 to 1,000 has no place where it jumps.
      return [
        { ...table, y: d.column((row) => floor(1000 ** (row / rows) * (20 + 5 * d.random.normal()))) },
        'data: {source: data.csv, time: day}\ntarget: y\n',
      ];
    },
  },
]);
