/** Open experiments for unit tests of the language features; `|` marks the cursor. */
import type { Position } from 'vscode-languageserver/node';
import { loadExperiment } from '../../server/config/load.ts';
import type { DataFacts } from '../../server/data/facts/facts.ts';
import { checkOpen } from '../../server/language/checkOpen.ts';
import type { OpenExperiment } from '../../server/language/openExperiment.ts';
import { file, now, workspace } from '../lint/marked.ts';

export function openText(text: string, more: Partial<OpenExperiment> = {}): OpenExperiment {
  const loaded = loadExperiment({ file, workspace, text, environment: {}, now });
  const open = { uri: `file://${file}`, version: 1, loaded, current: true, runs: [], ...more };
  return { ...open, findings: checkOpen(open, [], now) };
}

export function withCursor(marked: string): { text: string; position: Position } {
  const offset = marked.indexOf('|');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const before = text.slice(0, offset).split('\n');
  return { text, position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 } };
}

/** Of a table of calls: two kinds of plan, a number with gaps, a date, a name that needs quotes. */
export const facts: DataFacts = {
  hash: `sha256:${'0123456789abcdef'.repeat(4)}`,
  rows: 1_000,
  profile: {
    rows: 1_000,
    hash: `sha256:${'0123456789abcdef'.repeat(4)}`,
    columns: [
      column('plan', 'categorical', {
        distinct: 2,
        top: [
          { value: 'basic', count: 700 },
          { value: "it's pro", count: 300 },
        ],
      }),
      column('tenure', 'numeric', {
        missing: 120,
        distinct: 80,
        min: 0,
        max: 99,
        mean: 31.5,
        std: 12.25,
        quantiles: { '0.01': 0, '0.05': 2, '0.25': 10, '0.5': 30, '0.75': 50, '0.95': 80, '0.99': 98 },
      }),
      column('signed', 'datetime', { distinct: 900 }),
      column('monthly fee', 'numeric', { distinct: 300 }),
      column('churned', 'boolean', { distinct: 2 }),
    ],
  },
  target: {
    name: 'churned',
    task: 'binary',
    metric: 'roc_auc',
    missing: 0,
    classes: [
      { label: false, rows: 800 },
      { label: true, rows: 200 },
    ],
    prevalence: 0.2,
    distinct: 2,
  },
  features: [
    { name: 'plan', kind: 'categorical' },
    { name: 'tenure', kind: 'numeric' },
  ],
  leftOut: [],
  targetSources: [],
  links: {},
  categories: {},
  twins: { repeats: 0, expectedRepeats: 0, conflicting: 0, expectedTwins: 0, example: [] },
  emptyRows: 0,
  later: [],
  contract: [],
};

type Column = DataFacts['profile']['columns'][number];

function column(name: string, kind: Column['kind'], more: Partial<Column> = {}): Column {
  return {
    name,
    kind,
    type: 'VARCHAR',
    derived: false,
    missing: 0,
    unread: 0,
    distinct: 2,
    min: null,
    max: null,
    mean: null,
    std: null,
    quantiles: null,
    top: [],
    monotone: null,
    numbers: null,
    texts: null,
    nullSpellings: null,
    ...more,
  };
}
