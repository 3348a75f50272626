/** The extension's table of contents: starts the language server and hands over to commands, views and panels. */
import { type ExtensionContext, window } from 'vscode';
import { createServer, type Server } from './client.ts';
import { registerCommands } from './commands.ts';
import { tellEnds } from './ends.ts';
import { telling } from './failures.ts';
import { registerPanels } from './panels/registerPanels.ts';
import { registerResolvedView } from './resolvedView.ts';
import { registerRulePages } from './rulePages.ts';
import { createRunList } from './runList.ts';
import { registerStatusBar } from './statusBar.ts';
import { registerExperimentsView } from './views/experimentsView.ts';
import { registerRunsView } from './views/runsView.ts';

let server: Server | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel('Modelwright', { log: true });
  context.subscriptions.push(log);
  const started = createServer(context, log);
  server = started;
  const list = createRunList(context, started, log);
  const panels = registerPanels(context, { server: started, list, log });
  registerExperimentsView(context, started, list);
  const runsView = registerRunsView(context, list);
  registerResolvedView(context, started);
  registerRulePages(context);
  registerStatusBar(context, list);
  tellEnds(context, list, panels);
  registerCommands(context, { server: started, list, log, panels, showAllRuns: runsView.showAll });
  await telling(log, () => started.start());
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
