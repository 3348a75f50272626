/** What is asked for once a model is served, and what must not be refused then. */
import { describe, expect, test } from 'vitest';
import { fields } from '../../../server/config/fields.ts';
import { check, clean, fixed, lint, only } from '../marked.ts';
import { figure, historyOf, resultOf } from '../pastResults.ts';
import { plain } from '../tables.ts';
import { factsOf } from './factsOf.ts';

const shipped = `${clean}serve: batch\n`;
const said = (text: string) => new Set(lint(text).map(({ rule }) => rule));

/** What is written of each. */
const written: Readonly<Record<string, string>> = {
  'no-business-metric': 'problem: {success: [{kpi: rate, baseline: 0.1}]}\n',
  'no-retrain-plan': 'monitor: {retrain: {approve: manual}}\n',
  'no-ci': 'run: {export: [github]}\n',
  'licence-missing': 'card: {license: MIT}\n',
  'no-monitoring': 'monitor: {every: 1d}\n',
  'no-gates': 'gates: [beats baseline]\n',
  'no-card': 'card: {owner: me}\n',
  'no-owner': 'card: {owner: me}\n',
};

test.each(Object.entries(written))('%s speaks of a served model until it is written', (rule, more) => {
  // Some are asked for within a section only.
  const [section = ''] = more.split(':');
  const within = fields.find(({ requiredFrom }) => requiredFrom?.rule === rule)?.path.includes('.');
  const missing = within ? `${shipped}${section}: {}\n` : shipped;
  expect(said(missing)).toContain(rule);
  expect(said(`${shipped}${more}`)).not.toContain(rule);
  expect(said(clean)).not.toContain(rule);
});

test('no-datasheet: the data of a served model are documented in a section of their own', () => {
  const documented = shipped.replace(/^data: (.*)$/m, 'data: {source: $1, datasheet: docs/datasheet.md}');
  expect(documented).toContain('datasheet');
  const [finding] = only(lint(shipped), 'no-datasheet');
  expect(finding?.message).toBe('Data set is undocumented.');
  expect(said(documented)).not.toContain('no-datasheet');
  expect(said(clean)).not.toContain('no-datasheet');
});

test.each([
  ['no-drift-detection', 'monitor: {drift: «none»}', 'monitor: {drift: {method: auto}}'],
  [
    'no-performance-signal',
    'monitor: {performance: {estimate: «none»}}',
    'monitor: {performance: {estimate: none, labels: labels.csv}}',
  ],
])('%s: refused in writing', (rule, fires, twin) => {
  const [finding] = check(rule, `${shipped}${fires}\n`, /./);
  expect(only(lint(`${shipped}${twin}\n`), rule)).toEqual([]);
  const after = fixed(`${shipped}${fires}\n`.replaceAll(/[«»]/g, ''), finding);
  expect(only(lint(after), rule)).toEqual([]);
});

describe('ml-not-needed', async () => {
  const table = plain(2000);
  const facts = await factsOf(
    { ...table, churned: table['y'] ?? [] },
    'data: data.csv\ntarget: churned\nfeatures: [a, b, city]\n',
  );
  const text = `${clean}gates: [beats baseline]\n`;
  const of = (auc: number) =>
    only(
      lint(text, {
        facts,
        runs: historyOf([
          resultOf(text, { metrics: { test: { roc_auc: figure(auc) }, valid: {}, train: {} } }),
        ]),
      }),
      'ml-not-needed',
    );
  const alone = facts.links['a']?.strength?.value ?? 0;

  test('one column says as much as the whole model', () => {
    expect(alone).toBeGreaterThan(0.6);
    const [finding] = of(alone + 0.005);
    expect(finding?.message).toContain('A one-line rule on `a` scores');
    expect(only(lint(fixed(text, finding), { facts }), 'ml-not-needed')).toEqual([]);
  });

  test('a model that is clearly better is needed', () => {
    expect(of(alone + 0.1)).toEqual([]);
  });
});
