/** Which model families an experiment uses: the model itself and its baselines. */
import { isMap } from './schema/nodes.ts';

/** Of the written experiment, shorthand or not; `auto` counts as gbdt, the family for tables. */
export function chosenFamily(root: unknown): string {
  const model = isMap(root) ? root['model'] : undefined;
  const type = isMap(model) ? model['type'] : model;
  return typeof type === 'string' && type !== 'auto' ? type : 'gbdt';
}

/** The model first; baselines are dummy and linear where none are written. */
export function familiesInUse(root: unknown): readonly string[] {
  const written = isMap(root) ? root['baseline'] : undefined;
  const baseline = written ?? ['dummy', 'linear'];
  return [chosenFamily(root), ...(Array.isArray(baseline) ? baseline : [baseline]).map(String)];
}
