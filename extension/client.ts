/** Starts, restarts and stops the language server over ipc. */
import { type ExtensionContext, workspace } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';

let client: LanguageClient | undefined;

export async function startClient(context: ExtensionContext): Promise<void> {
  const module = context.asAbsolutePath('dist/main.js');
  const run = { module, transport: TransportKind.ipc, options: { env: childEnvironment() } };
  client = new LanguageClient(
    'modelwright',
    'Modelwright',
    { run, debug: run },
    {
      documentSelector: [
        { language: 'experiment' },
        { pattern: '**/{*.experiment.yaml,*.experiment.yml,experiment.yaml}' },
      ],
      initializationOptions: { trusted: workspace.isTrusted },
    },
  );
  context.subscriptions.push(workspace.onDidGrantWorkspaceTrust(() => restartClient(context)));
  await client.start();
}

export async function restartClient(context: ExtensionContext): Promise<void> {
  await stopClient();
  await startClient(context);
}

export async function stopClient(): Promise<void> {
  await client?.stop();
  client = undefined;
}

/** The editor's own variables would make the child behave like the editor. */
function childEnvironment(): Record<string, string> {
  const environment: Record<string, string> = { ELECTRON_RUN_AS_NODE: '1' };
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !name.startsWith('VSCODE_')) environment[name] = value;
  }
  return environment;
}
