/** The build that tests stand on: made before the first one, and what code under test starts instead of its sources. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from '../.ci/setup.mjs';

const dist = join(import.meta.dirname, '..', 'dist');

/** The command. */
export const cli = join(dist, 'cli.js');

/** Called once, by vitest: bundles the sources unless the bundles are current. */
export function setup(): void {
  build();
}

/** In place of server/protocol/entry.ts: bundles start, and are compiled, in half the time of the sources. */
export function entryUrl(name: string): URL {
  return pathToFileURL(join(dist, `${name}.js`));
}
