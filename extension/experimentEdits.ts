/** Commands that change an experiment's text: the server says how, the editor's own undo takes it back. */
import {
  ProgressLocation,
  Range,
  type TextDocument,
  Uri,
  ViewColumn,
  WorkspaceEdit,
  window,
  workspace,
} from 'vscode';
import { languageCalls } from '../server/protocol/languageCalls.ts';
import { chooseExperiment } from './experiments.ts';
import { ServerFailure } from './serverFailure.ts';
import { experimentOf } from './subjects.ts';
import type { World } from './world.ts';

type Kind = 'fixAll' | 'pinData' | 'inferColumns';

const titles: Readonly<Record<Kind, string>> = {
  fixAll: 'Fixing problems',
  pinData: 'Reading the data',
  inferColumns: 'Reading the data',
};

const changedMeanwhile = {
  code: 'changed-meanwhile',
  message: 'The text was changed while the data were being read, so nothing was written into it.',
  help: 'Do it again.',
};

export async function editExperiment(world: World, kind: Kind, given: unknown): Promise<void> {
  const opened = await openExperiment(world, given);
  if (opened === undefined) return;
  const { document } = opened;
  const uri = document.uri.toString();
  const answer = await window.withProgress(
    { location: ProgressLocation.Window, title: titles[kind], cancellable: false },
    () => world.server.ask(languageCalls.edit, { uri, kind }),
  );
  // What was typed meanwhile is worth more than an edit of the text before.
  if (answer.edits.length > 0 && answer.version !== document.version)
    throw new ServerFailure(changedMeanwhile);
  const edit = new WorkspaceEdit();
  for (const { range, text } of answer.edits) {
    const { start, end } = range;
    edit.replace(document.uri, new Range(start.line, start.character, end.line, end.character), text);
  }
  if (answer.edits.length > 0) await workspace.applyEdit(edit);
  window.setStatusBarMessage(answer.told, 5000);
}

/** Shown in an editor, so that the server knows it and the person sees what is done to it. */
export async function openExperiment(
  world: World,
  given: unknown,
): Promise<{ document: TextDocument; variant: string | null } | undefined> {
  const front = window.activeTextEditor?.document;
  const named = experimentOf(given);
  if (named === undefined && front?.languageId === 'experiment') return { document: front, variant: null };
  const chosen = named ?? (await chooseExperiment(world));
  if (chosen === undefined) return undefined;
  const document = await workspace.openTextDocument(Uri.file(chosen.file));
  // Where it is shown already it stays; a panel may be the editor in front.
  const shown = window.visibleTextEditors.find((editor) => editor.document === document);
  await window.showTextDocument(document, { viewColumn: shown?.viewColumn ?? ViewColumn.One });
  return { document, variant: chosen.variant };
}
