/** The extension's table of contents: speaks to the language server and hands over to commands, views and panels. */
import type { ChildProcess } from 'node:child_process';
import type { ExtensionContext, LogOutputChannel, WebviewPanel } from 'vscode';
import { deploymentCalls } from '../server/protocol/deployments.ts';
import { modelCalls } from '../server/protocol/models.ts';
import { createServer, type Server } from './client.ts';
import { commandTable } from './commands.ts';
import { registerDoctor } from './doctor.ts';
import { tellDeaths, tellEnds } from './ends.ts';
import { openPendingExample } from './example.ts';
import { telling } from './failures.ts';
import { createFollowed } from './followed.ts';
import { registerPages } from './pages.ts';
import { registerPanels } from './panels/registerPanels.ts';
import { registerRequestFiles } from './requestFiles.ts';
import { registerResolvedView } from './resolvedView.ts';
import { registerRulePages } from './rulePages.ts';
import { createRunList } from './runList.ts';
import { followSettings } from './settings.ts';
import { registerStatusBar } from './statusBar.ts';
import { registerDeploymentsView } from './views/deploymentsView.ts';
import { registerExperimentsView } from './views/experimentsView.ts';
import { registerModelsView } from './views/modelsView.ts';
import { registerRunsView } from './views/runsView.ts';

/** What the commands and panels of package.json, which have had their names from the start, do. */
export interface Opened {
  run(command: string, given: readonly unknown[]): unknown;
  revive(panel: WebviewPanel, state: unknown): void;
  /** Resolves when the server has answered its first request, or a person was told that it cannot. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

/** `process`: of the server, already on its way. */
export function openWindow(
  context: ExtensionContext,
  log: LogOutputChannel,
  process: ChildProcess | undefined,
): Opened {
  const started = createServer(context, log, process);
  // Nobody waits for the server: what is asked before it is there is answered then.
  const ready = telling(log, () => started.start());
  const list = createRunList(context, started, log);
  const { panels, revive } = registerPanels(context, { server: started, list, log });
  const { models, deployments } = followServing(context, { server: started, log });
  const pages = registerPages(context, { server: started, models, deployments });
  const requests = registerRequestFiles(context, { server: started, log, pages });
  registerExperimentsView(context, started, list);
  const runsView = registerRunsView(context, list);
  registerResolvedView(context, started);
  registerRulePages(context);
  registerModelsView(context, models);
  registerDeploymentsView(context, deployments);
  registerStatusBar(context, list);
  registerDoctor(context, started);
  tellEnds(context, list, panels);
  tellDeaths(context, deployments);
  const shown = { panels, pages, requests, showAllRuns: runsView.showAll };
  followSettings(context, started, log);
  const table = commandTable(context, { server: started, list, models, deployments, log, ...shown });
  void telling(log, () => openPendingExample(context));
  return {
    // Told here: main.ts is a bundle of its own, to which these failures would be strangers.
    run: (command, given) => telling(log, () => table[command]?.(...given)),
    revive,
    ready,
    stop: () => started.stop(),
  };
}

function followServing(
  context: ExtensionContext,
  world: { readonly server: Server; readonly log: LogOutputChannel },
) {
  const { server } = world;
  const models = createFollowed(context, world, {
    what: 'models',
    call: modelCalls.list,
    entriesOf: (result) => result.models,
    onChanged: server.onModelsChanged,
  });
  const deployments = createFollowed(context, world, {
    what: 'deployments',
    call: deploymentCalls.list,
    entriesOf: (result) => result.deployments,
    onChanged: server.onDeploymentsChanged,
  });
  return { models, deployments };
}
