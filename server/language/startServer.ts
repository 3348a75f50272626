/** Answers an editor over LSP: documents in, findings out, and every feature by a pure function of its own. */
import { type Connection, type InitializeParams, TextDocuments } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { type ClientAbilities, capabilitiesOf, registerAnswers } from './answers.ts';
import { diagnosticOf } from './diagnostics.ts';
import { changedLintSettings, type LintSettings, readLintSettings, wanted } from './lintSettings.ts';
import { OpenExperiments, pathOf, type ServerWorld } from './openExperiments.ts';
import { serveLanguage } from './serveLanguage.ts';
import { tablePeeks } from './tablePeeks.ts';

/** What a client may say at the start, in `initializationOptions`. */
interface ClientOptions extends ClientAbilities {
  /** False: only text is read, no data is opened. An editor that knows no trust says nothing, and is trusted. */
  readonly trusted: boolean;
  /** Another extension tells what is no YAML, in documents of this language id. */
  readonly yamlChecked: string | undefined;
  readonly lint: LintSettings;
}

export function startServer(connection: Connection, world: ServerWorld): void {
  const documents = new TextDocuments(TextDocument);
  let experiments: OpenExperiments | undefined;
  let options: ClientOptions = clientOptions({});
  let snippets = false;
  const peekAt = tablePeeks(world.data);

  let lint = readLintSettings(undefined);
  /** The version of each document that was opened or last saved. */
  const saved = new Map<string, number>();

  connection.onInitialize((params) => {
    options = clientOptions(params);
    ({ lint } = options);
    snippets = params.capabilities.textDocument?.completion?.completionItem?.snippetSupport === true;
    const watch = world.watchRuns(({ listed }) => {
      if (!listed) return;
      world.runs?.forget();
      world.histories?.forget();
      for (const uri of experiments?.uris ?? []) experiments?.checkAgain(uri, { files: false });
      refresh(connection, params);
    });
    experiments = new OpenExperiments({
      world: options.trusted ? world : textOnly(world),
      folders: (params.workspaceFolders ?? []).map(({ uri }) => pathOf(uri)),
      documentAt: (uri) => documents.get(uri),
      publish: ({ uri, version, loaded }, findings) => {
        if (options.trusted) watch.add(loaded.workspace);
        if (lint.run === 'onSave' && saved.get(uri) !== version) return;
        const elsewhere = documents.get(uri)?.languageId === options.yamlChecked;
        const told = elsewhere ? findings.filter(({ rule }) => rule !== 'yaml-syntax') : findings;
        const diagnostics = wanted(told, lint).map(diagnosticOf);
        void connection.sendDiagnostics({ uri, version, diagnostics });
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
    const check = () => {
      pending.delete(uri);
      experiments?.check(uri);
      for (const other of experiments?.derived ?? [])
        if (other !== uri) experiments?.checkAgain(other, { files: false });
    };
    // Once more around, so that what was asked right after the change is answered before it is checked.
    setImmediate(() => setImmediate(check));
  });
  documents.onDidOpen(({ document: { uri, version } }) => saved.set(uri, version));
  documents.onDidSave(({ document: { uri, version } }) => {
    saved.set(uri, version);
    experiments?.checkAgain(uri, { files: true });
  });
  connection.onDidChangeConfiguration(({ settings }) => {
    lint = changedLintSettings(settings) ?? lint;
    for (const uri of experiments?.uris ?? []) experiments?.checkAgain(uri, { files: false });
  });
  connection.onDidChangeWatchedFiles(() => {
    for (const uri of experiments?.uris ?? []) experiments?.checkAgain(uri, { files: true });
  });
  documents.onDidClose(({ document: { uri } }) => {
    experiments?.close(uri);
    saved.delete(uri);
    void connection.sendDiagnostics({ uri, diagnostics: [] });
  });
  connection.onShutdown(() => world.data?.stop());

  registerAnswers(connection, {
    openAt: (uri) => experiments?.get(uri),
    project: () => experiments?.project ?? { list: () => [], read: () => undefined },
    completion: () => ({
      snippets,
      ...(options.trusted ? { peekAt } : {}),
      environment: Object.keys(world.environment).filter((name) => !/^(?:VSCODE|ELECTRON|npm)_/.test(name)),
    }),
    commands: () => options.commands,
    now: world.now,
  });
  serveLanguage(connection, world, () => experiments);
  documents.listen(connection);
  connection.listen();
}

function clientOptions({
  initializationOptions,
}: Pick<InitializeParams, 'initializationOptions'>): ClientOptions {
  const given: unknown = initializationOptions;
  const options: object = typeof given === 'object' && given !== null ? given : {};
  const checked = 'yamlChecked' in options ? options.yamlChecked : undefined;
  return {
    trusted: !('trusted' in options && options.trusted === false),
    commands: 'commands' in options && options.commands === true,
    // Where the client says nothing, formatting happens only when a person asks for it.
    format: !('format' in options && options.format === false),
    yamlChecked: typeof checked === 'string' ? checked : undefined,
    lint: readLintSettings('lint' in options ? options.lint : undefined),
  };
}

function textOnly({
  data: _,
  runs: __,
  histories: ___,
  repositoryOf: ____,
  ...world
}: ServerWorld): ServerWorld {
  return world;
}

/** Asks the client to ask again, where it can. */
function refresh(connection: Connection, { capabilities: { workspace } }: InitializeParams): void {
  if (workspace?.inlayHint?.refreshSupport === true) void connection.languages.inlayHint.refresh();
  if (workspace?.codeLens?.refreshSupport === true) void connection.sendRequest('workspace/codeLens/refresh');
}
