/** Lays experiments side by side: the variants of one, or two files. */
import { dirname } from 'node:path';
import { Uri, window, workspace } from 'vscode';
import { calls } from '../server/protocol/workbench.ts';
import { chooseExperiment } from './experiments.ts';
import { workspaceFolders } from './runList.ts';
import { experimentOf } from './subjects.ts';
import type { World } from './world.ts';

/** The file itself and all its variants; without any, another experiment that a person chooses. */
export async function compareVariants(world: World, given: unknown): Promise<void> {
  const front = window.activeTextEditor?.document;
  const shown = front?.languageId === 'experiment' ? { file: front.uri.fsPath } : undefined;
  const named = experimentOf(given) ?? shown ?? (await chooseExperiment(world));
  if (named === undefined) return;
  const { file } = named;
  await workspace.textDocuments.find((document) => document.uri.fsPath === file && document.isDirty)?.save();
  const folder = workspace.getWorkspaceFolder(Uri.file(file))?.uri.fsPath ?? dirname(file);
  const { experiments } = await world.server.ask(calls.listExperiments, { workspaces: workspaceFolders() });
  const variants = experiments.find((entry) => entry.file === file)?.variants ?? [];
  const sides: { file: string; variant: string | null }[] = [
    { file, variant: null },
    ...variants.slice(0, 19).map((variant) => ({ file, variant })),
  ];
  if (sides.length < 2) {
    const others = experiments.filter((entry) => entry.file !== file);
    const items = others.map((entry) => ({ label: entry.name, description: entry.path, file: entry.file }));
    const chosen = await window.showQuickPick(items, {
      placeHolder: 'It has no variants. Compare it with which experiment?',
    });
    if (chosen === undefined) return;
    sides.push({ file: chosen.file, variant: null });
  }
  world.panels.compare({ workspace: folder, sides });
}
