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

/** A copy of a map with the value at the path. A number within a list is a place in it. */
export function withValue(
  map: Readonly<Record<string, unknown>>,
  path: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [key = '', ...rest] = path;
  return { ...map, [key]: within(map[key], rest, value) };
}

function within(inner: unknown, path: readonly string[], value: unknown): unknown {
  if (path.length === 0) return value;
  if (!Array.isArray(inner)) return withValue(isMap(inner) ? inner : {}, path, value);
  const [place, ...rest] = path;
  return inner.map((each: unknown, index) => (String(index) === place ? within(each, rest, value) : each));
}
