/** The pages of rules in step with their tables. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rulePage } from '../../server/catalog/rulePage.ts';
import { rules } from '../../server/catalog/rules.ts';
import { supportedRules } from '../../server/lint/engine.ts';

test('docs/rules has one page a rule, in step (else: node docs/generate.mjs)', () => {
  const active = new Set(supportedRules());
  expect(readdirSync('docs/rules').sort()).toEqual(rules.map(({ id }) => `${id}.md`).sort());
  for (const rule of rules) {
    expect(readFileSync(`docs/rules/${rule.id}.md`, 'utf8'), rule.id).toBe(
      rulePage(rule, active.has(rule.id)),
    );
  }
});
