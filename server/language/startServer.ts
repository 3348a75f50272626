/** Answers an editor over LSP: documents in, findings out, and every feature by a pure function of its own. */
import {
  CodeActionKind,
  type Connection,
  type InitializeParams,
  type InitializeResult,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { codeActionsAt, explainCommand, fixAllKind, ruleText } from './codeActions.ts';
import { codeLenses } from './codeLenses.ts';
import { completionsAt } from './completion.ts';
import { diagnosticOf } from './diagnostics.ts';
import { hoverAt } from './hover.ts';
import { inlayHints } from './inlayHints.ts';
import {
  definitionsAt,
  documentLinks,
  highlightsAt,
  referencesAt,
  renameAt,
  renameRangeAt,
} from './navigation.ts';
import type { OpenExperiment } from './openExperiment.ts';
import { OpenExperiments, pathOf, type ServerWorld } from './openExperiments.ts';
import { documentSymbols, foldingRanges, selectionRange } from './outline.ts';

/** What a client may say at the start. An editor that knows no trust says nothing, and its files count as trusted. */
interface ClientOptions {
  /** False: only text is read, no data is opened. */
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
    experiments = new OpenExperiments({
      world: options.trusted ? world : textOnly(world),
      folders: (params.workspaceFolders ?? []).map(({ uri }) => pathOf(uri)),
      documentAt: (uri) => documents.get(uri),
      publish: ({ uri, version }, findings) =>
        void connection.sendDiagnostics({ uri, version, diagnostics: findings.map(diagnosticOf) }),
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

  /** Of the newest text; null where the document is not open. */
  const answer = <Answer>(uri: string, work: (open: OpenExperiment) => Answer): Answer | null => {
    const open = experiments?.get(uri);
    return open === undefined ? null : work(open);
  };
  const { languages } = connection;
  connection.onCompletion(({ textDocument: { uri }, position }) =>
    answer(uri, (open) => completionsAt(open, position, { snippets })),
  );
  connection.onHover(({ textDocument: { uri }, position }) =>
    answer(uri, (open) => hoverAt(open, position) ?? null),
  );
  connection.onCodeAction((params) => answer(params.textDocument.uri, (open) => codeActionsAt(open, params)));
  connection.onCodeLens(({ textDocument: { uri } }) => answer(uri, (open) => codeLenses(open, world.now())));
  languages.inlayHint.on(({ textDocument: { uri }, range }) =>
    answer(uri, (open) =>
      inlayHints(open).filter(({ position: { line } }) => line >= range.start.line && line <= range.end.line),
    ),
  );
  connection.onDocumentSymbol(({ textDocument: { uri } }) => answer(uri, documentSymbols));
  connection.onFoldingRanges(({ textDocument: { uri } }) => answer(uri, foldingRanges));
  connection.onSelectionRanges(({ textDocument: { uri }, positions }) =>
    answer(uri, (open) => positions.map((position) => selectionRange(open, position))),
  );
  connection.onDocumentLinks(({ textDocument: { uri } }) => answer(uri, documentLinks));
  connection.onDefinition(({ textDocument: { uri }, position }) =>
    answer(uri, (open) => definitionsAt(open, position)),
  );
  connection.onReferences(({ textDocument: { uri }, position, context: { includeDeclaration } }) =>
    answer(uri, (open) => referencesAt(open, position, includeDeclaration)),
  );
  connection.onDocumentHighlight(({ textDocument: { uri }, position }) =>
    answer(uri, (open) => highlightsAt(open, position)),
  );
  connection.onPrepareRename(({ textDocument: { uri }, position }) =>
    answer(uri, (open) => renameRangeAt(open, position) ?? null),
  );
  connection.onRenameRequest(({ textDocument: { uri }, position, newName }) =>
    answer(uri, (open) => renameAt(open, position, newName) ?? null),
  );
  connection.onExecuteCommand(({ command, arguments: [rule] = [] }) => {
    const text = command === explainCommand ? ruleText(rule) : undefined;
    if (text !== undefined) connection.window.showInformationMessage(text);
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

function textOnly({ data: _, ...world }: ServerWorld): ServerWorld {
  return { ...world, runsOf: () => [] };
}

function capabilitiesOf({ commands }: ClientOptions): InitializeResult['capabilities'] {
  return {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
    completionProvider: { triggerCharacters: [':', ' ', '-', ',', '[', '{', '(', '.', '$', "'", '"', '/'] },
    hoverProvider: true,
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAllKind] },
    ...(commands ? { codeLensProvider: {} } : {}),
    inlayHintProvider: true,
    documentSymbolProvider: true,
    foldingRangeProvider: true,
    selectionRangeProvider: true,
    documentLinkProvider: {},
    definitionProvider: true,
    referencesProvider: true,
    documentHighlightProvider: true,
    renameProvider: { prepareProvider: true },
    executeCommandProvider: { commands: [explainCommand] },
  };
}

/** Asks the client to ask again, where it can. */
function refresh(connection: Connection, { capabilities: { workspace } }: InitializeParams): void {
  if (workspace?.inlayHint?.refreshSupport === true) void connection.languages.inlayHint.refresh();
  if (workspace?.codeLens?.refreshSupport === true) void connection.sendRequest('workspace/codeLens/refresh');
}
