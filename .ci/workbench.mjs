/** A real VS Code workbench from npm and apt: code-server's inner server, driven with Debian's Chromium. */
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment24, node24, root } from './node24.mjs';
import { run } from './setup.mjs';

const version = '4.139.1';
const folder = join(root, '.cache', `code-server-${version}`);

export const workbenchServer = join(folder, 'package', 'lib', 'vscode', 'out', 'server-main.js');
export const chromium = '/usr/bin/chromium';

/** Installs what is missing; about a minute and 800 MB the first time. */
export function installWorkbench() {
  installFromApt('chromium', chromium, 'Chromium for the workbench tests');
  const done = join(folder, '.done');
  if (existsSync(done)) return;
  console.log('Installing the workbench for its tests (npm, about a minute) …');
  mkdirSync(folder, { recursive: true });
  const quiet = { env: environment24(), stdio: ['ignore', 'ignore', 'inherit'] };
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  run('npm', ['pack', '--silent', `code-server@${version}`], { ...quiet, cwd: folder });
  run('tar', ['xzf', `code-server-${version}.tgz`], { cwd: folder });
  const inner = join(folder, 'package', 'lib', 'vscode');
  run('npm', [...install, '--omit=dev'], { ...quiet, cwd: inner });
  const nodeHome = join(node24(), '..', '..');
  const headers = existsSync(join(nodeHome, 'include')) ? { npm_config_nodedir: nodeHome } : {};
  run('npm', ['rebuild', '--loglevel=error', '@vscode/spdlog', '@vscode/native-watchdog'], {
    ...quiet,
    env: { ...quiet.env, ...headers },
    cwd: inner,
  });
  if (!existsSync(join(inner, 'node_modules.asar')))
    symlinkSync('node_modules', join(inner, 'node_modules.asar'));
  writeFileSync(done, version);
}

/** Another editor than the workbench, for a test of its own; about 30 MB. */
export function installNeovim() {
  installFromApt('neovim', '/usr/bin/nvim', 'Neovim for a test of the language server');
}

function installFromApt(name, program, what) {
  if (existsSync(program)) return;
  console.log(`Installing ${what} (apt, less than half a minute) …`);
  const sudo = process.getuid?.() === 0 ? [] : ['sudo'];
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'] };
  run('env', [...sudo, 'apt-get', 'update', '-q'], quiet);
  run('env', [...sudo, 'apt-get', 'install', '-y', '-q', '--no-install-recommends', name], quiet);
}
