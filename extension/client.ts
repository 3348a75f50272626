/** Starts, restarts and stops the language server over ipc, and asks it what LSP has no word for. */
import {
  type CancellationToken,
  EventEmitter,
  type ExtensionContext,
  extensions,
  type LogOutputChannel,
  workspace,
} from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import type { Call } from '../server/protocol/call.ts';
import type { Failure } from '../server/protocol/runMessages.ts';
import { answerSchema, type RunsChanged, runsChanged } from '../server/protocol/workbench.ts';

/** A failure that the server has put into words. */
export class ServerFailure extends Error {
  readonly failure: Pick<Failure, 'code' | 'message' | 'help'> & Readonly<Record<string, unknown>>;

  constructor(failure: ServerFailure['failure']) {
    super(failure.message);
    this.failure = failure;
  }
}

export interface Server {
  /** Throws ServerFailure. */
  ask<Params, Result>(call: Call<Params, Result>, params: Params, token?: CancellationToken): Promise<Result>;
  readonly onRunsChanged: EventEmitter<RunsChanged>['event'];
  /** Fires when it runs again after a restart. */
  readonly onStarted: EventEmitter<void>['event'];
  start(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export function createServer(context: ExtensionContext, log: LogOutputChannel): Server {
  const changed = new EventEmitter<RunsChanged>();
  const started = new EventEmitter<void>();
  let client: LanguageClient | undefined;
  context.subscriptions.push(changed, started);

  async function start(): Promise<void> {
    const own = createClient(context, log);
    client = own;
    own.onNotification(runsChanged.method, (params: unknown) =>
      changed.fire(runsChanged.params.parse(params)),
    );
    await own.start();
    started.fire();
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

  context.subscriptions.push(
    workspace.onDidGrantWorkspaceTrust(restart),
    workspace.onDidChangeConfiguration((change) =>
      change.affectsConfiguration('modelwright.format.enable') ? restart() : undefined,
    ),
  );
  return {
    async ask(call, params, token) {
      if (client === undefined) throw new ServerFailure(notRunning);
      // A token that is not there would travel as a second parameter.
      const cancel = token === undefined ? [] : [token];
      const answer = answerSchema.parse(await client.sendRequest(call.method, params, ...cancel));
      if ('failure' in answer) throw new ServerFailure(answer.failure);
      return call.result.parse(answer.result);
    },
    onRunsChanged: changed.event,
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

function createClient(context: ExtensionContext, log: LogOutputChannel): LanguageClient {
  const module = context.asAbsolutePath('dist/main.js');
  const node = workspace.getConfiguration('modelwright').get<string>('nodePath', '');
  const options = { env: childEnvironment() };
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
        format: workspace.getConfiguration('modelwright').get<boolean>('format.enable', false),
        // Where a file is set to plain YAML and that extension checks it, one of us tells what is no YAML.
        ...(extensions.getExtension('redhat.vscode-yaml') === undefined ? {} : { yamlChecked: 'yaml' }),
      },
      outputChannel: log,
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
