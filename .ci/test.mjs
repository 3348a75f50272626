/** `npm test`: sets everything up, runs every check and every test, and ends with one line `N passed, N failed`. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { environment24, node24, root } from './node24.mjs';
import { setUp } from './setup.mjs';

setUp();

const results = join(root, 'test-results');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const vsix = join(results, 'modelwright.vsix');

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

/** Downloads, while the checks compute. */
const install = `const { installNeovim, installWorkbench } = await import('./.ci/workbench.mjs');
installWorkbench();
installNeovim();`;

await Promise.all([
  check('a workbench and Neovim to test with', node24(), ['--input-type=module', '--eval', install]),
  check('types', node24(), ['node_modules/typescript-native/bin/tsc', '-p', '.']),
  check('types of the panels', node24(), ['node_modules/typescript-native/bin/tsc', '-p', 'webviews']),
  check('format and lint', 'biome', ['ci', '--colors=off', '--diagnostic-level=error', '.']),
  check('who imports whom, file sizes', node24(), ['.ci/structure.mjs']),
  check('unused files, exports and packages', 'knip', []),
  // Before the tests, since it builds what they start.
  check('the package', node24(), ['.ci/package.mjs', vsix]),
]);
// Somebody at the screen mostly waits: the other tests take what that leaves of the machine.
await Promise.all([
  countReport('workbench', node24(), ['.ci/workbenchTest.mjs', `${results}/workbench.json`, vsix]),
  countReport('unit', 'vitest', [
    'run',
    // By itself vitest leaves a core idle; much of the work is in processes that the tests start and wait for.
    '--maxWorkers=100%',
    // As at the screen: a machine that stands still for a moment is no fault. What needed it is marked in the report.
    '--retry=1',
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${results}/unit.json`,
  ]),
]);

console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/**
 * Runs a suite that writes a report with numPassedTests and numFailedTests. A suite without a report has failed. The
 * workbench goes before the rest where both want to compute.
 */
function countReport(name, command, args) {
  return new Promise((resolve) => {
    const unit = name === 'unit';
    // Hundreds of processes are started: what one has compiled, the next need not.
    const env = { ...environment24(), ...(unit ? { NODE_COMPILE_CACHE: join(results, 'compiled') } : {}) };
    const suite = spawn(command, args, { cwd: root, stdio: 'inherit', env });
    suite.on('spawn', () => unit && setPriority(suite.pid, 10));
    suite.on('error', (error) => console.log(error.message));
    suite.on('close', (status) => {
      try {
        const report = JSON.parse(readFileSync(join(results, `${name}.json`), 'utf8'));
        passed += report.numPassedTests;
        failed += report.numFailedTests;
        if (status !== 0 && report.numFailedTests === 0) failed++;
      } catch {
        console.log(`FAILED  ${name}: no report`);
        failed++;
      }
      resolve();
    });
  });
}
