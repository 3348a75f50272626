/** `npm test`: sets everything up, runs every check and every test, and ends with one line `N passed, N failed`. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { environment24, node24, root } from './node24.mjs';
import { setUp } from './setup.mjs';
import { installNeovim, installWorkbench } from './workbench.mjs';

setUp();
installWorkbench();
installNeovim();

const results = join(root, 'test-results');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

let passed = 0;
let failed = 0;

/** A step that counts as one test: it passes when it exits 0. What it says is shown when it has ended. */
function check(name, command, args) {
  return new Promise((resolve) => {
    const said = [];
    const step = spawn(command, args, { cwd: root, env: environment24() });
    for (const stream of [step.stdout, step.stderr]) stream.on('data', (part) => said.push(part));
    step.on('error', (error) => said.push(`${error.message}\n`));
    step.on('close', (status) => {
      if (status === 0) passed++;
      else failed++;
      process.stdout.write(Buffer.concat(said.map((part) => Buffer.from(part))));
      console.log(`${status === 0 ? 'ok' : 'FAILED'}  ${name}`);
      resolve();
    });
  });
}

await Promise.all([
  check('types', node24(), ['node_modules/typescript-native/bin/tsc', '-p', '.']),
  check('types of the panels', node24(), ['node_modules/typescript-native/bin/tsc', '-p', 'webviews']),
  check('format and lint', 'biome', ['ci', '--colors=off', '--diagnostic-level=error', '.']),
  check('who imports whom, file sizes', node24(), ['.ci/structure.mjs']),
  check('unused files, exports and packages', 'knip', []),
]);
countReport('unit', 'vitest', [
  'run',
  '--dir=test',
  // By itself vitest leaves a core idle; much of the work is in processes that the tests start and wait for.
  '--maxWorkers=100%',
  '--testTimeout=120000',
  '--hookTimeout=120000',
  '--reporter=default',
  '--reporter=json',
  `--outputFile=${results}/unit.json`,
]);
countReport('workbench', node24(), ['.ci/workbenchTest.mjs', `${results}/workbench.json`]);

console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** Runs a suite that writes a report with numPassedTests and numFailedTests. A suite without a report has failed. */
function countReport(name, command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: environment24() });
  try {
    const report = JSON.parse(readFileSync(join(results, `${name}.json`), 'utf8'));
    passed += report.numPassedTests;
    failed += report.numFailedTests;
    if (status !== 0 && report.numFailedTests === 0) failed++;
  } catch {
    console.log(`FAILED  ${name}: no report`);
    failed++;
  }
}
