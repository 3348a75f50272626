/** Brings a fresh clone to where `npm start` and `npm test` can run; does nothing that is done already. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { environment24, node24, root } from './node24.mjs';

/** Says for which lock file the packages were installed. */
const stamp = join('node_modules', '.modelwright-lock');

/** Packages, build and example data. */
export function setUp() {
  installPackages();
  build();
  copyExampleData();
}

/** Bundles the sources, unless that is done already. */
export function build() {
  if (!isBuilt()) run(node24(), [join(root, 'esbuild.mjs')], { env: environment24() });
}

/** Runs a command in the repository; ends this process when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) throw result.error;
  if (result.status !== 0) {
    console.error(`${command} ${args.join(' ')} ended with ${result.status ?? result.signal}`);
    process.exit(result.status ?? 1);
  }
}

/** Nothing that is built from is newer than the file that the build writes last. A folder is as new as what left it. */
function isBuilt() {
  const last = statSync(join(root, 'dist', 'cli.js'), { throwIfNoEntry: false });
  if (last === undefined) return false;
  const folders = ['server', 'extension', 'webviews', join('test', 'e2e')];
  const within = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((path) => join(folder, path)),
  );
  const sources = [stamp, 'package.json', 'tsconfig.json', 'esbuild.mjs', ...folders, ...within];
  const isOlder = (path) =>
    (statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0) < last.mtimeMs;
  return sources.every(isOlder);
}

function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const installed = join(root, stamp);
  if (existsSync(installed) && readFileSync(installed, 'utf8') === lock) return;
  console.log('Installing packages (about a minute, 1.5 GB) …');
  // Not `npm ci`: a registry mirror may lack optional binaries of other platforms, and then it refuses its own lock file.
  run('npm', ['install', '--no-save', '--loglevel=error'], { stdio: ['ignore', 'ignore', 'inherit'] });
  writeFileSync(installed, lock);
}

/** Tables of the examples come with the package vega-datasets; copies stand where the examples expect them. */
function copyExampleData() {
  const folder = join(root, 'examples', 'data');
  mkdirSync(folder, { recursive: true });
  for (const name of [
    'flights-3m.parquet',
    'penguins.json',
    'cars.json',
    'movies.json',
    'flights-10k.json',
    'weather.csv',
  ]) {
    const target = join(folder, name);
    if (!existsSync(target)) copyFileSync(join(root, 'node_modules', 'vega-datasets', 'data', name), target);
  }
}
