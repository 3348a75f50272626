/** What happens when a setting that the server acts on changes while the editor is open. */
import { type ExtensionContext, type LogOutputChannel, workspace } from 'vscode';
import type { Server } from './client.ts';
import { telling } from './failures.ts';
import { lintSettings } from './lintSettings.ts';

/** Another Node needs another process, other features are told at its start; how to check is told to the one that runs. */
export function followSettings(context: ExtensionContext, server: Server, log: LogOutputChannel): void {
  context.subscriptions.push(
    workspace.onDidGrantWorkspaceTrust(() => telling(log, server.restart)),
    workspace.onDidChangeConfiguration((change) =>
      telling(log, () => {
        const restarting = ['modelwright.nodePath', 'modelwright.format.enable'];
        if (restarting.some((name) => change.affectsConfiguration(name))) return server.restart();
        if (!change.affectsConfiguration('modelwright.lint')) return undefined;
        const settings = { modelwright: { lint: lintSettings() } };
        return server.notify('workspace/didChangeConfiguration', { settings });
      }),
    ),
  );
}
