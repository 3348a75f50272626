/** `npm run package`: a VSIX for the platform it runs on, with that platform's native parts and no others. */
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './node24.mjs';
import { run, setUp } from './setup.mjs';

const target = `${process.platform}-${process.arch}`;
const stage = join(root, '.cache', 'vsix');
const output = join(root, `modelwright-${target}.vsix`);

/** Folders of native packages that the bundles load at run time; the rest of each package is left out. */
const parts = {
  'better-sqlite3': ['package.json', 'LICENSE', 'lib', `prebuilds/${target}.node`],
  '@duckdb/node-api': [''],
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
};

setUp();
rmSync(stage, { recursive: true, force: true });
mkdirSync(stage, { recursive: true });
for (const entry of ['media', 'README.md', 'LICENSE'])
  cpSync(join(root, entry), join(stage, entry), { recursive: true });
cpSync(join(root, 'dist'), join(stage, 'dist'), {
  recursive: true,
  filter: (source) => !source.endsWith('.map') && !source.includes(join('dist', 'e2e')),
});
for (const [name, files] of Object.entries(parts)) {
  for (const file of files) {
    cpSync(join(root, 'node_modules', name, file), join(stage, 'node_modules', name, file), {
      recursive: true,
    });
  }
}
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
for (const key of ['devDependencies', 'optionalDependencies', 'scripts', 'private']) delete manifest[key];
manifest.dependencies = Object.fromEntries(
  Object.keys(manifest.dependencies)
    .filter((name) => name in parts)
    .map((name) => [name, manifest.dependencies[name]]),
);
writeFileSync(join(stage, 'package.json'), JSON.stringify(manifest, null, 2));
writeFileSync(join(stage, '.vscodeignore'), '!node_modules/**\n');
const flags = [
  '--no-dependencies',
  '--skip-license',
  '--allow-missing-repository',
  '--target',
  target,
  '--out',
  output,
];
run(join(root, 'node_modules', '.bin', 'vsce'), ['package', ...flags], { cwd: stage });
console.log(`${output}: ${(statSync(output).size / 1e6).toFixed(1)} MB`);
