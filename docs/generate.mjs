/** Writes the reference pages from the tables that the program itself uses. */
import { writeFileSync } from 'node:fs';
import { errorReference, ruleReference } from '../server/catalog/reference.ts';
import { languageReference } from '../server/config/reference.ts';
import { supportedRules } from '../server/lint/engine.ts';

const active = new Set(supportedRules());
const pages = { language: languageReference(), errors: errorReference(), rules: ruleReference(active) };
for (const [name, text] of Object.entries(pages)) {
  writeFileSync(new URL(`${name}.md`, import.meta.url), text);
}
