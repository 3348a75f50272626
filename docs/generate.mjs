/** Writes the reference pages from the tables that the program itself uses. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { errorReference, ruleReference } from '../server/catalog/reference.ts';
import { rulePage } from '../server/catalog/rulePage.ts';
import { rules } from '../server/catalog/rules.ts';
import { languageReference } from '../server/config/reference.ts';
import { supportedRules } from '../server/lint/engine.ts';

const active = new Set(supportedRules());
const pages = { language: languageReference(), errors: errorReference(), rules: ruleReference(active) };
for (const [name, text] of Object.entries(pages)) {
  writeFileSync(new URL(`${name}.md`, import.meta.url), text);
}
const folder = new URL('rules/', import.meta.url);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const rule of rules)
  writeFileSync(new URL(`${rule.id}.md`, folder), rulePage(rule, active.has(rule.id)));
