/** Mocha inside the extension host: what `extensionTestsPath` points at. Writes the report that npm test counts. */
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import { defineBesideYamlTests } from './besideYaml.e2e.ts';
import { defineEditorTests } from './editor.e2e.ts';
import { defineProviderTests } from './providers.e2e.ts';

/** Resolves when every test passed, rejects otherwise; VS Code turns that into its exit code. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, color: false });
  mocha.suite.emit('pre-require', globalThis, null, mocha);
  defineEditorTests();
  defineProviderTests();
  defineBesideYamlTests();
  const { passed, failed } = await runAll(mocha);
  const report = process.env['MODELWRIGHT_TEST_REPORT'];
  if (report !== undefined) {
    writeFileSync(report, JSON.stringify({ numPassedTests: passed, numFailedTests: failed }));
  }
  if (failed > 0) throw new Error(`${failed} workbench tests failed`);
}

function runAll(mocha: Mocha): Promise<{ passed: number; failed: number }> {
  return new Promise((resolve) => {
    let passed = 0;
    let failed = 0;
    const runner = mocha.run(() => resolve({ passed, failed }));
    runner.on('pass', (test) => {
      passed++;
      console.log(`[e2e] ok      ${test.fullTitle()}`);
    });
    runner.on('fail', (test, error) => {
      failed++;
      console.log(`[e2e] FAILED  ${test.fullTitle()}: ${error instanceof Error ? error.stack : error}`);
    });
  });
}
