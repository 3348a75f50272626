/** A split by hash: sides that anybody can recompute, and that rows keep. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveExperiment } from '../../server/config/resolve.ts';
import { tableSpec } from '../../server/data/spec.ts';
import { splitRequest, splitTable } from '../../server/data/split/splitTable.ts';
import { openTable } from '../../server/data/tables/openTable.ts';
import { resolveTask } from '../../server/data/task.ts';
import { temporaryFolder } from '../temporary.ts';

const folder = temporaryFolder();

async function split(rows: readonly string[], settings: object) {
  writeFileSync(join(folder, 'a.csv'), `${['id,who,x,y', ...rows].join('\n')}\n`);
  const data = { source: 'a.csv', id: 'id', quality: { min_rows: 1 } };
  const written = { data, target: 'y', task: 'regression', ...settings };
  const experiment = resolveExperiment(written, join(folder, 'a.experiment.yaml'));
  const table = await openTable(tableSpec(experiment, folder));
  const task = await resolveTask(experiment, table);
  const request = await splitRequest(experiment, table, task);
  const { assignment, method } = await splitTable(experiment, table, task);
  await table.close();
  return { assignment: [...assignment], places: [...(request.places ?? [])], method };
}

const hashed = { split: { method: 'hash', valid: 0.2, test: 0.3 } };
const rowsOf = (count: number) => Array.from({ length: count }, (_, i) => `r${i},w${i % 40},${i},${i * 0.5}`);

test('places are those of hashlib: sha256(f"{seed} {key}"), six bytes over 2^48', async () => {
  const rows = ['a,,1,1', 'b,,2,2', 'c,,3,3', 'd,,4,4', 'é,,5,5'];
  const { places, method } = await split(rows, hashed);
  // [int.from_bytes(hashlib.sha256(f"42 {k}".encode()).digest()[:6], "big") / 2**48 for k in "abcdé"]
  expect(places).toEqual([
    0.6748400191896842, 0.9773496123084264, 0.059202565173865906, 0.7011236700487231, 0.5583394295053736,
  ]);
  expect(method).toBe('hash');
});

test('the lowest share is test, the next validation, about as many as asked', async () => {
  const { assignment, places } = await split(rowsOf(2000), hashed);
  expect(assignment).toEqual(places.map((place) => (place < 0.3 ? 3 : place < 0.5 ? 2 : 1)));
  expect(assignment.filter((side) => side === 3).length / 2000).toBeCloseTo(0.3, 1);
});

test('rows keep their sides when rows come, go or change their order', async () => {
  const all = rowsOf(300);
  const sideOf = async (rows: readonly string[]) => {
    const { assignment } = await split(rows, hashed);
    return new Map(rows.map((row, i) => [row, assignment[i]]));
  };
  const before = await sideOf(all);
  const after = await sideOf([...all.slice(100).reverse(), 'new,w0,9,9']);
  for (const row of all.slice(100)) expect(after.get(row)).toBe(before.get(row));
});

test('groups stay whole, and so do equal rows of different ids', async () => {
  const { assignment } = await split(rowsOf(200), { ...hashed, data: { source: 'a.csv', group: 'who' } });
  for (let row = 40; row < 200; row++) expect(assignment[row]).toBe(assignment[row % 40]);
  const twins = Array.from({ length: 100 }, (_, i) => `r${i},,${i >> 1},${i >> 1}`);
  const sides = (await split(twins, hashed)).assignment;
  for (let row = 0; row < 100; row += 2) expect(sides[row]).toBe(sides[row + 1]);
});

test('without anything to hash it is refused', async () => {
  const settings = { ...hashed, data: { source: 'a.csv' } };
  await expect(split(rowsOf(150), settings)).rejects.toMatchObject({ code: 'split-needs-column' });
});
