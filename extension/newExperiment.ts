/** A new experiment from a table: which table, which column is to be predicted, and the file is there. */
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CancellationTokenSource, ProgressLocation, Uri, window, workspace } from 'vscode';
import { dataFileEndings, dataFileStem, isDataFile } from '../server/catalog/dataFiles.ts';
import { calls } from '../server/protocol/workbench.ts';
import { type Server, ServerFailure } from './client.ts';
import { checkTrust } from './trust.ts';
import { printable } from './wording.ts';
import type { World } from './world.ts';

const endings = dataFileEndings.flatMap((ending) => [ending, ending.toUpperCase()]);
const tables = `**/*.{${endings.join(',')}}`;
const skipped = '**/{node_modules,.modelwright,.git,.vscode}/**';

export async function newExperiment({ server }: World): Promise<void> {
  // Before anything is asked of a person for nothing.
  checkTrust(calls.guessTargets.method);
  const data = await chooseTable();
  if (data === undefined) return;
  const target = await chooseTarget(server, data);
  if (target === undefined) return;
  const folder = workspace.getWorkspaceFolder(Uri.file(data))?.uri.fsPath ?? dirname(data);
  const options = { location: ProgressLocation.Window, title: `Reading ${printable(basename(data))}` };
  const { text } = await window.withProgress(options, () =>
    server.ask(calls.draftExperiment, { data, target, folder }),
  );
  const file = await written(join(folder, dataFileStem(basename(data))), text);
  await window.showTextDocument(file, { preview: false });
}

async function chooseTable(): Promise<string | undefined> {
  const found = await workspace.findFiles(tables, skipped, 500);
  const items = found
    .filter(({ path }) => isDataFile(basename(path)))
    .map((uri) => ({ label: printable(workspace.asRelativePath(uri), 200), path: uri.fsPath }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const browse = { label: '$(folder-opened) Another file…', path: '' };
  const chosen = await window.showQuickPick([...items, browse], {
    title: 'New experiment from data',
    placeHolder: items.length === 0 ? 'There is no table in this folder. Where is one?' : 'Which table?',
  });
  if (chosen !== browse) return chosen?.path;
  const filters = { Tables: [...dataFileEndings], 'All files': ['*'] };
  const [file] = (await window.showOpenDialog({ title: 'Which table?', openLabel: 'Use it', filters })) ?? [];
  return file?.fsPath;
}

/** The list is there at once, and fills when the table has been read; closing it ends the reading. */
async function chooseTarget(server: Server, data: string): Promise<string | undefined> {
  const reading = new CancellationTokenSource();
  const name = printable(basename(data));
  const items = server.ask(calls.guessTargets, { data }, reading.token).then(({ targets }) => {
    if (targets.length === 0) throw new ServerFailure(nothingToPredict(name));
    return targets.map((target) => ({ label: printable(target, 200), target }));
  });
  try {
    const chosen = await window.showQuickPick(items, {
      title: `New experiment from ${name}`,
      placeHolder: 'Which column is to be predicted? The likeliest stands first.',
    });
    return chosen?.target;
  } finally {
    reading.cancel();
    reading.dispose();
  }
}

function nothingToPredict(name: string) {
  return {
    code: 'nothing-to-predict',
    message: `No column of \`${name}\` can be predicted: each is a key, a date, a long text or the same in all rows.`,
    help: 'Choose another table, or write an experiment with `target` by hand.',
  };
}

/** `churn.experiment.yaml`, or `churn-2` and so on: what is there already is never written over. Throws ServerFailure. */
async function written(stem: string, text: string): Promise<Uri> {
  for (let count = 1; ; count++) {
    const file = `${stem}${count === 1 ? '' : `-${count}`}.experiment.yaml`;
    try {
      await writeFile(file, text, { flag: 'wx' });
      return Uri.file(file);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      if (code === 'EEXIST') continue;
      throw new ServerFailure({
        code: 'output-unwritable',
        message: `\`${basename(file)}\` cannot be written: ${code}.`,
        help: `Check that this user may write to ${dirname(file)}.`,
      });
    }
  }
}
