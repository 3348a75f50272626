/** The extension's table of contents: starts the language server and hands over to commands, views and panels. */
import type { ExtensionContext } from 'vscode';
import { startClient, stopClient } from './client.ts';
import { registerCommands } from './commands.ts';

export async function activate(context: ExtensionContext): Promise<void> {
  registerCommands(context);
  await startClient(context);
}

export async function deactivate(): Promise<void> {
  await stopClient();
}
