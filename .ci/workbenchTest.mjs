/** Runs test/e2e in a real workbench: a suite inside the extension host, then a person at the screen. Exits 1 on failure. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'node:util';
import { atTheScreen } from '../test/e2e/screen/screen.ts';
import { developmentTests, openedTests, packagedTests } from '../test/e2e/screen/tests.ts';
import { writeYamlExtension, writeYamlSettings } from '../test/e2e/yamlExtension.ts';
import { environment24, node24, root } from './node24.mjs';
import { run } from './setup.mjs';
import { launchBrowser, startWorkbench } from './workbenchServer.mjs';

/** Where the counts go, and the package that is tested: one is made where none is given. */
const [report = join(root, 'test-results', 'workbench.json'), made] = process.argv.slice(2);
const pictures = join(root, 'test-results', 'pictures');
const limit = 240_000;

const home = mkdtempSync(join(tmpdir(), 'modelwright-workbench-'));
const workspace = join(home, 'workspace');
mkdirSync(workspace);
// Many who write YAML have it; the packaged extension is tested without.
writeYamlExtension(join(home, 'extensions'), join(root, 'dist', 'e2e', 'yamlExtension.cjs'));
writeYamlSettings(workspace);
const { urlOf, stop } = await startWorkbench({ home, environment: { MODELWRIGHT_TEST_REPORT: report } });
let browser;
let status = 1;
try {
  browser = await launchBrowser(home);
  status = await runSuite(await browser.newPage());
  const looked = {
    page: await browser.newPage(),
    folder: home,
    pictures,
    urlOf: (folder) => urlOf({ workspace: folder }),
  };
  const screen = await atTheScreen(looked, developmentTests);
  addToReport(screen);
  if (screen.failed > 0) status = 1;
} finally {
  await browser?.close();
  stop();
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
for (const test of [testPackage, testCommand]) {
  const screen = await test();
  addToReport(screen);
  if (screen.failed > 0) status = 1;
}
process.exit(status);

/** The VSIX in a workbench of its own, which has nothing else. */
async function testPackage() {
  const own = mkdtempSync(join(tmpdir(), 'modelwright-package-'));
  const vsix = made ?? join(own, 'modelwright.vsix');
  if (made === undefined) run(node24(), [join(root, '.ci', 'package.mjs'), vsix], { env: environment24() });
  const clean = await startWorkbench({ home: own, trusted: false, vsix });
  let looking;
  try {
    looking = await launchBrowser(own);
    const screen = {
      page: await looking.newPage(),
      folder: own,
      pictures,
      urlOf: (folder) => clean.urlOf({ workspace: folder, installed: true }),
    };
    return await atTheScreen(screen, packagedTests);
  } finally {
    await looking?.close();
    clean.stop();
    rmSync(own, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** `npm run workbench` as a newcomer calls it, until Ctrl-C. */
async function testCommand() {
  const own = mkdtempSync(join(tmpdir(), 'modelwright-opened-'));
  // A group of its own: Ctrl-C reaches all that a terminal has started.
  const options = { cwd: root, env: environment24(), detached: true, stdio: ['ignore', 'pipe', 'inherit'] };
  const command = spawn('npm', ['run', 'workbench'], options);
  const ended = once(command, 'exit');
  let looking;
  try {
    const url = await Promise.race([addressIn(command.stdout), ended.then(() => undefined)]);
    if (url === undefined) throw new Error('`npm run workbench` ended before it said where to look');
    looking = await launchBrowser(own);
    const screen = { page: await looking.newPage(), folder: own, pictures, urlOf: () => url };
    return await atTheScreen(screen, openedTests);
  } finally {
    await looking?.close();
    if (command.exitCode === null) process.kill(-command.pid, 'SIGINT');
    await ended;
    rmSync(own, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function addressIn(stream) {
  let said = '';
  for await (const part of stream) {
    said += part;
    const [url] = /http:\/\/\S+(?=\s)/.exec(said) ?? [];
    if (url !== undefined) return url;
  }
  return undefined;
}

function addToReport({ passed, failed }) {
  const before = JSON.parse(readFileSync(report, 'utf8'));
  const counts = {
    numPassedTests: before.numPassedTests + passed,
    numFailedTests: before.numFailedTests + failed,
  };
  writeFileSync(report, JSON.stringify(counts));
}

/** Opens the workbench with the extension and its tests; resolves with the exit code that the suite reports. */
function runSuite(page) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`the workbench suite did not end within ${limit / 1000} s`)),
      limit,
    );
    const open = async () => {
      await page.exposeFunction('codeAutomationLog', (_type, args) => {
        const line = format(...args);
        if (line.includes('[e2e]')) console.log(line);
      });
      await page.exposeFunction('codeAutomationExit', (code) => {
        clearTimeout(timer);
        resolve(code);
      });
      const tests = join(root, 'dist', 'e2e', 'suite.cjs');
      await page.goto(urlOf({ workspace, tests }));
    };
    open().catch(reject);
  });
}
