/** Tables, pages and code of errors and rules in step. */
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errors, ModelwrightError } from '../../server/catalog/errors.ts';
import { errorReference, ruleReference } from '../../server/catalog/reference.ts';
import { rules } from '../../server/catalog/rules.ts';
import { waitingRules } from '../../server/catalog/waitingRules.ts';
import { fields } from '../../server/config/fields.ts';
import { supportedRules } from '../../server/lint/engine.ts';

test('docs/errors.md is in step with the table (else: node docs/generate.mjs)', () => {
  expect(readFileSync('docs/errors.md', 'utf8')).toBe(errorReference());
});

test('docs/rules.md is in step with the catalogue and the engine (else: node docs/generate.mjs)', () => {
  expect(readFileSync('docs/rules.md', 'utf8')).toBe(ruleReference(new Set(supportedRules())));
});

test('every error of the table is thrown somewhere', () => {
  const code = globSync('server/**/*.ts', { exclude: ['server/catalog/**'] })
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  expect(Object.keys(errors).filter((each) => !code.includes(`'${each}'`))).toEqual([]);
});

test('an error fills its words in and keeps hostile ones short', () => {
  const error = new ModelwrightError('file-not-found', { path: 'x'.repeat(10_000) });
  expect(error.message.length).toBeLessThan(250);
  expect(new ModelwrightError('file-not-found', { path: '{command}' }).message).toBe(
    '`{command}` does not exist.',
  );
});

test('rules have one id, a level and a message each', () => {
  expect(rules).toHaveLength(242);
  expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length);
  for (const rule of rules) {
    expect('SDPRO', rule.id).toContain(rule.level);
    expect([1, 2, 3], rule.id).toContain(rule.stage);
    expect(rule.message, rule.id).not.toBe('');
  }
});

test('the rules that run, and those that the schema asks for, stand in the catalogue', () => {
  const known = new Set<string>(rules.map((rule) => rule.id));
  const asked = fields.flatMap((field) => (field.requiredFrom ? [field.requiredFrom.rule] : []));
  expect([...supportedRules(), ...asked].filter((id) => !known.has(id))).toEqual([]);
});

test('of each rule that does not run the table says what it waits for, and of no other', () => {
  const active = new Set(supportedRules());
  const waiting = rules.filter(({ id }) => !active.has(id)).map(({ id }) => id);
  expect(Object.keys(waitingRules)).toEqual(waiting);
});

test('what a field is required from is the stage of its rule', () => {
  for (const { path, requiredFrom } of fields) {
    const rule = rules.find((each) => each.id === requiredFrom?.rule);
    if (requiredFrom) expect(rule?.stage, path).toBe(requiredFrom.stage);
  }
});
