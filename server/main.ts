/** The composition root of the language server: parses and checks while one types, and never trains. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createConnection,
  ProposedFeatures,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { loadExperiment } from './config/load.ts';
import { diagnosticOf } from './language/diagnostics.ts';
import { lintExperiment, stageOf } from './lint/engine.ts';

const connection = createConnection(ProposedFeatures.all);
const documents = new TextDocuments(TextDocument);
let folders: string[] = [];

connection.onInitialize(({ workspaceFolders }) => {
  folders = (workspaceFolders ?? []).map(({ uri }) => pathOf(uri));
  return { capabilities: { textDocumentSync: TextDocumentSyncKind.Incremental } };
});

documents.onDidChangeContent(({ document }) => {
  const file = pathOf(document.uri);
  const workspace = folders.find((folder) => file.startsWith(folder)) ?? dirname(file);
  const loaded = loadExperiment({ file, text: document.getText(), workspace });
  const findings = lintExperiment({ loaded, stage: stageOf(loaded) }, { now: new Date() });
  connection.sendDiagnostics({
    uri: document.uri,
    version: document.version,
    diagnostics: findings.map(diagnosticOf),
  });
});

documents.onDidClose(({ document }) => {
  connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
});

documents.listen(connection);
connection.listen();

/** Documents that are not files (a diff, an untitled one) keep their URI as their name. */
function pathOf(uri: string): string {
  return uri.startsWith('file:') ? fileURLToPath(uri) : uri;
}
