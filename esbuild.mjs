/** Bundles every process of Modelwright into dist/. Native packages stay outside and are found in node_modules. */
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { compileKernels } from './server/models/compileKernels.mjs';

const native = ['@duckdb/node-bindings', 'better-sqlite3', 'onnxruntime-node', 'webgpu', 'koffi'];
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const shared = {
  define: { 'process.env.MODELWRIGHT_VERSION': JSON.stringify(version) },
  bundle: true,
  platform: 'node',
  target: 'node24',
  sourcemap: true,
  logLevel: 'warning',
  legalComments: 'none',
  // Its build for Node asks the environment for a debug flag at every token: a tenth of the time of a reading.
  alias: { yaml: fileURLToPath(new URL('node_modules/yaml/browser/index.js', import.meta.url)) },
};
// CommonJS packages inside an ES module bundle still call require().
const banner = {
  js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
};

/** What the server is made of; each name is an entry in dist/. */
const processes = {
  command: 'server/cli.ts',
  main: 'server/main.ts',
  worker: 'server/worker.ts',
  dataWorker: 'server/dataWorker.ts',
  servingWorker: 'server/servingWorker.ts',
  loadWorker: 'server/loadWorker.ts',
  monitorWorker: 'server/monitorWorker.ts',
};
const threads = {
  rowThreadWorker: 'server/engines/rowThreadWorker.ts',
  gbdtThread: 'server/models/gbdt/thread.ts',
  tensorWorker: 'server/models/mlp/tensorWorker.ts',
  bulkWorker: 'server/engines/bulkWorker.ts',
  bootstrapThread: 'server/evaluation/bootstrapThread.ts',
  tellApartThread: 'server/monitoring/tellApartThread.ts',
  factsThread: 'server/data/facts/factsThread.ts',
};

/**
 * What only some commands or files need is loaded when they need it. Chunks lie beside the entries, which find each
 * other by their own place.
 */
const buildServer = (entryPoints) =>
  build({
    ...shared,
    entryPoints,
    outdir: 'dist',
    format: 'esm',
    splitting: true,
    chunkNames: 'chunk-[hash]',
    metafile: true,
    external: native,
    banner,
  });

/** What is imported when it is needed stays a file of its own: esbuild splits no CommonJS. */
function apart(name) {
  return {
    name,
    setup({ onResolve }) {
      onResolve({ filter: new RegExp(`/${name}\\.ts$`) }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: `./${name}.cjs`, external: true } : undefined,
      );
    },
  };
}

await compileKernels('gbdt', 'dist/gbdt.wasm');
await compileKernels('linear', 'dist/linear.wasm');
await compileKernels('mlp', 'dist/mlp.wasm');
const server = Promise.all([
  // What processes have in common stands in each of them: built as one they were a hundred chunks, which a start waited for.
  ...Object.entries(processes).map(([name, source]) => buildServer({ [name]: source })),
  buildServer(threads),
]);
await Promise.all([
  server,
  build({
    ...shared,
    // Read whenever a window opens that wants it: half the text, half the wait.
    minify: true,
    entryPoints: {
      extension: 'extension/main.ts',
      contents: 'extension/contents.ts',
      rulePage: 'server/catalog/rulePage.ts',
    },
    outdir: 'dist',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
    // By require(), which the editor watches to hand out `vscode`.
    supported: { 'dynamic-import': false },
    plugins: [apart('contents'), apart('rulePage')],
  }),
  build({
    ...shared,
    platform: 'browser',
    target: 'es2024',
    minify: true,
    entryPoints: {
      run: 'webviews/run/main.ts',
      runs: 'webviews/runs/main.ts',
      card: 'webviews/card/main.ts',
      compare: 'webviews/compare/main.ts',
      data: 'webviews/data/main.ts',
      drift: 'webviews/drift/main.ts',
      panel: 'webviews/ui/panel.css',
    },
    outdir: 'dist/webviews',
    format: 'iife',
  }),
  build({
    ...shared,
    entryPoints: {
      suite: 'test/e2e/suite.ts',
      activation: 'test/e2e/activation.ts',
      yamlExtension: 'test/e2e/yamlExtensionMain.ts',
    },
    outdir: 'dist/e2e',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    external: ['vscode', 'mocha'],
  }),
]);
const made = new Set((await server).flatMap(({ metafile }) => Object.keys(metafile.outputs)));
for (const file of readdirSync('dist')) {
  if (file.startsWith('chunk-') && !made.has(`dist/${file}`)) rmSync(`dist/${file}`);
}
// An older Node cannot even read the bundle: it is told what it needs by a file that it can read.
writeFileSync(
  'dist/cli.js',
  `#!/usr/bin/env node
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write('error[node-too-old]: Modelwright needs Node 24 or later; this is ' + process.version + '.\\nhelp: Install Node 24, or run it with node_modules/.bin/node.\\n');
  process.exit(2);
}
// What has been compiled once is kept for the next start, also for the processes that this one starts.
const { enableCompileCache, getCompileCacheDir } = await import('node:module');
enableCompileCache();
const compiled = getCompileCacheDir();
if (compiled) process.env.NODE_COMPILE_CACHE ??= compiled;
await import('./command.js');
`,
);
chmodSync('dist/cli.js', 0o755);
