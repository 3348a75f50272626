/** Leaks, keys and sides as others plant them: transformed copies of the target, hashes, rows that stand on both sides. */
import { createHash } from 'node:crypto';
import { part } from '../plants.ts';
import type { Cell } from '../tables.ts';
import {
  between,
  type Case,
  type Fault,
  inFiles,
  noise,
  pick,
  put,
  split,
  two,
  twoFiles,
  y,
} from './fault.ts';
import type { Ground } from './grounds.ts';

const { exp, floor, log, round } = Math;

/** The target, wrong in this share of the rows. */
const flipped = (g: Ground, row: number, share: number): number =>
  g.d.random.uniform() < share ? 1 - y(g, row) : y(g, row);

/** A target of numbers, and a column made of it. */
const numeric = (
  g: Ground,
  { column, draw, make }: { column: string; draw: (row: number) => number; make: (due: number) => number },
): Case => {
  const due = g.d.column((row) => Number(draw(row).toFixed(2)));
  const { y: _, ...rest } = g.columns;
  return {
    columns: { ...rest, [column]: due.map(make), due },
    yaml: 'data: data.csv\ntarget: due\n',
  };
};
const plainDue = (g: Ground) => (row: number) => 50 + 20 * g.d.random.normal() + 10 * y(g, row);

const leaks: readonly Fault[] = [
  {
    rule: 'target-leak',
    column: 'score',
    least: 300,
    // Any rising function of it says the same.
    plant: (g, bad) => ({
      columns: put(g, 'score', (row) => Number(exp(2 * y(g, row) + noise(g.d, bad ? 0.4 : 1.5)).toFixed(4))),
    }),
  },
  {
    rule: 'target-leak',
    column: 'deviation',
    least: 3000,
    plant: (g, bad) => ({
      columns: put(g, 'deviation', (row) => {
        const far = flipped(g, row, bad ? 0.02 : 0.3) === 1;
        return Number(
          ((far ? between(g.d, 1, 3) : between(g.d, 0, 1)) * (g.d.random.int(2) ? 1 : -1)).toFixed(3),
        );
      }),
    }),
  },
  {
    rule: 'target-leak',
    column: 'reason',
    least: 1000,
    plant: (g, bad) => ({
      columns: put(g, 'reason', (row) => `R${20 * flipped(g, row, bad ? 0.01 : 0.25) + g.d.random.int(20)}`),
    }),
  },
  {
    rule: 'target-leak',
    column: 'closed_on',
    least: 300,
    also: ['mostly-missing'],
    plant: (g, bad) => ({
      columns: put(g, 'closed_on', (row) =>
        (bad ? flipped(g, row, 0.02) : g.d.random.int(2))
          ? `2024-0${1 + g.d.random.int(9)}-1${g.d.random.int(9)}`
          : null,
      ),
    }),
  },
  {
    rule: 'target-leak',
    column: 'gross',
    least: 300,
    plant: (g, bad) =>
      numeric(g, {
        column: 'gross',
        draw: plainDue(g),
        make: (due) => Number((1.19 * due + noise(g.d, bad ? 2.5 : 18)).toFixed(2)),
      }),
  },
  {
    rule: 'target-leak',
    column: 'due_log',
    least: 300,
    plant: (g, bad) =>
      numeric(g, {
        column: 'due_log',
        draw: (row) => exp(4 + 0.8 * g.d.random.normal() + 0.3 * y(g, row)),
        make: (due) => Number((log(due) + noise(g.d, bad ? 0.05 : 0.6)).toFixed(4)),
      }),
  },
  {
    rule: 'target-leak',
    column: 'code',
    least: 1000,
    plant: (g, bad) => {
      const kind = g.d.column(() => g.d.random.int(4));
      const code = kind.map(
        (k) => [31, 7, 22, 15][g.d.random.uniform() < (bad ? 0.02 : 0.4) ? g.d.random.int(4) : k] ?? 0,
      );
      return {
        columns: { ...g.columns, code, y: kind.map((k) => ['red', 'green', 'blue', 'grey'][k] ?? '') },
      };
    },
  },
  {
    rule: 'target-copy',
    column: 'kind',
    least: 300,
    plant: (g, bad) => {
      const kind = g.d.column(() => g.d.random.int(3));
      const told = kind.map(
        (k) => ['Alpha', 'Beta', 'Gamma'][bad || g.d.random.uniform() < 0.7 ? k : g.d.random.int(3)] ?? '',
      );
      return { columns: { ...g.columns, kind: told, y: kind.map((k) => 3 - k) } };
    },
  },
  {
    rule: 'target-copy',
    column: 'due_cents',
    least: 300,
    plant: (g, bad) =>
      numeric(g, {
        column: 'due_cents',
        draw: plainDue(g),
        make: (due) => round(100 * due + (bad ? 0 : 2000 * g.d.random.normal())),
      }),
  },
];

/** A key of each row; its twin is a salary, of which hardly two are the same either. */
const key = (column: string, make: (hash: string, row: number, g: Ground) => Cell): Fault => ({
  rule: 'id-as-feature',
  column,
  plant: (g, bad) => ({
    columns: put(g, bad ? column : 'salary', (row) =>
      bad
        ? make(createHash('sha1').update(`${g.d.rows} ${row}`).digest('hex'), row, g)
        : 20_000 + g.d.random.int(400_000),
    ),
  }),
});

const keys: readonly Fault[] = [
  key(
    'token',
    (hash) =>
      `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`,
  ),
  key('fingerprint', (hash) => hash),
  key('ref', (_, row, { d }) => `CUST-${String(((row * 7) % d.rows) + 1).padStart(7, '0')}`),
  key('Unnamed: 0', (_, row) => row),
  key('customer_id', (_, __, { d }) => 1e9 + floor(9e9 * d.random.uniform())),
];

const sides: readonly Fault[] = [
  {
    rule: 'split-overlap',
    least: 1000,
    // Copies from the middle of the training rows stand first in test, whose columns have another order.
    plant: (g, bad) => {
      const [train, test] = split(
        put(g, 'reading', () => Number(g.d.random.normal().toFixed(5))),
        0.7,
      );
      const at = floor(0.5 * g.d.rows * g.d.random.uniform());
      const copied = part(train, at, at + floor(0.03 * g.d.rows));
      const cells = (name: string) => [...(bad ? (copied[name] ?? []) : []), ...(test[name] ?? [])];
      const names = Object.keys(test).reverse();
      return {
        columns: train,
        yaml: twoFiles,
        files: { 'test.csv': Object.fromEntries(names.map((name) => [name, cells(name)])) },
      };
    },
  },
  {
    rule: 'group-leak',
    column: 'patient',
    least: 1000,
    plant: (g, bad) => {
      const { columns, files = {} } = inFiles(
        put(g, 'patient', (row) => `p${floor(row / 5)}`),
        (test) => ({
          ...test,
          patient: (test['patient'] ?? []).map((cell, i) => (bad && i % 10 === 0 ? `p${i % 50}` : cell)),
        }),
      );
      const yaml = 'data: {source: {train: data.csv, test: test.csv}, group: patient}\ntarget: y\n';
      return { columns, files, yaml };
    },
  },
  {
    rule: 'unseen-label',
    least: 1000,
    also: ['label-shift-split'],
    plant: (g, bad) =>
      inFiles({ ...g.columns, y: g.d.column(() => pick(g.d, 'a', 'b', 'c')) }, (test) => ({
        ...test,
        y: (test['y'] ?? []).map((cell, i) => (bad && i % 9 === 0 ? 'd' : cell)),
      })),
  },
  {
    rule: 'near-duplicate-overlap',
    column: 'text',
    least: 1000,
    most: 3000,
    plant: (g, bad) => {
      const line = () => Array.from({ length: 22 }, () => `word${g.d.random.int(500)}`).join(' ');
      const text = g.d.column(line);
      return inFiles({ text, ...g.columns }, (test) => ({
        ...test,
        text: (test['text'] ?? []).map((cell, i) => (bad && i % 20 === 0 ? `${text[i]} thanks` : cell)),
      }));
    },
  },
  {
    rule: 'unit-jump',
    column: 'weight',
    least: 1000,
    also: ['unseen-category'],
    // Grams in the last part; its twin grows threefold little by little.
    plant: (g, bad) => {
      const at = floor(between(g.d, 0.5, 0.8) * g.d.rows);
      const day = g.d.column((row) =>
        new Date(Date.UTC(2022, 0, 1) + floor((900 * row) / g.d.rows) * 86_400_000)
          .toISOString()
          .slice(0, 10),
      );
      const times = (row: number) => (bad ? (row >= at ? 1000 : 1) : 1 + (2 * row) / g.d.rows);
      const weight = g.d.column((row) => Number((times(row) * (70 + 10 * g.d.random.normal())).toFixed(1)));
      return {
        columns: { day, ...g.columns, weight },
        yaml: 'data: {source: data.csv, time: day}\ntarget: y\n',
      };
    },
  },
  {
    rule: 'undeclared-group',
    column: 'patient_id',
    least: 1000,
    most: 20_000,
    plant: (g, bad) => {
      const lean = g.d.column(() => (bad ? 4 : 0) * g.d.random.normal());
      const of = g.d.column(() => g.d.random.int(floor(g.d.rows / 8)));
      const ids = of.map((id) => 100_000 + 7 * id);
      return {
        columns: {
          ...g.columns,
          [bad ? 'patient_id' : 'shop']: ids,
          y: g.d.binary((row) => lean[of[row] ?? 0] ?? 0),
        },
      };
    },
  },
];

const targets: readonly Fault[] = [
  {
    rule: 'rare-class',
    least: 300,
    also: ['unseen-label', 'cv-infeasible', 'test-too-small'],
    plant: (g, bad) => ({
      columns: {
        ...g.columns,
        y: g.d.column((row) => (bad && row % floor(g.d.rows / 3) === 1 ? 9 : g.d.random.int(4))),
      },
    }),
  },
  {
    rule: 'class-imbalance',
    column: 'y',
    least: 3000,
    also: ['rare-class', 'cv-infeasible', 'test-too-small', 'insufficient-data'],
    plant: (g, bad) => ({
      columns: {
        ...g.columns,
        y: g.d.column((row) => (bad ? Number(row % 500 === 7) : Number(g.d.random.int(3) === 0))),
      },
      yaml: `${two}train: {imbalance: none}\n`,
    }),
  },
  {
    rule: 'task-target-mismatch',
    column: 'y',
    least: 300,
    plant: (g, bad) => ({
      columns: { ...g.columns, y: g.d.column(() => g.d.random.int(bad ? 3 : 2)) },
      yaml: `${two}task: binary\n`,
    }),
  },
  {
    rule: 'missing-unhandled',
    column: 'gap',
    // The grounds have holes of their own.
    also: ['missing-unhandled'],
    plant: (g, bad) => ({
      columns: put(g, 'gap', () => (g.d.random.uniform() < (bad ? 0.12 : 0.01) ? null : noise(g.d, 1))),
      yaml: `${two}model: linear\nfeatures: {numeric: {impute: none}}\n`,
    }),
  },
  {
    rule: 'too-few-rows',
    most: 100,
    also: ['test-too-small', 'insufficient-data', 'rare-class'],
    plant: (g, bad) => ({ columns: part(g.columns, 0, bad ? 99 : 100) }),
  },
  {
    rule: 'protected-feature',
    column: 'gender',
    plant: (g, bad) => ({ columns: put(g, bad ? 'gender' : 'genre', () => pick(g.d, 'f', 'm', 'x')) }),
  },
];

export const strangeLinks: readonly Fault[] = [...leaks, ...keys, ...sides, ...targets];
