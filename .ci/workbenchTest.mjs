/** Runs test/e2e in the extension host of a real workbench; writes a report file and exits 1 when a test fails. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'node:util';
import { chromium as browserType } from 'playwright-core';
import { environment24, node24, root } from './node24.mjs';
import { chromium, workbenchServer } from './workbench.mjs';

const report = process.argv[2] ?? join(root, 'test-results', 'workbench.json');
const limit = 240_000;

const home = mkdtempSync(join(tmpdir(), 'modelwright-workbench-'));
const workspace = join(home, 'workspace');
mkdirSync(join(home, 'udd', 'User'), { recursive: true });
mkdirSync(workspace);
writeFileSync(
  join(home, 'udd', 'User', 'settings.json'),
  JSON.stringify({ 'chat.disableAIFeatures': true, 'workbench.startupEditor': 'none' }),
);

const port = await freePort();
const server = startServer();
let browser;
let status = 1;
try {
  await ready();
  browser = await browserType.launchPersistentContext(join(home, 'browser'), {
    executablePath: chromium,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
    ],
  });
  status = await runSuite(await browser.newPage());
} finally {
  await browser?.close();
  server.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(status);

function startServer() {
  const environment = {
    ...environment24(),
    HOME: home,
    EXTENSIONS_GALLERY: '{}',
    MODELWRIGHT_TEST_REPORT: report,
  };
  for (const name of Object.keys(environment)) if (name.startsWith('VSCODE_')) delete environment[name];
  const flags = ['--without-connection-token', '--accept-server-license-terms', '--disable-workspace-trust'];
  flags.push(
    '--enable-smoke-test-driver',
    '--telemetry-level',
    'off',
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
  );
  flags.push('--server-data-dir', join(home, 'data'), '--user-data-dir', join(home, 'udd'));
  flags.push('--extensions-dir', join(home, 'extensions'));
  return spawn(node24(), [workbenchServer, ...flags], { env: environment, stdio: 'ignore' });
}

/** Opens the workbench with the extension and its tests; resolves with the exit code that the suite reports. */
function runSuite(page) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`the workbench suite did not end within ${limit / 1000} s`)),
      limit,
    );
    const address = `127.0.0.1:${port}`;
    const payload = [
      ['extensionDevelopmentPath', `vscode-remote://${address}${root}`],
      ['extensionTestsPath', `vscode-remote://${address}${join(root, 'dist', 'e2e', 'suite.cjs')}`],
      ['skipWelcome', 'true'],
    ];
    const open = async () => {
      await page.exposeFunction('codeAutomationLog', (_type, args) => {
        const line = format(...args);
        if (line.includes('[e2e]')) console.log(line);
      });
      await page.exposeFunction('codeAutomationExit', (code) => {
        clearTimeout(timer);
        resolve(code);
      });
      await page.goto(
        `http://${address}/?folder=${workspace}&payload=${encodeURIComponent(JSON.stringify(payload))}`,
      );
    };
    open().catch(reject);
  });
}

async function ready() {
  for (let attempt = 0; attempt < 150; attempt++) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/version`);
      if (answer.ok) return;
    } catch {}
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the workbench server did not start within 30 s');
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address();
      probe.close(() => resolve(free));
    });
  });
}
