/** Every setting that is written, with its field: what rules over the whole language iterate. */
import { joined } from '../config/configNode.ts';
import { expandShorthands } from '../config/expand.ts';
import { type Field, fieldAt } from '../config/fields.ts';
import type { LoadedExperiment } from '../config/load.ts';
import { isMap } from '../config/schema/nodes.ts';

export interface Setting {
  /** Dotted, as in the written-out experiment: `split.test` for `split: 0.2`. */
  readonly path: string;
  readonly steps: readonly (string | number)[];
  readonly value: unknown;
  /** Absent for the items of lists and the values of maps whose keys are free. */
  readonly field?: Field;
}

const written = new WeakMap<LoadedExperiment, readonly Setting[]>();

/** Parents first; variants, which repeat the rest, are left out. */
export function settingsOf(loaded: LoadedExperiment): readonly Setting[] {
  const known = written.get(loaded);
  if (known !== undefined) return known;
  const settings: Setting[] = [];
  for (const [key, value] of Object.entries(writtenOut(loaded))) {
    if (key !== 'variants') collect(value, key, [key], settings);
  }
  written.set(loaded, settings);
  return settings;
}

function writtenOut({ value }: LoadedExperiment): Readonly<Record<string, unknown>> {
  return isMap(value) ? expandShorthands(value) : {};
}

/** Of a map or list, by where it stood: from one text to the next most are the same objects. */
const collected = new WeakMap<object, { readonly path: string; readonly settings: readonly Setting[] }>();

function collect(value: unknown, path: string, steps: Setting['steps'], into: Setting[]): void {
  if (value === null || value === undefined) return;
  if (typeof value !== 'object') into.push(settingAt(value, path, steps));
  else for (const setting of settingsIn(value, path, steps)) into.push(setting);
}

function settingsIn(value: object, path: string, steps: Setting['steps']): readonly Setting[] {
  const known = collected.get(value);
  if (known?.path === path) return known.settings;
  const settings = [settingAt(value, path, steps)];
  const children = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  for (const [key, child] of children) collect(child, joined(path, String(key)), [...steps, key], settings);
  collected.set(value, { path, settings });
  return settings;
}

function settingAt(value: unknown, path: string, steps: Setting['steps']): Setting {
  const field = fieldAt(steps);
  return { path, steps, value, ...(field === undefined ? {} : { field }) };
}

/** The strings of a field, each with the path of its own: the field's value, or the items of its list. */
export function textsOf(setting: Setting): readonly { readonly path: string; readonly text: string }[] {
  if (typeof setting.value === 'string') return [{ path: setting.path, text: setting.value }];
  if (!Array.isArray(setting.value)) return [];
  return setting.value.flatMap((item: unknown, i) =>
    typeof item === 'string' ? [{ path: joined(setting.path, String(i)), text: item }] : [],
  );
}

/**
 * Where the text lists what the experiment lists: a set may name something twice, and what is at fault is left out of
 * the experiment. The list itself where nobody wrote it.
 */
export function itemPath(loaded: LoadedExperiment, list: string, item: string): string {
  const written = writtenAt(loaded, list);
  const at = Array.isArray(written) ? written.indexOf(item) : -1;
  return at < 0 ? list : joined(list, String(at));
}

const values = new WeakMap<readonly Setting[], ReadonlyMap<string, unknown>>();

/** The value at a dotted path of what is written, shorthands written out; undefined where nothing is. */
export function writtenAt(loaded: LoadedExperiment, path: string): unknown {
  const dot = path.indexOf('.');
  const section = dot < 0 ? path : path.slice(0, dot);
  const root = writtenOut(loaded);
  const value = Object.hasOwn(root, section) && section !== 'variants' ? root[section] : undefined;
  if (value === undefined || value === null) return undefined;
  if (dot < 0 || typeof value !== 'object') return dot < 0 ? value : undefined;
  const settings = settingsIn(value, section, [section]);
  const known = values.get(settings) ?? new Map(settings.map((each) => [each.path, each.value]));
  values.set(settings, known);
  return known.get(path);
}
