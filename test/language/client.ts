/** An editor's side of the protocol: a real server process over stdio. */
import { spawn } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  type InitializeResult,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  type Range,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type TextDocumentContentChangeEvent,
} from 'vscode-languageserver/node';
import { entryUrl } from '../built.ts';

export interface Client {
  readonly connection: ProtocolConnection;
  readonly initialized: InitializeResult;
  /** Of the server's process. */
  readonly pid: number;
  open(file: string, text: string, languageId?: string): Promise<string>;
  change(uri: string, text: string): Promise<void>;
  /** One edit, as a key press is. */
  changeAt(uri: string, edit: { readonly range: Range; readonly text: string }): Promise<void>;
  /** The next ones published, or those already there, that fit. */
  diagnostics(uri: string, fits: (found: readonly Diagnostic[]) => boolean): Promise<readonly Diagnostic[]>;
  /** Ends the server as an editor does; gives its exit code. */
  stop(): Promise<number | null>;
  /** Ends it at once. */
  kill(): void;
}

export interface ClientOptions {
  /** Absolute folder. */
  readonly workspace: string;
  readonly initializationOptions?: unknown;
  /** Instead of the server's own process. */
  readonly command?: readonly string[];
}

export async function startClient({
  workspace,
  initializationOptions,
  command,
}: ClientOptions): Promise<Client> {
  const [program = process.execPath, ...args] = command ?? [
    process.execPath,
    fileURLToPath(entryUrl('main')),
    '--stdio',
  ];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const versions = new Map<string, number>();
  const published = new Map<string, PublishDiagnosticsParams>();
  const listeners = new Set<() => void>();
  connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
    // A server that tells no version means the text that it has just looked at.
    const { version = versions.get(params.uri) ?? 0 } = params;
    published.set(params.uri, { ...params, version });
    for (const listener of [...listeners]) listener();
  });
  connection.listen();
  const initialized = await connection.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: null,
    capabilities: { textDocument: { completion: { completionItem: { snippetSupport: true } } } },
    workspaceFolders: [{ uri: pathToFileURL(workspace).href, name: 'workspace' }],
    initializationOptions,
  });
  await connection.sendNotification(InitializedNotification.type, {});

  const changed = async (uri: string, change: TextDocumentContentChangeEvent) => {
    const version = (versions.get(uri) ?? 0) + 1;
    versions.set(uri, version);
    const textDocument = { uri, version };
    await connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument,
      contentChanges: [change],
    });
  };

  return {
    connection,
    initialized,
    pid: child.pid ?? 0,
    kill: () => void child.kill('SIGKILL'),
    async open(file, text, languageId = 'experiment') {
      const uri = pathToFileURL(file).href;
      versions.set(uri, 1);
      const textDocument = { uri, languageId, version: 1, text };
      await connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
      return uri;
    },
    change: (uri, text) => changed(uri, { text }),
    changeAt: (uri, edit) => changed(uri, edit),
    diagnostics(uri, fits) {
      return new Promise((resolve) => {
        const look = () => {
          const found = published.get(uri);
          if (
            found === undefined ||
            (found.version ?? 0) < (versions.get(uri) ?? 0) ||
            !fits(found.diagnostics)
          )
            return;
          listeners.delete(look);
          resolve(found.diagnostics);
        };
        listeners.add(look);
        look();
      });
    },
    async stop() {
      await connection.sendRequest(ShutdownRequest.type);
      await connection.sendNotification(ExitNotification.type);
      return exited;
    },
  };
}
