/** `supported` is earned: each field that is marked so has a change here that changes what comes out. */
import { describe, expect, test, vi } from 'vitest';
import { fieldAt, fields } from '../../server/config/fields.ts';
import { temporaryFolder } from '../temporary.ts';
import { base, type Effect, effects } from './supported/effects.ts';
import { observe, type Settings } from './supported/observe.ts';
import { writeTables } from './supported/table.ts';

const folder = temporaryFolder();
writeTables(folder);
// No library is installed there: an engine that asks for one is refused.
vi.stubEnv('MODELWRIGHT_CACHE', folder);

const covered = new Set(effects.map(([field]) => field));
const leaves = fields.filter(
  (field) =>
    field.supported && !fields.some((other) => other.supported && other.path.startsWith(`${field.path}.`)),
);

test('every supported field that holds no others has an effect to show', () => {
  expect(leaves.map((field) => field.path).filter((path) => !covered.has(path))).toEqual([]);
});

test('effects are of supported fields', () => {
  expect([...covered].filter((path) => fieldAt(path)?.supported !== true)).toEqual([]);
});

/** The base is seen once for each view and starting point. */
const seen = new Map<string, Promise<string>>();

function observeOnce(view: Effect[1], settings: Settings): Promise<string> {
  const key = JSON.stringify([view, settings]);
  const found = seen.get(key) ?? observe(view, settings, folder);
  seen.set(key, found);
  return found;
}

describe('a change shows', () => {
  for (const [field, view, change, from = {}] of effects) {
    test(`${field} in ${view}`, async () => {
      const before = { ...base, ...from };
      const after = { ...before, ...(isSettings(change, field) ? change : { [field]: change }) };
      expect(await observe(view, after, folder)).not.toBe(await observeOnce(view, before));
    });
  }
});

test('what is seen is the same each time, and settings that are only planned do not show', async () => {
  const model = await observe('model', base, folder);
  expect(
    await observe(
      'model',
      { ...base, 'train.precision': 'bf16', 'evaluate.seeds': 5, 'run.export': ['docker'] },
      folder,
    ),
  ).toBe(model);
});

/** Paths of the field's own section, rather than a value of the field. */
function isSettings(change: unknown, field: string): change is Settings {
  const section = field.split('.')[0] ?? '';
  return (
    typeof change === 'object' &&
    change !== null &&
    !Array.isArray(change) &&
    Object.keys(change).some((key) => key.split('.')[0] === section)
  );
}
