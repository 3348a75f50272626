/** The table of features: which question of an editor which function answers, and what is said of it at the start. */
import {
  CodeActionKind,
  type Connection,
  type InitializeResult,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { codeActionsAt, explainCommand, fixAllKind, ruleText } from './codeActions.ts';
import { codeLenses } from './codeLenses.ts';
import { type CompletionOptions, completionsAt } from './completion/completion.ts';
import { formatEdits } from './formatting.ts';
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
import { documentSymbols, foldingRanges, selectionRange } from './outline.ts';
import { type ProjectFiles, relatedFiles } from './relatedFiles.ts';
import { renamedFilesEdit } from './renamedFiles.ts';
import { semanticTokens, tokensLegend } from './semanticTokens.ts';
import { signatureAt } from './signature.ts';
import { workspaceSymbols } from './workspaceSymbols.ts';

export interface ClientAbilities {
  /** The client has the commands of the extension, so that lenses have something to run. */
  readonly commands: boolean;
  /** A person has asked for formatting. */
  readonly format: boolean;
}

export function capabilitiesOf({ commands, format }: ClientAbilities): InitializeResult['capabilities'] {
  return {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
    completionProvider: { triggerCharacters: [':', ' ', '-', ',', '[', '{', '(', '.', '$', "'", '"', '/'] },
    signatureHelpProvider: { triggerCharacters: ['(', ','] },
    hoverProvider: true,
    codeActionProvider: {
      codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite, fixAllKind],
    },
    ...(commands ? { codeLensProvider: {} } : {}),
    inlayHintProvider: true,
    semanticTokensProvider: { legend: tokensLegend, full: true },
    documentSymbolProvider: true,
    foldingRangeProvider: true,
    selectionRangeProvider: true,
    documentLinkProvider: {},
    definitionProvider: true,
    referencesProvider: true,
    documentHighlightProvider: true,
    renameProvider: { prepareProvider: true },
    workspaceSymbolProvider: true,
    workspace: {
      fileOperations: { willRename: { filters: [{ scheme: 'file', pattern: { glob: '**/*' } }] } },
    },
    ...(format ? { documentFormattingProvider: true } : {}),
    ...(commands ? {} : { executeCommandProvider: { commands: [explainCommand] } }),
  };
}

export interface AnswerOptions {
  /** The newest text of a document; undefined where it is not open. */
  readonly openAt: (uri: string) => OpenExperiment | undefined;
  readonly project: () => ProjectFiles;
  readonly completion: () => CompletionOptions;
  readonly commands: () => boolean;
  readonly now: () => Date;
}

export function registerAnswers(
  connection: Connection,
  { openAt, project, completion, commands, now }: AnswerOptions,
): void {
  const answer = <Answer>(uri: string, work: (open: OpenExperiment) => Answer | undefined): Answer | null => {
    const open = openAt(uri);
    return (open && work(open)) ?? null;
  };
  const { languages, window } = connection;
  connection.onCompletion(({ textDocument: { uri }, position }) =>
    answer(uri, (open) => completionsAt(open, position, completion())),
  );
  connection.onSignatureHelp(({ textDocument: { uri }, position }) =>
    answer(uri, (open) => signatureAt(open, position)),
  );
  connection.onHover(({ textDocument: { uri }, position }) => answer(uri, (open) => hoverAt(open, position)));
  connection.onCodeAction((params) =>
    answer(params.textDocument.uri, (open) => codeActionsAt(open, params, { commands: commands() })),
  );
  connection.onExecuteCommand(({ command, arguments: [rule] = [] }) => {
    const text = command === explainCommand ? ruleText(rule) : undefined;
    if (text !== undefined) window.showInformationMessage(text);
  });
  connection.onCodeLens(({ textDocument: { uri } }) => answer(uri, (open) => codeLenses(open, now())));
  languages.inlayHint.on(({ textDocument: { uri }, range: { start, end } }) =>
    answer(uri, (open) =>
      inlayHints(open).filter(({ position: { line } }) => line >= start.line && line <= end.line),
    ),
  );
  languages.semanticTokens.on(({ textDocument: { uri } }) => answer(uri, semanticTokens) ?? { data: [] });
  // VS Code counts the problems of a section itself, as they come and go.
  connection.onDocumentSymbol(({ textDocument: { uri } }) =>
    answer(uri, (open) => documentSymbols(open, { counts: !commands() })),
  );
  connection.onFoldingRanges(({ textDocument: { uri } }) => answer(uri, foldingRanges));
  connection.onSelectionRanges(({ textDocument: { uri }, positions }) =>
    answer(uri, (open) => positions.map((position) => selectionRange(open, position))),
  );
  connection.onDocumentLinks(({ textDocument: { uri } }) => answer(uri, documentLinks));
  connection.onDefinition(({ textDocument: { uri }, position }) =>
    answer(uri, (open) => definitionsAt(open, position, relatedFiles(open, project()))),
  );
  connection.onReferences(({ textDocument: { uri }, position, context: { includeDeclaration } }) =>
    answer(uri, (open) => referencesAt(open, position, includeDeclaration, relatedFiles(open, project()))),
  );
  connection.onDocumentHighlight(({ textDocument: { uri }, position }) =>
    answer(uri, (open) => highlightsAt(open, position)),
  );
  connection.onPrepareRename(({ textDocument: { uri }, position }) =>
    answer(uri, (open) => renameRangeAt(open, position)),
  );
  connection.onRenameRequest(({ textDocument: { uri }, position, newName }) =>
    answer(uri, (open) => renameAt(open, position, newName, relatedFiles(open, project()))),
  );
  connection.onWorkspaceSymbol(({ query }) => workspaceSymbols(query, project()));
  connection.workspace.onWillRenameFiles(({ files }) => renamedFilesEdit(files, project()));
  connection.onDocumentFormatting(({ textDocument: { uri } }) =>
    answer(uri, (open) => formatEdits(open).map(({ range, text }) => ({ range, newText: text }))),
  );
}
