/** Starts a workbench with the extension loaded, and a browser to look at it; used by its tests and by `npm run workbench`. */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { chromium as browserType } from 'playwright-core';
import { environment24, node24, root } from './node24.mjs';
import { chromium, workbenchServer } from './workbench.mjs';

const settings = {
  'chat.disableAIFeatures': true,
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  // Pages of the editor itself are tabs, as a person can set it: laid over the others they would hide them from tests.
  'workbench.editor.useModal': 'off',
  // A terminal that is drawn on a canvas has no text that could be read.
  'terminal.integrated.gpuAcceleration': 'off',
};

/**
 * `home` is an empty folder that takes everything the workbench writes. `vsix` is installed into it; without one the
 * extension comes from this repository, by the page's address. Ends with `stop`; `urlOf` is the page for one of its
 * windows.
 */
export async function startWorkbench({ home, environment = {}, trusted = true, vsix }) {
  mkdirSync(join(home, 'udd', 'User'), { recursive: true });
  writeFileSync(join(home, 'udd', 'User', 'settings.json'), JSON.stringify(settings));
  const port = await freePort();
  // A workbench has terminals: not even another page of the same browser may reach it.
  const token = randomBytes(16).toString('hex');
  const variables = { ...environment24(), HOME: home, EXTENSIONS_GALLERY: '{}', ...environment };
  for (const name of Object.keys(variables)) if (name.startsWith('VSCODE_')) delete variables[name];
  // biome-ignore format: a flag and its value a line.
  const flags = [
    '--accept-server-license-terms', '--enable-smoke-test-driver',
    ...(trusted ? ['--disable-workspace-trust'] : []),
    '--telemetry-level', 'off',
    '--connection-token', token,
    '--host', '127.0.0.1',
    '--port', String(port),
    '--server-data-dir', join(home, 'data'),
    '--user-data-dir', join(home, 'udd'),
    '--extensions-dir', join(home, 'extensions'),
  ];
  if (vsix !== undefined) install(vsix, home, variables);
  const server = spawn(node24(), [workbenchServer, ...flags], { env: variables, stdio: 'ignore' });
  const address = `127.0.0.1:${port}`;
  const stop = () => server.kill('SIGKILL');
  await ready(address).catch((error) => {
    stop();
    throw error;
  });
  return { urlOf: (shown) => pageOf(address, token, shown), stop };
}

function install(vsix, home, env) {
  const flags = ['--server-data-dir', join(home, 'data'), '--extensions-dir', join(home, 'extensions')];
  const args = [workbenchServer, '--accept-server-license-terms', ...flags, '--install-extension', vsix];
  const { status, stdout, stderr } = spawnSync(node24(), args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${vsix} cannot be installed: ${stdout}${stderr}`);
}

/** Opens a folder with the extension from this repository unless one is installed, and with its tests where some are named. */
function pageOf(address, token, { workspace, tests, installed = false }) {
  const payload = installed ? [] : [['extensionDevelopmentPath', `vscode-remote://${address}${root}`]];
  if (tests !== undefined) payload.push(['extensionTestsPath', `vscode-remote://${address}${tests}`]);
  payload.push(['skipWelcome', 'true']);
  const kind = workspace.endsWith('.code-workspace') ? 'workspace' : 'folder';
  const query = new URLSearchParams({ [kind]: workspace, payload: JSON.stringify(payload), tkn: token });
  return `http://${address}/?${query}`;
}

/** A browser that can reach nothing but this machine. */
export function launchBrowser(home, options = {}) {
  return browserType.launchPersistentContext(join(home, 'browser'), {
    executablePath: chromium,
    headless: true,
    viewport: { width: 1280, height: 860 },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
    ],
    ...options,
  });
}

async function ready(address) {
  for (let attempt = 0; attempt < 600; attempt++) {
    try {
      const answer = await fetch(`http://${address}/version`);
      if (answer.ok) return;
    } catch {}
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the workbench server did not start within 2 minutes');
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
