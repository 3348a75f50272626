/** One value out of plain data, by its path. */
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
