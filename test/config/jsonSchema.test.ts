/** The exported JSON Schema, read back by zod's own reader, accepts what the language accepts. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { jsonSchema } from '../../server/config/jsonSchema.ts';

const schema = jsonSchema();
const readBack = z.fromJSONSchema(schema);

const examples = ['test/config/examples', 'examples'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.experiment.yaml'))
    .map((name) => `${folder}/${name}`),
);

test.each(examples)('%s is valid', (file) => {
  expect(readBack.safeParse(parse(readFileSync(file, 'utf8'))).error?.issues).toBeUndefined();
});

test.each([
  ['split: 20%', true],
  ['split: {cv: "${vars.folds}"}', true],
  ['train: {early_stop: false}', true],
  ['variants: {a: {model: linear}}', true],
  ['variants: {a: {modell: linear}}', false],
  ['split: 1.5', false],
  ['model: xgb', false],
  ['model: {gbdt: {tres: 5}}', false],
  ['train: {seed: seven}', false],
  ['data: {quality: {freshness: soon}}', false],
])('%s is valid: %s', (text, valid) => {
  expect(readBack.safeParse(parse(text)).success).toBe(valid);
});

test('docs and defaults travel along', () => {
  const text = JSON.stringify(schema);
  expect(schema['$schema']).toBe('http://json-schema.org/draft-07/schema#');
  expect(text).toContain('"description":"Trees; a ceiling under early stopping","default":1000');
  expect(text.length).toBeLessThan(250_000);
});
