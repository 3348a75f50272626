/** Which model families an experiment uses: the model itself and its baselines. */
import { isMap } from './schema/nodes.ts';

/** Of the written experiment, shorthand or not; `auto` counts as gbdt, and baselines are dummy and linear by default. */
export function familiesInUse(root: unknown): readonly string[] {
  const { model, baseline = ['dummy', 'linear'] } = isMap(root) ? root : {};
  const type = isMap(model) ? model['type'] : model;
  const family = typeof type === 'string' && type !== 'auto' ? type : 'gbdt';
  return [family, ...(Array.isArray(baseline) ? baseline : [baseline]).map(String)];
}
