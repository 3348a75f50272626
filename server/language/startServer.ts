/** Answers an editor over LSP: documents in, findings out, and every feature by a pure function of its own. */
import { type Connection, type InitializeParams, TextDocuments } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { capabilitiesOf, registerAnswers } from './answers.ts';
import { diagnosticOf } from './diagnostics.ts';
import { OpenExperiments, pathOf, type ServerWorld } from './openExperiments.ts';

/** What a client may say at the start, in `initializationOptions`. */
interface ClientOptions {
  /** False: only text is read, no data is opened. An editor that knows no trust says nothing, and is trusted. */
  readonly trusted: boolean;
  /** The client has the commands of the extension, so that lenses have something to run. */
  readonly commands: boolean;
}

export function startServer(connection: Connection, world: ServerWorld): void {
  const documents = new TextDocuments(TextDocument);
  let experiments: OpenExperiments | undefined;
  let snippets = false;

  connection.onInitialize((params) => {
    const options = clientOptions(params);
    snippets = params.capabilities.textDocument?.completion?.completionItem?.snippetSupport === true;
    const watch = world.watchRuns(({ listed }) => {
      if (!listed) return;
      world.runs?.forget();
      for (const uri of experiments?.uris ?? []) experiments?.checkAgain(uri, { files: false });
      refresh(connection, params);
    });
    experiments = new OpenExperiments({
      world: options.trusted ? world : textOnly(world),
      folders: (params.workspaceFolders ?? []).map(({ uri }) => pathOf(uri)),
      documentAt: (uri) => documents.get(uri),
      publish: ({ uri, version, loaded }, findings) => {
        if (options.trusted) watch.add(loaded.workspace);
        void connection.sendDiagnostics({ uri, version, diagnostics: findings.map(diagnosticOf) });
      },
      refresh: () => refresh(connection, params),
    });
    return { capabilities: capabilitiesOf(options), serverInfo: { name: 'modelwright' } };
  });

  const pending = new Set<string>();
  documents.onDidChangeContent(({ document: { uri } }) => {
    // Of several changes that wait in line, only the last text is checked.
    if (pending.has(uri)) return;
    pending.add(uri);
    setImmediate(() => {
      pending.delete(uri);
      experiments?.check(uri);
      for (const other of experiments?.derived ?? [])
        if (other !== uri) experiments?.checkAgain(other, { files: false });
    });
  });
  documents.onDidSave(({ document }) => experiments?.checkAgain(document.uri, { files: true }));
  connection.onDidChangeWatchedFiles(() => {
    for (const uri of experiments?.uris ?? []) experiments?.checkAgain(uri, { files: true });
  });
  documents.onDidClose(({ document: { uri } }) => {
    experiments?.close(uri);
    void connection.sendDiagnostics({ uri, diagnostics: [] });
  });
  connection.onShutdown(() => world.data?.stop());

  registerAnswers(connection, {
    openAt: (uri) => experiments?.get(uri),
    snippets: () => snippets,
    now: world.now,
  });
  documents.listen(connection);
  connection.listen();
}

function clientOptions({ initializationOptions }: InitializeParams): ClientOptions {
  const given: unknown = initializationOptions;
  const options: object = typeof given === 'object' && given !== null ? given : {};
  return {
    trusted: !('trusted' in options && options.trusted === false),
    commands: 'commands' in options && options.commands === true,
  };
}

function textOnly({ data: _, runs: __, ...world }: ServerWorld): ServerWorld {
  return world;
}

/** Asks the client to ask again, where it can. */
function refresh(connection: Connection, { capabilities: { workspace } }: InitializeParams): void {
  if (workspace?.inlayHint?.refreshSupport === true) void connection.languages.inlayHint.refresh();
  if (workspace?.codeLens?.refreshSupport === true) void connection.sendRequest('workspace/codeLens/refresh');
}
