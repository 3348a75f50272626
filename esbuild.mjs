/** Bundles every process of Modelwright into dist/. Native packages stay outside and are found in node_modules. */
import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { buildKernels } from './server/models/gbdt/kernels/build.mjs';

const native = ['@duckdb/node-api', 'better-sqlite3', 'onnxruntime-node'];
const shared = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  sourcemap: true,
  logLevel: 'warning',
  legalComments: 'none',
};
// CommonJS packages inside an ES module bundle still call require().
const banner = {
  js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
};

rmSync('dist', { recursive: true, force: true });
await buildKernels('dist/gbdt.wasm');
await Promise.all([
  build({
    ...shared,
    entryPoints: {
      cli: 'server/cli.ts',
      main: 'server/main.ts',
      worker: 'server/worker.ts',
      dataWorker: 'server/dataWorker.ts',
    },
    outdir: 'dist',
    format: 'esm',
    external: native,
    banner,
  }),
  build({
    ...shared,
    entryPoints: { extension: 'extension/main.ts' },
    outdir: 'dist',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
  }),
  build({
    ...shared,
    entryPoints: { suite: 'test/e2e/suite.ts' },
    outdir: 'dist/e2e',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    external: ['vscode', 'mocha'],
  }),
]);
chmodSync('dist/cli.js', 0o755);
if (existsSync('server/migrations')) cpSync('server/migrations', 'dist/migrations', { recursive: true });
