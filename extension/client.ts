/** Starts, restarts and stops the language server over ipc, and asks it what LSP has no word for. */
import type { ChildProcess } from 'node:child_process';
import {
  type CancellationToken,
  type Event,
  EventEmitter,
  type ExtensionContext,
  extensions,
  type LogOutputChannel,
  workspace,
} from 'vscode';
import {
  IPCMessageReader,
  IPCMessageWriter,
  LanguageClient,
  type MessageTransports,
  State,
} from 'vscode-languageclient/node';
import type { Call } from '../server/protocol/call.ts';
import { deploymentsChanged, type LoadProgress, loadProgress } from '../server/protocol/deployments.ts';
import { modelsChanged } from '../server/protocol/models.ts';
import { answerSchema, type RunsChanged, runsChanged } from '../server/protocol/workbench.ts';
import { lintSettings } from './lintSettings.ts';
import { ServerFailure } from './serverFailure.ts';
import { restartingHandler } from './serverFaults.ts';
import { isAlive, startServerProcess } from './serverProcess.ts';
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

/** `early`: a process that was started already, for the first start. */
export function createServer(
  context: ExtensionContext,
  log: LogOutputChannel,
  early: ChildProcess | undefined,
): Server {
  const changed = new EventEmitter<RunsChanged>();
  const models = new EventEmitter<unknown>();
  const deployments = new EventEmitter<unknown>();
  const load = new EventEmitter<LoadProgress>();
  const started = new EventEmitter<void>();
  let client: LanguageClient | undefined;
  let child = early;
  /** Nobody has spoken to `child` yet. */
  let fresh = true;
  context.subscriptions.push(changed, models, deployments, load, started);

  /** Throws ServerFailure. */
  function ownProcess(): ChildProcess {
    if (!fresh || child === undefined || !isAlive(child)) child = startServerProcess(context, log);
    fresh = true;
    return child;
  }

  /** Again whenever the process has ended by itself. */
  async function connect(): Promise<MessageTransports> {
    const process = ownProcess();
    fresh = false;
    return { reader: new IPCMessageReader(process), writer: new IPCMessageWriter(process) };
  }

  async function start(): Promise<void> {
    // What is wrong with the settings is told in our words: the client has others.
    ownProcess();
    const own = createClient(log, connect);
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
    const [own, process] = [client, child];
    client = undefined;
    child = undefined;
    try {
      await own?.stop();
    } finally {
      if (process !== undefined) endSoon(process);
    }
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

/** A process that does not end when it is asked to is ended. */
function endSoon(process: ChildProcess): void {
  const limit = setTimeout(() => process.kill('SIGKILL'), endWithin);
  limit.unref();
  process.once('exit', () => clearTimeout(limit));
}

/** Milliseconds. */
const endWithin = 2_000;

function createClient(log: LogOutputChannel, connect: () => Promise<MessageTransports>): LanguageClient {
  return new LanguageClient('modelwright', 'Modelwright', connect, {
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
  });
}
