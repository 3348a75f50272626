/** The table of metrics against the code that computes them. */
import { expect, test } from 'vitest';
import {
  defaultMetric,
  metricNamed,
  metricSynonyms,
  metrics,
  metricsOf,
  parseMetricName,
  standardMetrics,
} from '../../server/catalog/metrics.ts';
import { trainedTasks } from '../../server/catalog/tasks.ts';
import { tasks } from '../../server/config/schema/identity.ts';
import { isComputable } from '../../server/evaluation/metrics.ts';

test.each([
  ['roc_auc', { metric: metricNamed('roc_auc') }],
  ['recall@2000', { metric: metricNamed('recall@k'), at: 2000 }],
  ['recall(plan=basic)', { metric: metricNamed('recall'), slice: 'plan=basic' }],
  ['recall@5(age in 20..30)', { metric: metricNamed('recall@k'), at: 5, slice: 'age in 20..30' }],
  ['latency.p95', { metric: metricNamed('latency'), part: 'p95' }],
  ['auc', undefined],
  ['recall@0', undefined],
  ['pinball@90', { metric: metricNamed('pinball@k'), at: 90 }],
  ['pinball', { metric: metricNamed('pinball') }],
  ['pinball@100', undefined],
  ['roc_auc@5', undefined],
  ['ndcg', undefined],
  ['roc_auc.p95', undefined],
  ['roc_auc()', undefined],
  ['', undefined],
  ['constructor', undefined],
])('%s is read as a metric', (written, expected) => {
  expect(parseMetricName(written)).toEqual(expected);
});

test.each([
  ['binary', 0.09, 'pr_auc'],
  ['binary', 0.1, 'roc_auc'],
  ['binary', undefined, 'roc_auc'],
  ['multiclass', undefined, 'macro_f1'],
  ['regression', undefined, 'rmse'],
  ['ranking', undefined, 'ndcg@10'],
  ['rag', undefined, 'pass_rate'],
])('%s at prevalence %s is judged by %s', (task, prevalence, name) => {
  expect(defaultMetric(task, prevalence)).toBe(name);
});

test('every task but auto has a default metric that is one of its own', () => {
  for (const task of tasks.filter((each) => each !== 'auto')) {
    const name = defaultMetric(task, 0.5) ?? '';
    const { metric } = parseMetricName(name) ?? {};
    expect(metricsOf(task), `${task}: ${name}`).toContain(metric);
  }
});

test('standard metrics are computed by this version and belong to their task', () => {
  for (const task of trainedTasks) {
    expect(standardMetrics(task).length).toBeGreaterThan(4);
    for (const name of standardMetrics(task)) {
      expect(metricNamed(name)?.supported, name).toBe(true);
      expect(metricNamed(name)?.tasks, name).toContain(task);
    }
  }
});

test('other names lead to metrics', () => {
  for (const name of Object.values(metricSynonyms)) expect(parseMetricName(name), name).toBeDefined();
  for (const name of Object.keys(metricSynonyms)) expect(parseMetricName(name), name).toBeUndefined();
});

test('names are unique, ranges in order', () => {
  expect(new Set(metrics.map((metric) => metric.name)).size).toBe(metrics.length);
  for (const { name, range } of metrics) expect(range[0], name).toBeLessThan(range[1]);
});

test('what the table calls supported is what evaluation computes', () => {
  for (const { name, tasks: of, supported } of metrics) {
    for (const task of trainedTasks) {
      const expected = supported && of.includes(task);
      expect(isComputable(name.replace('@k', '@5'), task), `${name}, ${task}`).toBe(expected);
    }
  }
});
