/** Starts, restarts and stops the language server over ipc, and asks it what LSP has no word for. */
import { existsSync } from 'node:fs';
import {
  type CancellationToken,
  type Event,
  EventEmitter,
  type ExtensionContext,
  extensions,
  type LogOutputChannel,
  workspace,
} from 'vscode';
import { LanguageClient, State, TransportKind } from 'vscode-languageclient/node';
import type { Call } from '../server/protocol/call.ts';
import { deploymentsChanged, type LoadProgress, loadProgress } from '../server/protocol/deployments.ts';
import { modelsChanged } from '../server/protocol/models.ts';
import { answerSchema, type RunsChanged, runsChanged } from '../server/protocol/workbench.ts';
import { lintSettings } from './lintSettings.ts';
import { ServerFailure } from './serverFailure.ts';
import { restartingHandler } from './serverFaults.ts';
import { checkTrust } from './trust.ts';

export { ServerFailure };

export interface Server {
  /** Throws ServerFailure. */
  ask<Params, Result>(call: Call<Params, Result>, params: Params, token?: CancellationToken): Promise<Result>;
  readonly onRunsChanged: Event<RunsChanged>;
  readonly onModelsChanged: Event<unknown>;
  readonly onDeploymentsChanged: Event<unknown>;
  readonly onLoadProgress: Event<LoadProgress>;
  /** Fires when it runs again after a restart. */
  readonly onStarted: Event<void>;
  /** Nothing is told while it does not run: it is told everything at its start. */
  notify(method: string, params: unknown): Promise<void>;
  start(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export function createServer(context: ExtensionContext, log: LogOutputChannel): Server {
  const changed = new EventEmitter<RunsChanged>();
  const models = new EventEmitter<unknown>();
  const deployments = new EventEmitter<unknown>();
  const load = new EventEmitter<LoadProgress>();
  const started = new EventEmitter<void>();
  let client: LanguageClient | undefined;
  context.subscriptions.push(changed, models, deployments, load, started);

  async function start(): Promise<void> {
    const own = createClient(context, log);
    client = own;
    own.onNotification(runsChanged.method, (params: unknown) =>
      changed.fire(runsChanged.params.parse(params)),
    );
    own.onNotification(modelsChanged.method, () => models.fire(undefined));
    own.onNotification(deploymentsChanged.method, () => deployments.fire(undefined));
    own.onNotification(loadProgress.method, (params: unknown) =>
      load.fire(loadProgress.params.parse(params)),
    );
    // Also after it ended by itself and was started again.
    own.onDidChangeState(({ newState }) => {
      if (newState === State.Running) started.fire();
    });
    await own.start();
  }

  async function stop(): Promise<void> {
    const own = client;
    client = undefined;
    await own?.stop();
  }

  async function restart(): Promise<void> {
    await stop();
    await start();
  }

  return {
    async ask(call, params, token) {
      checkTrust(call.method);
      if (client === undefined) throw new ServerFailure(notRunning);
      // A token that is not there would travel as a second parameter.
      const cancel = token === undefined ? [] : [token];
      const answer = answerSchema.parse(await client.sendRequest(call.method, params, ...cancel));
      if ('failure' in answer) throw new ServerFailure(answer.failure);
      return call.result.parse(answer.result);
    },
    async notify(method, params) {
      await client?.sendNotification(method, params);
    },
    onRunsChanged: changed.event,
    onModelsChanged: models.event,
    onDeploymentsChanged: deployments.event,
    onLoadProgress: load.event,
    onStarted: started.event,
    start,
    restart,
    stop,
  };
}

const notRunning = {
  code: 'server-not-running',
  message: 'The Modelwright server is not running.',
  help: 'Use the command “Modelwright: Restart server”.',
};

function nodeMissing(path: string): ServerFailure['failure'] {
  return {
    code: 'node-not-found',
    message: `There is no Node at “${path}”, which the setting modelwright.nodePath names.`,
    help: "Correct the path, or leave the setting empty to use the editor's own Node.",
  };
}

function createClient(context: ExtensionContext, log: LogOutputChannel): LanguageClient {
  const module = context.asAbsolutePath('dist/main.js');
  const node = workspace.getConfiguration('modelwright').get<string>('nodePath', '');
  if (node !== '' && !existsSync(node)) throw new ServerFailure(nodeMissing(node));
  // Garbage of young objects may grow to 200 MB unless it is bounded; what is kept takes 35. Megabytes.
  const options = { env: childEnvironment(), execArgv: ['--max-semi-space-size=16'] };
  const run = {
    module,
    transport: TransportKind.ipc,
    options,
    ...(node === '' ? {} : { runtime: node }),
  };
  return new LanguageClient(
    'modelwright',
    'Modelwright',
    { run, debug: run },
    {
      documentSelector: [
        { language: 'experiment' },
        { pattern: '**/{*.experiment.yaml,*.experiment.yml,experiment.yaml}' },
      ],
      initializationOptions: {
        trusted: workspace.isTrusted,
        commands: true,
        lint: lintSettings(),
        format: workspace.getConfiguration('modelwright').get<boolean>('format.enable', false),
        // Where a file is set to plain YAML and that extension checks it, one of us tells what is no YAML.
        ...(extensions.getExtension('redhat.vscode-yaml') === undefined ? {} : { yamlChecked: 'yaml' }),
      },
      outputChannel: log,
      errorHandler: restartingHandler(log),
    },
  );
}

/** The editor's own variables would make the child behave like the editor. */
function childEnvironment(): Record<string, string> {
  const environment: Record<string, string> = { ELECTRON_RUN_AS_NODE: '1' };
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !name.startsWith('VSCODE_')) environment[name] = value;
  }
  return environment;
}
