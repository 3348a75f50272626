/** Columns that hold nothing to learn from: each family gives a defined model, and the file agrees with it from raw columns. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../temporary.ts';
import { expectParity, prepare } from './tables.ts';

const folder = temporaryFolder();
/** A constant number, one that is missing in the training rows, a constant text, a date that is always the same, noise. */
const lines = Array.from({ length: 160 }, (_, i) => {
  const noise = ((i * 7919) % 101) / 101;
  return `5,${i === 159 ? 3 : ''},only,2024-02-29,${noise.toFixed(3)},${i % 2 ? 'a' : 'b'}`;
});
writeFileSync(join(folder, 'table.csv'), `${['same,hardly,text,day,noise,y', ...lines].join('\n')}\n`);

const settings = {
  features: { types: { hardly: 'numeric', text: 'categorical', day: 'datetime' } },
  data: { source: 'table.csv', columns: { hardly: { type: 'numeric' } } },
  split: { valid: 0.2 },
  train: { epochs: 2 },
};
const few = { gbdt: { trees: 5 }, forest: { trees: 5 }, mlp: { layers: [4] } };

const nothing = ['same', 'hardly', 'text', 'day'];

test.each([
  ...['linear', 'gbdt', 'forest', 'mlp'].map((type) => ({ type, columns: [...nothing, 'noise'] })),
  ...['linear', 'gbdt'].map((type) => ({ type, columns: nothing })),
])('$type of $columns', async ({ type, columns }) => {
  const request = await prepare(folder, {
    ...settings,
    features: { ...settings.features, include: columns },
    model: { type, ...few },
  });
  expect((await expectParity(request)).every(Number.isFinite)).toBe(true);
});
