/** The reference page says what the schema says. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fields } from '../../server/config/fields.ts';
import { languageReference } from '../../server/config/reference.ts';

test('docs/language.md is in step with the schema (else: node docs/generate.mjs)', () => {
  expect(readFileSync('docs/language.md', 'utf8')).toBe(languageReference());
});

test('every field has a row of four cells', () => {
  const rows = languageReference()
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  expect(rows).toHaveLength(fields.length);
  for (const row of rows) expect(row.replaceAll('\\|', '').split('|'), row).toHaveLength(6);
});
