/** What `doctor` says about a machine where nothing optional is installed. */
import { afterAll, expect, test } from 'vitest';
import { engines } from '../../server/catalog/engines.ts';
import { diagnose } from '../../server/runs/doctor.ts';
import { temporaryFolder } from '../temporary.ts';

const folder = temporaryFolder();
const saved = process.env['MODELWRIGHT_CACHE'];
process.env['MODELWRIGHT_CACHE'] = folder;
afterAll(() => {
  if (saved === undefined) delete process.env['MODELWRIGHT_CACHE'];
  else process.env['MODELWRIGHT_CACHE'] = saved;
});

test('every engine of the catalog is told with its reason, and how to get it where it is missing', async () => {
  const diagnosis = await diagnose(folder);
  expect(diagnosis.engines.map(({ id }) => id).sort()).toEqual(Object.keys(engines).sort());
  for (const { id, available, reason, device, fix } of diagnosis.engines) {
    expect(reason, id).toMatch(/\.$/);
    if (available) expect({ id, fix }).toEqual({ id, fix: '' });
    else expect({ id, device, isFixed: fix.length > 0 }).toEqual({ id, device: '', isFixed: true });
  }
  const of = (id: string) => diagnosis.engines.find((engine) => engine.id === id);
  expect(of('wasm')?.available).toBe(true);
  expect(of('onnx-cpu')?.available).toBe(true);
  expect(of('lightgbm')?.fix).toBe('Run `modelwright engine install lightgbm`.');
});

test('the chosen engine is one that works, in one sentence; versions and disk stand beside it', async () => {
  const { chosen, engines: reports, reason, machine } = await diagnose(folder);
  expect(reports.find(({ id }) => id === chosen)?.available).toBe(true);
  expect(reason.split('. ')).toHaveLength(1);
  expect(machine.node).toBe(process.version);
  expect(machine.network).toBeNull();
  expect(machine.freeBytes).toBeGreaterThan(0);
  for (const version of [machine.duckdb, machine.sqlite, machine.onnxRuntime]) expect(version).toMatch(/^\d/);
});
