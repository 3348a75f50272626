/** Settings that the language has and this version does not act on: reported, never silently ignored. */

import { modelNames } from '../catalog/models.ts';
import { deadSettings } from './dead.ts';
import { familiesInUse } from './families.ts';
import { fieldMeta } from './schema/meta.ts';
import { isMap, nodesOf, shorthandOf } from './schema/nodes.ts';
import { visitSettings, type WrittenSetting } from './writtenSettings.ts';

export interface UnsupportedSetting {
  readonly path: readonly (string | number)[];
  /** The value at fault where the field itself is acted on, such as `hash` of `encode`. */
  readonly value?: unknown;
}

/**
 * One entry for each outermost setting that has no effect yet. What asks for nothing (`none`, false, an empty list) is
 * kept silently, for nothing is what happens. Settings that are dead anyway are left to `dead-setting`.
 */
export function unsupportedSettings(root: unknown): UnsupportedSetting[] {
  const found: UnsupportedSetting[] = [];
  const families = familiesInUse(root);
  const dead = new Set(deadSettings(root).map(({ path }) => path.join('.')));
  visitSettings(root, (setting) => {
    const { path, value, meta } = setting;
    if (dead.has(path.join('.')) || isOtherFamily(path, families)) return false;
    if (meta?.supported === false) {
      if (!asksForNothing(value)) found.push({ path });
      return false;
    }
    const acted = isActedOn(setting);
    if (!acted) found.push({ path, value });
    return acted;
  });
  return found;
}

function isActedOn({ schema, value, meta }: WrittenSetting): boolean {
  if (meta?.supports?.(value) === false) return false;
  if (isMap(value) || Array.isArray(value)) return true;
  // A plain value of a section is a value of its primary field.
  const shorthand = shorthandOf(schema);
  const field = shorthand?.map.shape[shorthand.primary];
  if (field && fieldMeta.get(field)?.supports?.(value) === false) return false;
  for (const node of nodesOf(schema)) {
    if (node.form !== 'leaf' || node.kind.is !== 'choice') continue;
    const { values, supported } = node.kind;
    if (values.some((each) => each === value)) return supported?.some((each) => each === value) ?? true;
  }
  return true;
}

/** Kept for the day the model is switched. */
function isOtherFamily(path: readonly (string | number)[], families: readonly string[]): boolean {
  const key = path.at(-1);
  return (
    path.at(-2) === 'model' && modelNames.some((name) => name === key) && !families.includes(String(key))
  );
}

function asksForNothing(value: unknown): boolean {
  if (value === 'none' || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.values(value).every(asksForNothing);
}
