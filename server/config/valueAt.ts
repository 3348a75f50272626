/** One value out of plain data, by its path, or put into it. */
import { isMap } from './schema/nodes.ts';

/** Undefined where the path leads nowhere. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let current = value;
  for (const step of path) {
    if (Array.isArray(current)) current = current[Number(step)];
    else if (isMap(current) && Object.hasOwn(current, step)) current = current[step];
    else return undefined;
  }
  return current;
}

/** A copy of a map with the value at the path. */
export function withValue(
  map: Readonly<Record<string, unknown>>,
  path: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [key = '', ...rest] = path;
  const inner = map[key];
  return { ...map, [key]: rest.length === 0 ? value : withValue(isMap(inner) ? inner : {}, rest, value) };
}
