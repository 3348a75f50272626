import { describe, expect, test } from 'vitest';
import type { PastDeployment } from '../../../server/lint/history.ts';
import { clean, fixed, lint, now, only } from '../marked.ts';
import { historyOf, resultOf } from '../pastResults.ts';

const deployment: PastDeployment = { id: 'd1', run: 'run1', requests: 5_000, p95: 45 };
const day = (ago: number) => new Date(now.getTime() - ago * 86_400_000).toISOString();
const window = (ago: number, columns: readonly string[] = []) => ({
  to: day(ago),
  alarm: columns.length > 0,
  columns,
});
const history = (text: string, deployments: readonly PastDeployment[], started = '2020-01-01T00:00:00Z') => ({
  ...historyOf([resultOf(text, { run: { ...resultOf(text).document.run, started } })]),
  deployments,
});
const found = (rule: string, text: string, deployments: readonly PastDeployment[], made = text) =>
  only(lint(text, { runs: history(made, deployments) }), rule);

describe('slow-inference', () => {
  const text = `${clean}model: {type: gbdt, gbdt: {trees: 800}}\nserve: {latency: {p95: 50ms}}\n`;

  test('a measured p95 above four fifths of the budget; with other trees it is another model', () => {
    const [finding, ...rest] = found('slow-inference', text, [deployment]);
    expect(rest).toEqual([]);
    expect(finding?.path).toBe('serve.latency.p95');
    expect(finding?.message).toBe('p95 45 ms of 50 ms, over 5,000 requests of deployment d1.');
    const mended = fixed(text, finding);
    expect(mended).toBe(text.replace('800', '400'));
    expect(found('slow-inference', mended, [deployment], text)).toEqual([]);
  });

  test('the tightest of the budgets counts', () => {
    const both = `${clean}problem: {constraints: {latency: 20ms}}\nserve: {latency: {p95: 200ms}}\n`;
    expect(found('slow-inference', both, [deployment])[0]?.path).toBe('problem.constraints.latency');
  });

  test.each([
    ['just below', { ...deployment, p95: 40 }],
    ['of too few requests', { ...deployment, requests: 99 }],
    ['of another run', { ...deployment, run: 'run2' }],
    ['before the first request', { ...deployment, requests: 0, p95: null }],
  ])('is silent %s', (_, other) => {
    expect(found('slow-inference', text, [other])).toEqual([]);
  });

  test('is silent without a budget', () => {
    expect(found('slow-inference', `${clean}serve: realtime\n`, [deployment])).toEqual([]);
  });
});

const watched = `${clean}monitor: {window: 1d, drift: {effect: medium}}\n`;
const checked = (windows: readonly ReturnType<typeof window>[], more = {}): PastDeployment => ({
  ...deployment,
  check: { persist: 1, effect: 'medium', watched: 12, windows, ...more },
});

describe('drift-detected', () => {
  test('the newest window of the newest look; a calm one after it makes it silent', () => {
    const drifted = checked([window(1), window(0, ['age', 'plan', 'fee', 'city'])]);
    const [finding, ...rest] = found('drift-detected', watched, [drifted]);
    expect(rest).toEqual([]);
    expect(finding?.message).toBe(
      `4 of 12 columns: age, plan, fee and others, in the window up to ${day(0).slice(0, 10)} of deployment d1.`,
    );
    const calm = { ...checked([window(1, ['age']), window(0)]), id: 'd2' };
    expect(found('drift-detected', watched, [calm, drifted])).toEqual([]);
  });

  test('is silent before anybody has looked, and once what counts is written anew', () => {
    expect(found('drift-detected', watched, [deployment])).toEqual([]);
    const drifted = checked([window(0, ['age'])]);
    expect(found('drift-detected', watched.replace('medium', 'large'), [drifted], watched)).toEqual([]);
    const unwatched = `${clean}serve: realtime\n`;
    expect(found('drift-detected', unwatched, [drifted])).toHaveLength(1);
    expect(found('drift-detected', clean, [drifted])).toEqual([]);
  });
});

describe('train-serve-skew', () => {
  const serving = `${clean}serve: realtime\n`;
  const replayed = (differing: number, rows = 400) =>
    checked([window(0)], { replayed: { rows, differing, largest: 0.25 } });

  test('logged answers that the model file of the run does not give', () => {
    const [finding, ...rest] = found('train-serve-skew', serving, [replayed(30)]);
    expect(rest).toEqual([]);
    expect(finding?.path).toBe('serve');
    expect(finding?.message).toBe(
      '7.5 % of 400 logged rows of deployment d1 were answered otherwise than the model file of run run1 answers them (by up to 0.25): what was tested is not what is served. Serve that file again.',
    );
  });

  test.each([
    ['all answers are the same', [replayed(0)]],
    ['too few rows were replayed', [replayed(30, 99)]],
    ['none could be replayed', [checked([window(0)])]],
    ['a newer deployment answers alike', [{ ...replayed(0), id: 'd2' }, replayed(30)]],
  ])('is silent where %s', (_, deployments) => {
    expect(found('train-serve-skew', serving, deployments)).toEqual([]);
  });
});

test('train-serve-skew is silent where nobody wants the comparison', () => {
  const served = `${clean}serve: realtime\nfeatures: {validate: {skew: false}}\n`;
  const replayed = checked([window(0)], { replayed: { rows: 400, differing: 30, largest: 0.25 } });
  expect(found('train-serve-skew', served, [replayed])).toEqual([]);
});

describe('alert-storm', () => {
  const alarms = (count: number, first = 0) =>
    Array.from({ length: count }, (_, i) => window(first + (count - 1 - i) / 4, ['age']));

  test('more than ten alarms within a week; asking for several windows in a row makes it silent', () => {
    const [finding, ...rest] = found('alert-storm', watched, [checked(alarms(11))]);
    expect(rest).toEqual([]);
    expect(finding?.message).toBe(
      'Deployment d1 alarmed in 11 windows of one week, and no model was trained since: alarms are being ignored.',
    );
    const mended = fixed(watched, finding);
    expect(mended).toBe(watched.replace('effect: medium', 'effect: medium, persist: 3'));
    expect(found('alert-storm', mended, [checked(alarms(11))], watched)).toEqual([]);
  });

  test('is silent at ten, for older ones, and where a model was trained since', () => {
    expect(found('alert-storm', watched, [checked(alarms(10))])).toEqual([]);
    expect(found('alert-storm', watched, [checked(alarms(11, 6))])).toEqual([]);
    const runs = history(watched, [checked(alarms(11))], day(0.1));
    expect(only(lint(watched, { runs }), 'alert-storm')).toEqual([]);
  });
});
