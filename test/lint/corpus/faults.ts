/** One fault a rule, drawn just beyond its threshold, and a twin just short of it: of rows, targets and sides, and those of columns. */
import { part, repeated } from '../plants.ts';
import { columnFaults } from './columnFaults.ts';
import { contractFaults } from './contractFaults.ts';
import { demandFaults } from './demandFaults.ts';
import { between, days, type Fault, inFiles, pick, put, split, timed, two, twoFiles, y } from './fault.ts';
import { strangeLinks } from './strangeLinks.ts';
import { strangeSpellings } from './strangeSpellings.ts';

const { floor } = Math;

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
    // In a table of coarse columns as many repeat by nature.
    plant: (g, bad) => ({
      columns: repeated(
        put(g, 'reading', () => Number(g.d.random.normal().toFixed(3))),
        bad ? between(g.d, 0.08, 0.3) : 0,
      ),
    }),
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
    also: ['unseen-label', 'cv-infeasible', 'test-too-small'],
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
    also: ['relation-shift-split', 'id-predicts-target'],
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
      const by = bad ? between(g.d, 0.85, 1.2) : 0.15;
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
    also: ['test-not-representative'],
    plant: (g, bad) => {
      const by = bad ? between(g.d, 0.38, 0.45) : 0.08;
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

export const plainFaults: readonly Fault[] = [...columnFaults, ...rowFaults];

export const faults: readonly Fault[] = [
  ...plainFaults,
  ...contractFaults,
  ...demandFaults,
  ...strangeLinks,
  ...strangeSpellings,
];
