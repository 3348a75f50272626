/** `npm run package`: a VSIX for the platform it runs on, with that platform's native parts and no others. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, resolve } from 'node:path';
import { root } from './node24.mjs';
import { run, setUp } from './setup.mjs';

const target = `${process.platform}-${process.arch}`;
const stage = join(root, '.cache', 'vsix');
const output = resolve(root, process.argv[2] ?? `modelwright-${target}.vsix`);

/**
 * Folders of native packages that the bundles load at run time; the rest of each package is left out. They stand beside
 * the bundles, since vsce leaves out whatever it does not find as a whole tree of dependencies in node_modules.
 */
const parts = {
  'better-sqlite3': ['package.json', 'LICENSE', 'lib', `prebuilds/${target}.node`],
  '@duckdb/node-bindings': [''],
  [`@duckdb/node-bindings-${target}`]: [''],
  'detect-libc': [''],
  'onnxruntime-node': [
    'package.json',
    'README.md',
    'dist',
    `bin/napi-v6/${process.platform}/${process.arch}`,
  ],
  'onnxruntime-common': ['package.json', 'dist'],
  koffi: ['package.json', 'index.js', 'LICENSE.txt', 'lib', 'src/koffi'],
  [`@koromix/koffi-${target}`]: [''],
  webgpu: [
    'package.json',
    'index.js',
    'LICENSE.md',
    `dist/${process.platform}-${process.platform === 'darwin' ? 'universal' : process.arch}`,
  ],
};
/** What the editor itself gives, and what only stands in texts that fastify would write into files for others to load. */
const elsewhere = ['vscode', 'ajv', 'ajv-formats'];

setUp();
rmSync(stage, { recursive: true, force: true });
mkdirSync(stage, { recursive: true });
for (const entry of ['media', 'docs', 'README.md', 'LICENSE'])
  cpSync(join(root, entry), join(stage, entry), { recursive: true });
// The example comes with its data, so that it opens without a source tree.
for (const entry of ['flights.experiment.yaml', 'data/flights-3m.parquet'])
  cpSync(join(root, 'examples', entry), join(stage, 'examples', entry), { dereference: true });
cpSync(join(root, 'dist'), join(stage, 'dist'), {
  recursive: true,
  filter: (source) => !source.endsWith('.map') && !source.includes(join('dist', 'e2e')),
});
for (const [name, files] of Object.entries(parts)) {
  for (const file of files) {
    cpSync(join(root, 'node_modules', name, file), join(stage, 'dist', 'node_modules', name, file), {
      recursive: true,
    });
  }
}
checkParts();
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
for (const key of ['dependencies', 'devDependencies', 'optionalDependencies', 'scripts', 'private'])
  delete manifest[key];
writeFileSync(join(stage, 'package.json'), JSON.stringify(manifest, null, 2));
writeFileSync(join(stage, '.vscodeignore'), '');
const flags = [
  '--no-dependencies',
  '--skip-license',
  '--allow-missing-repository',
  // The pages that the README names are in the package.
  '--no-rewrite-relative-links',
  '--target',
  target,
  '--out',
  output,
];
run(join(root, 'node_modules', '.bin', 'vsce'), ['package', ...flags], { cwd: stage });
console.log(`${output}: ${(statSync(output).size / 1e6).toFixed(1)} MB`);

/** Ends in failure where a bundle loads a package at run time that would not be there. */
function checkParts() {
  const loaded = new Map();
  const bundles = readdirSync(join(stage, 'dist')).filter((name) => /\.c?js$/.test(name));
  for (const bundle of bundles) {
    const text = readFileSync(join(stage, 'dist', bundle), 'utf8');
    const uses =
      /(?:\bfrom\s+|\bimport\s*\(\s*|\brequire\d*\s*\(\s*|^import\s+)"((?:@[\w.-]+\/)?\w[\w.-]*)(?:\/[^"]*)?"/gm;
    for (const [, name] of text.matchAll(uses)) if (!builtinModules.includes(name)) loaded.set(name, bundle);
  }
  const known = new Set([...Object.keys(parts), ...elsewhere]);
  const missing = [...loaded].filter(([name]) => !known.has(name) && !name.startsWith('node:'));
  for (const [name, bundle] of missing)
    console.error(`dist/${bundle} loads ${name}, which the package would not contain.`);
  if (missing.length > 0) process.exit(1);
}
