/** Where optional libraries are: the user's cache folder, one folder a library, shared by all workspaces. */
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { engines } from '../catalog/engines.ts';
import { ModelwrightError } from '../catalog/errors.ts';

export const libraries = ['tensorflow', 'lightgbm', 'xgboost'] as const;

export type Library = (typeof libraries)[number];

/** `MODELWRIGHT_CACHE`, or the place that the system has for caches. */
export function cacheFolder(): string {
  const own = process.env['MODELWRIGHT_CACHE'];
  if (own) return own;
  const base =
    process.env['XDG_CACHE_HOME'] ??
    (process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache'));
  return join(base, 'modelwright');
}

/** The folder that `engine install` fills. */
export function libraryFolder(library: Library): string {
  return join(cacheFolder(), 'engines', library);
}

export type BoostingLibrary = Exclude<Library, 'tensorflow'>;

/** The shared library of LightGBM or XGBoost, where it is installed; its real place, beside the libraries it needs. */
export function boostingLibrary(library: BoostingLibrary): string | undefined {
  const file = join(libraryFolder(library), `lib${library === 'lightgbm' ? '_lightgbm' : 'xgboost'}.so`);
  return existsSync(file) ? realpathSync(file) : undefined;
}

/** @throws ModelwrightError model-setting where it is not installed */
export function requireBoostingLibrary(library: BoostingLibrary): string {
  const file = boostingLibrary(library);
  if (file !== undefined) return file;
  throw new ModelwrightError('model-setting', {
    path: 'model.gbdt.engine',
    value: library,
    reason: `${engines[library].title} is not installed; \`modelwright engine install ${library}\` does it`,
    instead: 'builtin',
  });
}

/** The package tfjs-node that npm installed, with or without its addon; undefined where it was left out. */
export function tfjsNodePackage(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-node/package.json'));
  } catch {
    return undefined;
  }
}

const addon = join('lib', 'napi-v8', 'tfjs_binding.node');

/** The tfjs-node whose addon is there: that of `engine install` first, then npm's. */
export function tfjsNodeWithAddon(): string | undefined {
  const own = join(libraryFolder('tensorflow'), 'node_modules', '@tensorflow', 'tfjs-node');
  return [own, tfjsNodePackage()].find((folder) => folder !== undefined && existsSync(join(folder, addon)));
}

/** Where packages that an installed library needs are found: NODE_PATH of the process that loads it. */
export function packagePaths(): string {
  const own = tfjsNodePackage();
  return own === undefined ? '' : [join(own, 'node_modules'), dirname(dirname(own))].join(':');
}
