/** `Open the example`: three million real flights beside an experiment, copied to where a person wants them, and opened. */
import { commands, type ExtensionContext, ProgressLocation, Uri, window, workspace } from 'vscode';

const experiment = 'flights.experiment.yaml';
const data = 'flights-3m.parquet';
const folderName = 'flights-example';
/** What is to be opened when its folder has been. */
const pending = 'openExample';

export async function openExample(context: ExtensionContext): Promise<void> {
  const [found] = await workspace.findFiles(`**/${experiment}`, '**/{node_modules,.modelwright,.git}/**', 1);
  if (found !== undefined) {
    await window.showTextDocument(found, { preview: false });
    return;
  }
  const parent = await chooseParent();
  if (parent === undefined) return;
  const folder = Uri.joinPath(parent, folderName);
  const title = 'Copying the example';
  await window.withProgress({ location: ProgressLocation.Notification, title }, () =>
    copyExample(Uri.joinPath(context.extensionUri, 'examples'), folder),
  );
  const file = Uri.joinPath(folder, experiment);
  if (workspace.getWorkspaceFolder(file) !== undefined) {
    await window.showTextDocument(file, { preview: false });
    return;
  }
  await context.globalState.update(pending, file.toString());
  await commands.executeCommand('vscode.openFolder', folder);
}

/** After the folder of the example was opened: its experiment. */
export async function openPendingExample(context: ExtensionContext): Promise<void> {
  const wanted = context.globalState.get<string>(pending);
  if (wanted === undefined) return;
  const file = Uri.parse(wanted);
  if (workspace.getWorkspaceFolder(file) === undefined) return;
  await context.globalState.update(pending, undefined);
  await window.showTextDocument(file, { preview: false });
}

async function chooseParent(): Promise<Uri | undefined> {
  const here = (workspace.workspaceFolders ?? []).map(({ uri, name }) => ({
    label: `$(folder) In this folder`,
    description: `${name}/${folderName}`,
    uri,
  }));
  const other = { label: '$(folder-opened) Another folder…', description: '', uri: undefined };
  const chosen =
    here.length === 0
      ? other
      : await window.showQuickPick([...here, other], {
          placeHolder: 'Where is the example to be copied to? It takes 14 MB.',
        });
  if (chosen === undefined || chosen.uri !== undefined) return chosen?.uri;
  const [folder] =
    (await window.showOpenDialog({
      title: 'Open the example',
      openLabel: 'Copy the example here',
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  return folder;
}

/** What is there already stays as it is. */
async function copyExample(from: Uri, to: Uri): Promise<void> {
  await workspace.fs.createDirectory(Uri.joinPath(to, 'data'));
  for (const path of [experiment, `data/${data}`]) {
    const target = Uri.joinPath(to, path);
    const there = await workspace.fs.stat(target).then(
      () => true,
      () => false,
    );
    if (!there) await workspace.fs.copy(Uri.joinPath(from, path), target);
  }
}
