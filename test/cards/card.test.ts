import { describe, expect, test } from 'vitest';
import { buildCard } from '../../server/cards/buildCard.ts';
import { renderCardHtml } from '../../server/cards/html.ts';
import { renderCardJson } from '../../server/cards/json.ts';
import { renderCardMarkdown } from '../../server/cards/markdown.ts';
import type { RunDocument } from '../../server/protocol/run.ts';
import { findings, shopDocument, shopExperiment } from './documents.ts';

const card = buildCard(shopDocument(), shopExperiment(), findings);

test('the Markdown card reads as its golden file', async () => {
  await expect(renderCardMarkdown(card)).toMatchFileSnapshot('golden/shop.md.golden');
});

test('the HTML card reads as its golden file', async () => {
  await expect(renderCardHtml(card)).toMatchFileSnapshot('golden/shop.html.golden');
});

test('the JSON card holds the fields of model-card-toolkit', () => {
  const json = JSON.parse(renderCardJson(card));
  expect(json.schema_version).toBe('0.0.2');
  expect(json.model_details).toMatchObject({
    name: 'shop',
    owners: [{ name: 'sales' }, { name: 'ml@example.org' }],
  });
  expect(json.quantitative_analysis.performance_metrics).toContainEqual({
    type: 'roc_auc',
    value: 0.6,
    slice: 'test, plan=plus',
    confidence_interval: { lower_bound: expect.closeTo(0.55), upper_bound: expect.closeTo(0.65) },
  });
  expect(json.considerations.ethical_considerations[0].mitigation_strategy).toBe('a gate on age');
});

test('a run of another id, time and duration gives the same bytes', () => {
  const again = shopDocument({
    run: {
      id: 'r-999',
      experiment: 'shop',
      status: 'finished',
      started: '2027-05-05T00:00:00Z',
      ended: null,
    },
    timings: { train: 99, read: 3 },
    artifacts: { model: 'elsewhere/model.onnx', predictions: 'q', card: 'd' },
    device: { engine: 'cpu', name: 'another machine' },
  });
  const other = buildCard(again, shopExperiment(), findings);
  for (const render of [renderCardMarkdown, renderCardHtml, renderCardJson])
    expect(render(other)).toBe(render(card));
});

test('which past rows a feature is of, and what a weight is for, stands beside the expression', () => {
  const { data, features } = shopExperiment();
  const derive = [
    { name: 'm7', expr: 'mean(x)', window: '7d', group: 'who', shift: '1d' },
    { name: 'before', expr: 'lag(x)', shift: 2, available_at: 'paid' },
    { name: 'ratio', expr: 'x / y' },
  ];
  const experiment = shopExperiment({
    data: { ...data, weight: 'w' },
    features: { ...features, derive },
  });
  const markdown = renderCardMarkdown(buildCard(shopDocument(), experiment, findings));
  for (const line of [
    '- In training a row counts as `w` says; in all figures here each counts once.',
    '- `m7` is computed as `mean(x)` over rows of the same `who` of the last 7d, up to 1d before the prediction.',
    '- `before` is computed as `lag(x)`, without the last 2 rows, known from `paid` on.',
    '- `ratio` is computed as `x / y`.',
  ])
    expect(markdown).toContain(`${line}\n`);
});

describe('gaps', () => {
  const markdown = renderCardMarkdown(
    buildCard(shopDocument(), shopExperiment({ card: {}, description: undefined }), []),
  );
  for (const setting of [
    'card.intended_use',
    'card.out_of_scope',
    'card.limitations',
    'card.ethics',
    'card.owner',
    'card.decisions',
  ]) {
    test(`an unwritten ${setting} is said to be missing`, () => {
      expect(markdown).toContain(`set \`${setting}\``);
      expect(renderCardMarkdown(card).includes(`set \`${setting}\``)).toBe(setting === 'card.out_of_scope');
    });
  }
});

test('a regression without slices, gates or intervals has a card too', () => {
  const none = { value: 3.5, low: 'NaN' as const, high: 'NaN' as const };
  const document = shopDocument({
    task: 'regression',
    target: 'price',
    positive: null,
    classes: [],
    metric: 'rmse',
    metrics: {
      test: { rmse: none, r2: { value: 'NaN', low: 'NaN', high: 'NaN' } },
      valid: {},
      train: { rmse: none },
    },
    baselines: {},
    comparisons: [],
    slices: [],
    explanations: [],
    confusion: null,
    calibrationBins: [],
    gates: [],
  });
  const markdown = renderCardMarkdown(buildCard(document, shopExperiment(), []));
  expect(markdown).toContain('Predicts the value of `price`');
  expect(markdown).toContain('On 1,000 test rows that training never saw, `rmse` is 3.5.');
  expect(markdown).toContain('| `r2` | higher | not defined |');
  expect(markdown).toContain('No gates are set.');
  expect(markdown).not.toContain('NaN |');
  expect(renderCardHtml(buildCard(document, shopExperiment(), []))).not.toContain('NaN</td>');
});

describe('hostile names', () => {
  const hostile = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE x; --",
    '[click](javascript:alert(1))',
    'a | b `c` ``d`` \n# heading\n| x |',
    '../../etc/passwd',
    '\u202Egnp.exe\u0000\u0007',
    '<'.repeat(10_000),
    '',
    '漢字 😀',
  ];
  const importance = hostile.map((column, index) => ({ column, value: 1 - index / 10, low: 0, high: 1 }));
  const document = shopDocument({
    run: { id: 'r', experiment: hostile[0] ?? '', status: 'finished', started: '', ended: null },
    target: hostile[1] ?? '',
    positive: hostile[4] ?? '',
    features: hostile.map((column) => ({ name: column, kind: 'numeric', input: 'float' })),
    explanations: [{ method: 'permutation', metric: 'roc_auc', importance }],
    slices: hostile.map((slice) => ({
      slice,
      rows: 100,
      share: 0.1,
      metric: 'roc_auc',
      value: 0.5,
      low: 0.4,
      high: 0.6,
      overall: 0.8,
      weak: true,
    })),
    gates: hostile.map((gate) => ({
      gate,
      passed: false,
      value: null,
      low: null,
      high: null,
      reason: `\`${gate}\` cannot be read`,
    })),
    warnings: hostile,
  });
  const words = { owner: hostile[1], intended_use: hostile[0], limitations: hostile, license: hostile[3] };
  const hostileCard = buildCard(document, shopExperiment({ description: hostile[1], card: words }), []);

  test('are text in HTML: every tag is ours and closed', () => {
    const html = renderCardHtml(hostileCard);
    const ours =
      'html head meta title style body main h1 h2 p nav ul li a section code pre div table caption thead tbody tr th td figure figcaption svg line rect text circle polyline';
    const open: string[] = [];
    for (const [, close, tag = '', attributes = ''] of html
      .replace('<!doctype html>', '')
      .matchAll(/<(\/?)([a-z0-9]*)([^>]*)>/g)) {
      expect(ours.split(' ')).toContain(tag);
      expect(attributes).not.toMatch(/\son\w+=|javascript:|\ssrc=/);
      if (close === '/') expect(open.pop()).toBe(tag);
      else if (tag !== 'meta' && !attributes.endsWith('/')) open.push(tag);
    }
    expect(open).toEqual([]);
    expect(html.length).toBeLessThan(200_000);
  });

  test('leave the Markdown tables whole and its headings ours', () => {
    const lines = renderCardMarkdown(hostileCard).split('\n');
    const headings = lines.filter((line) => line.startsWith('#'));
    expect(headings).toHaveLength(13);
    let width = 0;
    for (const line of lines) {
      const bars = line.match(/(?<!\\)\|/g)?.length ?? 0;
      if (!line.startsWith('|')) width = 0;
      else if (width === 0) width = bars;
      else expect(bars, line).toBe(width);
    }
    expect(lines.join('\n').replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  test('are Python strings in the snippet', () => {
    const code = hostileCard.sections
      .find(({ id }) => id === 'use')
      ?.blocks.find(({ kind }) => kind === 'code');
    expect(code).toMatchObject({
      code: expect.stringContaining('"[click](javascript:alert(1))": np.array([[1.0]], np.float32)'),
    });
    expect(code).toMatchObject({ code: expect.stringContaining('"\\u6f22\\u5b57 \\U0001f600"') });
    expect(JSON.stringify(code)).not.toMatch(/[^\x20-\x7e]/);
  });
});

test('a search is told with what it found and, where its folds were nested, what it found without the rows that judge', () => {
  const trial = (leaves: number, value: number | 'NaN') => ({
    params: { 'model.gbdt.max_leaves': leaves, 'model.gbdt.learning_rate': 0.0512345 },
    value,
    budget: 1,
    pruned: false,
  });
  const tuning = {
    ...{ search: 'bayesian', metric: 'roc_auc', best: 1 },
    trials: [trial(31, 0.8), trial(12, 0.831), trial(7, 'NaN')],
  };
  const outer = [0.79, 0.83, 0.81].map((value, fold) => ({ ...trial(10 + fold, value) }));
  const write = (document: Partial<RunDocument>) =>
    renderCardMarkdown(buildCard(shopDocument(document), shopExperiment(), []));
  const plain = write({ tuning });
  expect(plain).toContain('the best of 3 tried by a bayesian search: `model.gbdt.max_leaves 12` and');
  expect(plain).toContain('`model.gbdt.learning_rate 0.05123`');
  expect(plain).toContain('`roc_auc` is 0.831;');
  expect(plain).not.toContain('outer fold');
  const nested = write({ tuning: { ...tuning, nested: { folds: outer } } });
  expect(nested).toContain('`roc_auc` is 0.81 on average (0.79 to 0.83); higher is better.');
  expect(nested).toMatch(/\| *2 *\| *0\.83 *\| *`model\.gbdt\.max_leaves 11`/);
  expect(write({})).not.toContain('tried by');
});
