/** The table of model families: tasks, ranges and other names. */
import { expect, test } from 'vitest';
import { commands } from '../../server/catalog/commands.ts';
import { modelNamed, modelNames, modelSynonyms, parameters } from '../../server/catalog/models.ts';
import { tasks } from '../../server/config/schema/identity.ts';

test('families do tasks that there are', () => {
  for (const name of modelNames) {
    const entry = modelNamed(name);
    expect(
      entry?.tasks.filter((task) => !tasks.some((each) => each === task)),
      name,
    ).toEqual([]);
  }
  expect(modelNamed('auto')).toBe(modelNamed('gbdt'));
  expect(modelNamed('constructor')).toBeUndefined();
});

test('defaults lie within their ranges', () => {
  for (const [family, table] of Object.entries(parameters)) {
    for (const [name, parameter] of Object.entries(table)) {
      const {
        min = -Infinity,
        max = Infinity,
        above = -Infinity,
        default: value,
      } = { above: undefined, min: undefined, default: undefined, ...parameter };
      if (value === undefined) continue;
      expect(value, `${family}.${name}`).toBeGreaterThanOrEqual(min);
      expect(value, `${family}.${name}`).toBeGreaterThan(above);
      expect(value, `${family}.${name}`).toBeLessThanOrEqual(max);
    }
  }
});

test('other names lead to families and are none themselves', () => {
  for (const [other, name] of Object.entries(modelSynonyms)) {
    expect(modelNames).toContain(name);
    expect(modelNames).not.toContain(other);
  }
});

test('every command has a usage and an example of its own name', () => {
  expect(new Set(commands.map((command) => command.name)).size).toBe(commands.length);
  for (const { name, usage, example } of commands) {
    expect(usage.split(' ')[0]).toBe(name);
    expect(example).toMatch(new RegExp(`^modelwright ${name}\\b`));
  }
});
