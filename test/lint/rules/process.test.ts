import { describe, expect, test } from 'vitest';
import { rules } from '../../../server/catalog/rules.ts';
import { processRules } from '../../../server/lint/rules/process.ts';
import { check, clean, fixed, lint, only } from '../marked.ts';

const shipping = `${clean}serve: realtime\n`;
const ids = (text: string): string[] => lint(text).map(({ rule }) => rule);

describe('rules that ask for something once a model ships', () => {
  test('they are silent before', () => {
    const asked = new Set(processRules.map(({ id }) => id));
    expect(ids(clean).filter((id) => asked.has(id))).toEqual([]);
    expect(ids(`${clean}gates: [roc_auc >= 0.6]\n`).filter((id) => asked.has(id))).toEqual([]);
  });

  test.each([
    'no-gates',
    'no-rollback',
    'no-latency-budget',
    'no-monitoring',
    'no-card',
    'no-load-test',
    'unregistered-served',
  ])('%s speaks when a model is served without it', (rule) => {
    expect(only(lint(shipping), rule)).toHaveLength(1);
  });

  test.each([
    ['no-gates', 'gates: [roc_auc >= 0.6]\n'],
    ['no-monitoring', 'monitor: 1d\n'],
    ['no-card', 'card: {owner: me}\n'],
    ['unregistered-served', 'registry: churn\n'],
  ])('%s is silent once it is written', (rule, text) => {
    expect(only(lint(shipping + text), rule)).toEqual([]);
  });

  test('an owner is asked for within a card, a card where there is none', () => {
    expect(ids(`${shipping}card: {license: MIT}\n`)).toContain('no-owner');
    expect(ids(shipping)).not.toContain('no-owner');
    expect(ids(`${shipping}card: {owner: me}\n`)).not.toContain('no-owner');
  });

  test('what is missing from a card is told in one finding', () => {
    const [finding, ...rest] = only(
      lint(`${shipping}card: {owner: me, intended_use: x}\n`),
      'card-incomplete',
    );
    expect(rest).toEqual([]);
    expect(finding?.message).toMatch(/^Card lacks out_of_scope, limitations/);
  });

  test('the fix writes what nearly everybody wants', () => {
    expect(fixed(shipping, only(lint(shipping), 'no-monitoring')[0])).toBe(`${shipping}monitor: 1d\n`);
    expect(fixed(shipping, only(lint(shipping), 'no-rollback')[0])).toBe(
      `${clean}serve: {mode: realtime, rollback: {to: previous, keep: 2}}\n`,
    );
  });

  test('what is written in a base counts', () => {
    const findings = lint(`extends: base.yaml\n${shipping}`, {
      request: { readFile: () => 'gates: [roc_auc >= 0.6]\n' },
    });
    expect(only(findings, 'no-gates')).toEqual([]);
  });
});

describe('protections that are given away in writing', () => {
  test.each([
    ['big-bang-rollout', 'serve: {rollout: {strategy: «all»}}\n'],
    ['loose-input', 'serve: {input: «none»}\n'],
    ['no-fallback', 'serve: {fallback: «none»}\n'],
    ['uncorrected-tests', 'monitor: {drift: {correction: «none»}}\n'],
    ['reference-is-train', 'monitor: {reference: «train»}\n'],
    ['auto-retrain-ungated', 'monitor: {retrain: {approve: «auto»}}\n'],
  ])('%s', (rule, text) => {
    const message = rules.find(({ id }) => id === rule)?.message ?? '';
    check(rule, clean + text, rule === 'uncorrected-tests' ? /false alarms/ : message);
  });
});
