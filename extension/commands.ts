/** One table: command id to what it does. Ids and titles stand in package.json too; a test keeps them in step. */
import { commands, type ExtensionContext } from 'vscode';
import { restartClient } from './client.ts';

export function registerCommands(context: ExtensionContext): void {
  const table: Record<string, () => unknown> = {
    'modelwright.server.restart': () => restartClient(context),
  };
  for (const [id, handler] of Object.entries(table)) {
    context.subscriptions.push(commands.registerCommand(id, handler));
  }
}
