import {
  customers,
  describePlants,
  inTime,
  noise,
  part,
  repeated,
  rows,
  two,
  twoFiles,
  withColumn,
} from './plants.ts';
import { type Columns, Drawing, plain } from './tables.ts';

const grouped = 'data: {source: data.csv, group: site}\ntarget: y\nmodel: {type: gbdt}\n';

/** Eight sites; positives stand only in some of them. */
function atSites(hasPositives: (site: number) => boolean): Columns {
  const table = plain(rows);
  const site = Array.from({ length: rows }, (_, row) => row % 8);
  return {
    ...table,
    site: site.map((each) => `s${each}`),
    y: site.map((each, row) => (hasPositives(each) ? (table['y']?.[row] ?? 0) : 0)),
  };
}

/** One category beside the target. */
function coarse(seed: number, count: number): Columns {
  const { city = [], y = [] } = plain(count, seed);
  return { city, y };
}

/** Five answers of five kinds each. */
function answers(seed: number): Columns {
  const d = new Drawing(1000, seed);
  const given = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`q${i + 1}`, d.whole(1, 5)]));
  return { ...given, y: d.binary((row) => 0.4 * ((given['q1']?.[row] ?? 0) - 3)) };
}

/** Some rows of the table are those of another one. */
function mixed(table: Columns, other: Columns, share: number): Columns {
  const isOther = (row: number) => (row * 7919) % 1000 < share * 1000;
  return Object.fromEntries(
    Object.entries(table).map(([name, cells]) => [
      name,
      cells.map((cell, row) => (isOther(row) ? (other[name]?.[row] ?? null) : cell)),
    ]),
  );
}

describePlants([
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
    // One feature of four levels: every test row has its equal by chance, but not in the same order.
    rule: 'split-overlap',
    severity: 'error',
    fault: () => [coarse(1, 400), twoFiles, { 'test.csv': coarse(1, 400) }],
    clean: () => [coarse(1, 400), twoFiles, { 'test.csv': coarse(2, 400) }],
  },
  {
    // Features of a few values: a third of the test rows repeats training rows by chance.
    rule: 'split-overlap',
    severity: 'error',
    fault: () => [answers(1), twoFiles, { 'test.csv': mixed(answers(2), answers(1), 0.5) }],
    clean: () => [answers(1), twoFiles, { 'test.csv': answers(2) }],
  },
  {
    rule: 'test-too-small',
    severity: 'warning',
    fault: () => [plain(6000), `${two}split: {test: 0.02}\n`],
    clean: () => [plain(6000), `${two}split: {test: 0.2}\n`],
  },
  {
    // Folds do not help where no test row is of the other class.
    rule: 'test-too-small',
    severity: 'warning',
    fault: () => [atSites((site) => site === 3), grouped],
    clean: () => [atSites(() => true), grouped],
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
]);
