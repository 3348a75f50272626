/** What this machine can do: a page of the editor, the chosen engine in the status bar, and installing one more. */
import {
  commands,
  EventEmitter,
  type ExtensionContext,
  env,
  StatusBarAlignment,
  Uri,
  window,
  workspace,
} from 'vscode';
import { engines } from '../server/catalog/engines.ts';
import { type Diagnosis, diagnoseCall } from '../server/protocol/doctor.ts';
import type { Server } from './client.ts';
import { printable } from './wording.ts';
import type { World } from './world.ts';

const scheme = 'modelwright-doctor';
const page = Uri.from({ scheme, path: '/What can this machine do.md' });

/** The status bar asks once the server runs, in the background: an engine may have to be measured. */
export function registerDoctor(context: ExtensionContext, server: Server): void {
  const changed = new EventEmitter<Uri>();
  const item = window.createStatusBarItem('modelwright.engine', StatusBarAlignment.Right, 10);
  item.name = 'Modelwright engine';
  item.command = 'modelwright.doctor.show';
  const show = async () => {
    try {
      const diagnosis = await askDoctor(server);
      const text = printable(describeChosen(diagnosis), 40);
      // `$(` would draw an icon: the name is a driver's text.
      item.text = `$(chip) ${text.replaceAll('$(', '$ (')}`;
      item.tooltip = `${diagnosis.reason} What can this machine do?`;
      item.accessibilityInformation = { label: `Networks are trained on ${text}` };
      item.show();
    } catch {
      // The page says why; an empty place says nothing wrong.
      item.hide();
    }
  };
  context.subscriptions.push(
    changed,
    item,
    server.onStarted(show),
    workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: async () => render(await askDoctor(server)),
    }),
    window.onDidCloseTerminal(({ name }) => {
      if (name !== terminalName) return;
      changed.fire(page);
      return show();
    }),
  );
}

export async function showDoctor(): Promise<void> {
  await commands.executeCommand('markdown.showPreview', page);
}

const terminalName = 'Modelwright engine';

/** In a terminal, where it tells its sizes, asks, and shows what it does. */
export async function installEngine(context: ExtensionContext, { server }: World): Promise<void> {
  const { engines: reports } = await askDoctor(server);
  const items = (['tensorflow', 'lightgbm', 'xgboost'] as const).map((id) => ({
    label: engines[id].title,
    description: reports.find((report) => report.id === id)?.available ? 'installed' : '',
    detail: engines[id].doc,
    id,
  }));
  const options = { placeHolder: 'Which engine?', matchOnDetail: true };
  const chosen = await window.showQuickPick(items, options);
  if (chosen === undefined) return;
  const node = workspace.getConfiguration('modelwright').get<string>('nodePath', '');
  window
    .createTerminal({
      name: terminalName,
      shellPath: node === '' ? process.execPath : node,
      shellArgs: [context.asAbsolutePath('dist/cli.js'), 'engine', 'install', chosen.id],
      env: { ELECTRON_RUN_AS_NODE: '1' },
    })
    .show();
}

function askDoctor(server: Server): Promise<Diagnosis> {
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? env.appRoot;
  return server.ask(diagnoseCall, { workspace: folder });
}

function describeChosen({ chosen, engines: reports }: Diagnosis): string {
  const device = reports.find(({ id }) => id === chosen)?.device ?? '';
  return [titleOf(chosen), device].filter((part) => part !== '').join(', ');
}

function titleOf(id: string): string {
  return Object.entries(engines).find(([name]) => name === id)?.[1].title ?? id;
}

function render(diagnosis: Diagnosis): string {
  const { engines: reports, reason, machine } = diagnosis;
  const cell = (text: string) => printable(text).replace(/[\\|<&*_`[\]]/g, '\\$&');
  const rows = reports.map(
    ({ id, available, device, reason: why, fix }) =>
      `| ${cell(titleOf(id))} | ${available ? 'yes' : 'no'} | ${cell(device)} | ${cell(why)} ${cell(fix)} |`,
  );
  const network = machine.network === null ? 'local' : `${machine.network}: nothing can be recorded there`;
  return [
    '# What can this machine do?',
    '',
    cell(reason),
    '',
    '| Engine | Here | Device | Why |',
    '|---|---|---|---|',
    ...rows,
    '',
    `Node ${machine.node} on ${machine.platform}, ${machine.threads} threads; glibc ${machine.glibc ?? 'unknown'}; DuckDB ${machine.duckdb ?? 'missing'}; better-sqlite3 ${machine.sqlite ?? 'missing'}; ONNX Runtime ${machine.onnxRuntime ?? 'missing'}; ${(machine.freeBytes / 1e9).toFixed(1)} GB free; file system ${network}.`,
    '',
    'More engines: the command “Modelwright: Install engine…”.',
    '',
  ].join('\n');
}
