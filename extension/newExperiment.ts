/** A new experiment from a table: which table, which column is to be predicted, and the file is there. */
import { basename, dirname, join } from 'node:path';
import { ProgressLocation, Uri, window, workspace } from 'vscode';
import { calls } from '../server/protocol/workbench.ts';
import type { World } from './world.ts';

const tables = '**/*.{csv,tsv,parquet,jsonl,ndjson,arrow,feather,sqlite}';
const skipped = '**/{node_modules,.modelwright,.git}/**';

export async function newExperiment({ server }: World): Promise<void> {
  const data = await chooseTable();
  if (data === undefined) return;
  const options = {
    location: ProgressLocation.Window,
    title: `Reading ${basename(data)}`,
    cancellable: true,
  };
  const { targets } = await window.withProgress(options, (_, token) =>
    server.ask(calls.guessTargets, { data }, token),
  );
  const target = await window.showQuickPick(targets, {
    title: `New experiment from ${basename(data)}`,
    placeHolder: 'Which column is to be predicted? The likeliest stands first.',
  });
  if (target === undefined) return;
  const folder = workspace.getWorkspaceFolder(Uri.file(data))?.uri.fsPath ?? dirname(data);
  const { text } = await server.ask(calls.draftExperiment, { data, target, folder });
  const file = await freeName(join(folder, basename(data).replace(/\.[^.]+$/, '')));
  await workspace.fs.writeFile(file, new TextEncoder().encode(text));
  await window.showTextDocument(file);
}

async function chooseTable(): Promise<string | undefined> {
  const found = await workspace.findFiles(tables, skipped, 200);
  const items = found
    .map((uri) => ({ label: workspace.asRelativePath(uri), path: uri.fsPath }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const browse = { label: '$(folder-opened) Another file…', path: '' };
  const chosen = await window.showQuickPick([...items, browse], { placeHolder: 'Which table?' });
  if (chosen !== browse) return chosen?.path;
  return (await window.showOpenDialog({ title: 'Which table?' }))?.[0]?.fsPath;
}

/** A file that is there already is never written over. */
async function freeName(stem: string): Promise<Uri> {
  for (let count = 1; ; count++) {
    const uri = Uri.file(`${stem}${count === 1 ? '' : `-${count}`}.experiment.yaml`);
    const taken = await workspace.fs.stat(uri).then(
      () => true,
      () => false,
    );
    if (!taken) return uri;
  }
}
