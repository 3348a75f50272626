/** The pages of rules in step with their tables, and their examples with the linter. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ruleExamples } from '../../server/catalog/ruleExamples.ts';
import { rulePage } from '../../server/catalog/rulePage.ts';
import { rules } from '../../server/catalog/rules.ts';
import { supportedRules } from '../../server/lint/engine.ts';
import { lint } from '../lint/marked.ts';

test('docs/rules has one page a rule, in step (else: node docs/generate.mjs)', () => {
  const active = new Set(supportedRules());
  expect(readdirSync('docs/rules').sort()).toEqual(rules.map(({ id }) => `${id}.md`).sort());
  for (const rule of rules) {
    expect(readFileSync(`docs/rules/${rule.id}.md`, 'utf8'), rule.id).toBe(
      rulePage(rule, active.has(rule.id)),
    );
  }
});

describe('the example of a page is told by its rule, and mended it is not', () => {
  test.each(Object.entries(ruleExamples))('%s', (id, { fault, mended }) => {
    const told = (text: string) => lint(text).filter(({ rule }) => rule === id).length;
    expect(told(fault)).toBeGreaterThan(0);
    expect(told(mended)).toBe(0);
  });
});
