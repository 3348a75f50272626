/** How the tests are run, by whomever: on a current build, and what they start is what is shipped. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const built = fileURLToPath(new URL('test/built.ts', import.meta.url));

// biome-ignore lint/style/noDefaultExport: vitest reads it.
export default defineConfig({
  test: { dir: 'test', globalSetup: built, testTimeout: 120_000, hookTimeout: 120_000 },
  resolve: { alias: [{ find: /^.*\/protocol\/entry\.ts$/, replacement: built }] },
});
