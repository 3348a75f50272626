/** Settings of resolved experiments as flat text, and which of them differ between runs. */

/** Dotted path to value as text. Lists stand as one value. */
export function flatSettings(experiment: unknown): ReadonlyMap<string, string> {
  return new Map([...leaves(experiment, '')].map(([path, value]) => [path, textOf(value)]));
}

/** Paths whose value is not the same in all of them, in alphabetical order. */
export function differingPaths(all: readonly ReadonlyMap<string, string>[]): string[] {
  const [first] = all;
  if (first === undefined) return [];
  const differing = new Set<string>();
  for (const settings of all) {
    for (const [path, value] of settings) if (first.get(path) !== value) differing.add(path);
    for (const path of first.keys()) if (!settings.has(path)) differing.add(path);
  }
  return [...differing].sort();
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function* leaves(value: unknown, path: string): Generator<[string, unknown]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    yield [path, value];
    return;
  }
  for (const [key, inner] of Object.entries(value))
    yield* leaves(inner, path === '' ? key : `${path}.${key}`);
}
