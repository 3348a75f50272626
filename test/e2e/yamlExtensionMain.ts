/** What Red Hat's YAML extension does in the extension host, in short: its client, of its documents, with its settings. */
import { type ExtensionContext, workspace } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';

let client: LanguageClient | undefined;

export async function activate({ extension }: ExtensionContext): Promise<void> {
  const module: unknown = extension.packageJSON.server;
  if (typeof module !== 'string') throw new Error('the manifest names no server');
  const program = { module, transport: TransportKind.ipc };
  client = new LanguageClient(
    'yaml',
    'YAML Support',
    { run: program, debug: program },
    {
      documentSelector: [
        { language: 'yaml' },
        { language: 'dockercompose' },
        { language: 'github-actions-workflow' },
        { pattern: '*.y(a)ml' },
      ],
      synchronize: {
        configurationSection: ['yaml', 'http.proxy', 'http.proxyStrictSSL', 'editor', 'files'],
        fileEvents: [
          workspace.createFileSystemWatcher('**/*.?(e)y?(a)ml'),
          workspace.createFileSystemWatcher('**/*.json'),
        ],
      },
    },
  );
  await client.start();
}

export function deactivate(): Promise<void> | undefined {
  return client?.stop();
}
