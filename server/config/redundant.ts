/** Settings that say what holds anyway. */
import { canonicalJson, defaultOf, resolveField } from './resolve.ts';
import { isMap } from './schema/nodes.ts';
import { visitSettings } from './writtenSettings.ts';

/** The outermost written settings that equal their default; sections that are only a container are looked into. */
export function redundantSettings(
  root: unknown,
): { readonly path: readonly (string | number)[]; readonly value: unknown }[] {
  const found: { path: readonly (string | number)[]; value: unknown }[] = [];
  visitSettings(root, ({ path, value, schema, meta }) => {
    if (path[0] === 'variants') return false;
    if (isMap(value) || meta === undefined) return true;
    const byDefault = defaultOf(path.join('.'));
    if (byDefault === undefined || meta.defaultText !== undefined) return true;
    const same = canonicalJson(resolveField(schema, value)) === canonicalJson(byDefault);
    if (same) found.push({ path, value });
    return !same;
  });
  return found;
}
