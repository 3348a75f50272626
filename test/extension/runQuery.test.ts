import { describe, expect, it } from 'vitest';
import { selectRuns } from '../../extension/runQuery.ts';
import type { RunQuery } from '../../server/protocol/panels.ts';
import type { RunEntry } from '../../server/protocol/workbench.ts';

const all = { filter: '', sort: 'started', descending: true, from: 0, count: 100 };

/** Newest first, as the store lists them. */
const runs: readonly RunEntry[] = [
  run('c', { status: 'failed', value: null, settings: { 'model.type': 'gbdt', 'split.test': '0.2' } }),
  run('b', { value: 0.71, settings: { 'model.type': 'linear', 'split.test': '0.1' } }),
  run('a', { value: 0.65, settings: { 'model.type': 'gbdt' } }),
];

function run(id: string, more: Partial<RunEntry>): RunEntry {
  const started = `2026-01-0${id.charCodeAt(0) - 96}T00:00:00.000Z`;
  const ended = `2026-01-0${id.charCodeAt(0) - 96}T00:0${id.charCodeAt(0) - 96}:00.000Z`;
  const head = { id, experiment: 'churn "x"', status: 'finished' as const, started, ended };
  return {
    ...head,
    workspace: '/w',
    file: '/w/f',
    metric: 'roc_auc',
    value: 0.5,
    low: null,
    high: null,
    settings: {},
    ...more,
  };
}

function ids(query: Partial<RunQuery>): string {
  return selectRuns(runs, { ...all, ...query })
    .rows.map(({ id }) => id)
    .join('');
}

describe('the runs that a person asks for', () => {
  it.each([
    ['', 'cba'],
    ['fail', 'c'],
    ['status = failed', 'c'],
    ['status!=failed', 'ba'],
    ['roc_auc > 0.7', 'b'],
    ['roc_auc >= 0.65 and model.type = gbdt', 'a'],
    ['model.type ~ LIN', 'b'],
    ['split.test < 0.15', 'b'],
    ['duration > 100', 'cb'],
    ['experiment = "churn"', ''],
    ['churn finished', 'ba'],
    ['constructor', ''],
  ])('filter %j to %j', (filter, expected) => {
    expect(ids({ filter })).toBe(expected);
  });

  it.each([
    ['colour = red', 'There is no column “colour”.'],
    ['> 3', '“>3” is no comparison: write column = value.'],
    ['__proto__ = 1', 'There is no column “__proto__”.'],
  ])('are all of them for the filter %j, with what is wrong with it', (filter, problem) => {
    const selected = selectRuns(runs, { ...all, filter });
    expect([selected.problem, selected.matching]).toEqual([problem, 3]);
  });

  it('are sorted by numbers as numbers, with missing values last either way', () => {
    expect(ids({ sort: 'value', descending: true })).toBe('bac');
    expect(ids({ sort: 'value', descending: false })).toBe('abc');
    expect(ids({ sort: 'split.test', descending: false })).toBe('bca');
    expect(ids({ sort: 'duration', descending: false })).toBe('abc');
  });

  it('come in windows, with the settings that differ', () => {
    const { rows, matching, total, settings } = selectRuns(runs, { ...all, from: 1, count: 1 });
    expect([rows.map(({ id }) => id), matching, total]).toEqual([['b'], 3, 3]);
    expect(settings).toEqual(['model.type', 'split.test']);
  });
});
