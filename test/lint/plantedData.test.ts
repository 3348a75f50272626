import { describePlants, inTime, type Plant, repeated, rows, two, withColumn } from './plants.ts';
import { plain } from './tables.ts';

/** A table in which so many rows differ, and the others repeat them. */
const tally = (different: number) => ({
  group: Array.from({ length: rows }, (_, row) => `g${Math.floor((row % different) / 2)}`),
  y: Array.from({ length: rows }, (_, row) => (row % different) % 2),
});

/** One row of the target is no measurement. */
const numbers = (last: number) => ({
  ...plain(rows),
  y: Array.from({ length: rows }, (_, row) => (row === rows - 1 ? last : row + 0.5)),
});

describePlants([
  {
    rule: 'task-target-mismatch',
    column: 'y',
    severity: 'error',
    fault: () => [numbers(-1e300), two],
    clean: () => [numbers(1e9), two],
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
      withColumn('weight', (_, row, d) => (row % 4 === 0 ? d.random.int(90) : `rack ${d.random.int(90)}`)),
    ],
  },
  {
    rule: 'number-as-string',
    column: 'cost',
    fault: () => [withColumn('cost', (_, __, d) => `$${1 + d.random.int(9)},${100 + d.random.int(900)}.50`)],
    clean: () => [withColumn('cost', (_, __, d) => `size ${d.random.int(9)}`)],
  },
  {
    rule: 'pii-in-features',
    column: 'surname',
    fault: () => [withColumn('surname', (_, row) => ['Lee', "O'Neill", 'García'][row % 3] ?? '')],
    clean: () => [withColumn('surname_length', (_, __, d) => d.random.int(9))],
  },
  {
    rule: 'string-variants',
    column: 'state',
    fault: () => [withColumn('state', (_, row) => ['NY', 'ny ', 'N.Y.', 'CA'][row % 4] ?? '')],
    clean: () => [withColumn('state', (_, row) => ['NY', 'NJ', 'CA'][row % 3] ?? '')],
  },
  {
    rule: 'string-variants',
    column: 'home state',
    fault: () => [withColumn('home state', (_, row) => ['NY', 'ny ', 'CA'][row % 3] ?? '')],
    clean: () => [withColumn('home state', (_, row) => ['NY', 'NJ', 'CA'][row % 3] ?? '')],
    fix: 'Use lower(trim(home state)) instead',
  },
  {
    rule: 'string-variants',
    column: 'state',
    fault: () => [
      withColumn('state', (_, row) => ['NY', 'ny ', 'CA'][row % 3] ?? ''),
      'data: data.csv\ntarget: y\nfeatures: [a, state]\n',
    ],
    clean: () => [withColumn('state', (_, row) => ['NY', 'NJ', 'CA'][row % 3] ?? '')],
    fix: 'Use lower(trim(state)) instead',
  },
  {
    rule: 'duplicate-rows',
    severity: 'warning',
    fault: () => [repeated(plain(rows), 0.1)],
    clean: () => [plain(rows)],
  },
  {
    rule: 'duplicate-rows',
    severity: 'warning',
    fault: () => [tally(9)],
    clean: () => [tally(200)],
    fix: 'Set split.dedupe: none',
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
  // Folds along time whose training rows all lie in the gap: of all folds, and of the first alone.
  ...['rolling', 'expanding'].map(
    (kind): Plant => ({
      rule: 'cv-infeasible',
      severity: 'error',
      fault: () => [
        { ...plain(rows), t: plain(rows)['a']?.map((_, row) => row) ?? [] },
        `data: {source: data.csv, time: t}\ntarget: y\nsplit: {gap: ${rows / 4}, cv: {folds: 4, kind: ${kind}}}\n`,
      ],
      clean: () => [
        { ...plain(rows), t: plain(rows)['a']?.map((_, row) => row) ?? [] },
        `data: {source: data.csv, time: t}\ntarget: y\nsplit: {gap: 9, cv: {folds: 4, kind: ${kind}}}\n`,
      ],
    }),
  ),
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
  {
    rule: 'batch-too-large',
    severity: 'warning',
    fix: 'Set train.batch: auto',
    fault: () => [plain(rows), `${two}model: mlp\ntrain: {batch: 250}\n`],
    clean: () => [plain(rows), `${two}model: mlp\ntrain: {batch: 64}\n`],
  },
]);
