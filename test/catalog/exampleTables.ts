/** Tables that the examples on the pages of rules are about: those of the planted faults, in the examples' words. */
import type { RuleId } from '../../server/catalog/rules.ts';
import { faults } from '../lint/corpus/faults.ts';
import { drawGround } from '../lint/corpus/grounds.ts';
import { type Cell, type Columns, Drawing } from '../lint/tables.ts';

export interface Tables {
  /** `data/churn.csv`, or `data/train.csv`. */
  readonly columns: Columns;
  readonly files: Readonly<Record<string, Columns | string>>;
}

/** With the fault, or as they are once it is mended at its source. */
export type MakeTables = (bad: boolean) => Tables;

/** A seed of the subscribers among the grounds. */
const subscribers = 5;

/** The first fault that the corpus plants for a rule, on a table of subscribers. */
function planted(rule: RuleId, rows = 1000): MakeTables {
  return (bad) => {
    const plant = faults.find((fault) => fault.rule === rule)?.plant;
    if (plant === undefined) throw new Error(`the corpus plants no ${rule}`);
    const { columns, files = {} } = plant(drawGround(subscribers, rows), bad);
    return {
      columns: renamed(columns),
      files: Object.fromEntries(
        Object.entries(files).map(([name, table]) => [
          name,
          typeof table === 'string' ? table : renamed(table),
        ]),
      ),
    };
  };
}

function renamed(columns: Columns): Columns {
  return Object.fromEntries(
    Object.entries(columns).map(([name, cells]) => [name === 'y' ? 'churned' : name, cells]),
  );
}

/** The subscribers with other columns. */
function drawn(more: (d: Drawing, bad: boolean) => Columns, rows = 1000): MakeTables {
  return (bad) => {
    const ground = drawGround(subscribers, rows);
    return { columns: { ...renamed(ground.columns), ...more(ground.d, bad) }, files: {} };
  };
}

const target = (draw: (row: number, bad: boolean, d: Drawing) => Cell): MakeTables =>
  drawn((d, bad) => ({ churned: d.column((row) => draw(row, bad, d)) }));

/** Two rows a day from 2023 on. */
const daily = (d: Drawing): string[] =>
  d.column((row) => new Date(Date.UTC(2023, 0, 1) + (row >> 1) * 86_400_000).toISOString().slice(0, 10));

const words = ['parcel', 'came', 'late', 'nobody', 'told', 'us', 'when', 'it', 'would', 'be', 'there', 'at'];

/** Sixty messages stand twice but for one word. */
const messages: MakeTables = (bad) => {
  const d = new Drawing(400, 31);
  const message = () => Array.from({ length: 40 }, () => `${words[d.random.int(12)]}${d.random.int(90)}`);
  const texts = d.column(() => message().join(' '));
  const twins = bad ? texts.slice(0, 60).map((text) => text.replace(/\S+$/, 'altogether')) : [];
  const all = [...texts, ...twins];
  return { columns: { text: all, churned: all.map((_, i) => i % 2) }, files: {} };
};

const fromCorpus: readonly RuleId[] = [
  'column-not-found',
  'data-changed',
  'schema-drift',
  'expectation-failed',
  'stale-data',
  'target-missing',
  'broken-files',
  'annotation-gap',
  'mostly-missing',
  'informative-missing',
  'mixed-nulls',
  'mixed-types',
  'number-as-string',
  'text-as-category',
  'odd-strings',
  'id-as-feature',
  'constant-column',
  'circular-as-linear',
  'outliers',
  'skewed',
  'unscaled',
  'correlated-features',
  'raw-features',
  'duplicate-rows',
  'conflicting-labels',
  'class-imbalance',
  'rare-class',
  'accuracy-on-imbalanced',
  'no-cross-validation',
  'too-complex',
  'batch-too-large',
  'pii-in-features',
  'proxy-feature',
  'target-leak',
  'target-copy',
  'id-predicts-target',
  'undeclared-group',
  'split-overlap',
  'temporal-leak',
  'time-tie',
  'group-leak',
  'test-not-representative',
  'gate-within-noise',
  'unseen-category',
  'label-shift-split',
  'feature-shift-split',
  'pii-to-provider',
];

export const exampleTables: Readonly<Partial<Record<RuleId, MakeTables>>> = {
  ...Object.fromEntries(fromCorpus.map((rule) => [rule, planted(rule)])),
  'data-unpinned': drawn(() => ({})),
  'enum-as-number': planted('enum-as-number', 3000),
  'high-cardinality': planted('high-cardinality', 5000),
  'insufficient-data': planted('insufficient-data', 200),
  'relation-shift-split': planted('relation-shift-split', 3000),
  'roc-auc-on-rare': planted('roc-auc-on-rare', 3000),
  'test-too-small': planted('test-too-small', 3000),
  'too-few-rows': (bad) => drawn(() => ({}), bad ? 99 : 100)(bad),
  'task-target-mismatch': drawn(() => ({})),
  'no-contract': drawn(() => ({})),
  'date-as-string': drawn((d, bad) => ({
    opened: d.column(() =>
      d.random.int(5) === 0
        ? 'unknown so far'
        : bad
          ? `2024-${String(1 + d.random.int(12)).padStart(2, '0')}-${String(1 + d.random.int(28)).padStart(2, '0')}`
          : (['early', 'late', 'in between'][d.random.int(3)] ?? ''),
    ),
  })),
  'missing-unhandled': drawn((d) => ({ fee: d.holes(d.normal(40, 12, 2), 0.1) })),
  'protected-feature': drawn((d) => ({ sex: d.level('f', 'm') })),
  'not-stratified': target((_, __, d) => (d.random.int(10) === 0 ? 1 : 0)),
  'cv-infeasible': target((row) => (row % 140 === 1 && row < 980 ? 1 : 0)),
  'unseen-label': (bad) => {
    const labelled = (labels: readonly string[], rows: number) =>
      drawn((d) => ({ churned: d.column(() => labels[d.random.int(labels.length)] ?? '') }), rows)(bad)
        .columns;
    return {
      columns: labelled(['no', 'moved'], 800),
      files: { 'test.csv': labelled(['no', 'moved', 'price'], 200) },
    };
  },
  'near-duplicate-overlap': messages,
  'string-variants': drawn((d) => ({ county: d.level('New York', 'new york', 'New York ', 'Ohio') })),
  'suspicious-name': drawn((d) => ({ cancel_reason: d.level('k0', 'k1', 'k2', 'k3', 'k4') })),
  'sentinel-value': drawn((d) => ({
    income: d.column(() => (d.random.int(20) === 0 ? -99 : 20 + d.random.int(300))),
  })),
  'unit-jump': drawn((d) => ({
    day: daily(d),
    price: d.column((row) =>
      Number(((row < 500 ? 20 : 20_000) * Math.exp(0.3 * d.random.normal())).toFixed(2)),
    ),
  })),
};
