/** Starts the process of the language server, before there is anything that could talk to it: it takes longest to be ready. */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type ExtensionContext, type LogOutputChannel, Uri, workspace } from 'vscode';
import { ServerFailure } from './serverFailure.ts';

/** What it writes is logged. Throws ServerFailure. */
export function startServerProcess(context: ExtensionContext, log: LogOutputChannel): ChildProcess {
  const node = workspace.getConfiguration('modelwright').get<string>('nodePath', '');
  if (node !== '' && !existsSync(node)) throw new ServerFailure(nodeMissing(node));
  const folder = workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath;
  const child = fork(
    context.asAbsolutePath('dist/main.js'),
    ['--node-ipc', `--clientProcessId=${process.pid}`],
    {
      env: childEnvironment(context),
      // Garbage of young objects may grow to 200 MB unless it is bounded; what is kept takes 35. Megabytes.
      execArgv: ['--max-semi-space-size=16'],
      silent: true,
      ...(node === '' ? {} : { execPath: node }),
      ...(folder !== undefined && existsSync(folder) ? { cwd: folder } : {}),
    },
  );
  child.on('error', (error) => log.error(error));
  child.on('exit', (code, signal) => {
    if (code !== 0) log.error(`The server process ended with ${signal ?? code}.`);
  });
  if (child.stdout !== null) createInterface(child.stdout).on('line', (line) => log.info(line));
  if (child.stderr !== null) createInterface(child.stderr).on('line', (line) => log.error(line));
  return child;
}

export function isAlive({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

function nodeMissing(path: string): ServerFailure['failure'] {
  return {
    code: 'node-not-found',
    message: `There is no Node at “${path}”, which the setting modelwright.nodePath names.`,
    help: "Correct the path, or leave the setting empty to use the editor's own Node.",
  };
}

/** The editor's own variables would make the child behave like the editor. What it has compiled once is kept for its next start. */
function childEnvironment(context: ExtensionContext): Record<string, string> {
  const environment: Record<string, string> = {
    ELECTRON_RUN_AS_NODE: '1',
    ELECTRON_NO_ASAR: '1',
    NODE_COMPILE_CACHE: Uri.joinPath(context.globalStorageUri, 'compiled').fsPath,
  };
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !name.startsWith('VSCODE_')) environment[name] = value;
  }
  return environment;
}
