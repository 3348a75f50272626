/** The tree of experiments: file, then its variants; beside each its last result. */
import { basename } from 'node:path';
import {
  EventEmitter,
  type ExtensionContext,
  MarkdownString,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  Uri,
  window,
  workspace,
} from 'vscode';
import { calls, type ExperimentEntry, type RunEntry } from '../../server/protocol/workbench.ts';
import type { Server } from '../client.ts';
import { type RunList, workspaceFolders } from '../runList.ts';
import { age, headline, printable, progressText } from '../wording.ts';

export type ExperimentNode =
  | { readonly kind: 'experiment'; readonly experiment: ExperimentEntry }
  | { readonly kind: 'variant'; readonly experiment: ExperimentEntry; readonly variant: string };

const pattern = '**/{*.experiment.yaml,*.experiment.yml,experiment.yaml}';

export function registerExperimentsView(context: ExtensionContext, server: Server, list: RunList): void {
  const changed = new EventEmitter<void>();
  let experiments: Promise<readonly ExperimentEntry[]> | undefined;

  const read = async () => {
    const answer = await server.ask(calls.listExperiments, { workspaces: workspaceFolders() });
    return answer.experiments;
  };
  const forget = () => {
    experiments = undefined;
    changed.fire();
  };

  const provider: TreeDataProvider<ExperimentNode> = {
    onDidChangeTreeData: changed.event,
    async getChildren(node) {
      if (node?.kind === 'variant') return [];
      if (node?.kind === 'experiment') {
        const { experiment } = node;
        return experiment.variants.map((variant) => ({ kind: 'variant', experiment, variant }));
      }
      experiments ??= read();
      // A server that is just being started tells the view when it is there.
      const found = await experiments.catch((): readonly ExperimentEntry[] => []);
      return found.map((experiment) => ({ kind: 'experiment', experiment }));
    },
    getTreeItem: (node) =>
      node.kind === 'experiment' ? experimentItem(node.experiment, list) : variantItem(node),
  };

  const watcher = workspace.createFileSystemWatcher(pattern);
  context.subscriptions.push(
    changed,
    watcher,
    watcher.onDidCreate(forget),
    watcher.onDidDelete(forget),
    watcher.onDidChange(forget),
    workspace.onDidChangeWorkspaceFolders(forget),
    server.onStarted(forget),
    list.onListed(() => changed.fire()),
    window.createTreeView('modelwright.experiments', { treeDataProvider: provider, showCollapseAll: true }),
  );
}

function experimentItem(experiment: ExperimentEntry, list: RunList): TreeItem {
  const { file, path, name, variants, workspace: folder } = experiment;
  const state = variants.length > 0 ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None;
  const item = new TreeItem(printable(name), state);
  const own = list.runs.filter((run) => run.file === file && run.workspace === folder);
  item.resourceUri = Uri.file(file);
  item.iconPath = new ThemeIcon('beaker');
  item.description = describe(own, list);
  item.tooltip = new MarkdownString().appendText(path === name ? path : `${name} (${path})`);
  item.contextValue = 'experiment';
  item.command = { command: 'vscode.open', title: 'Open', arguments: [Uri.file(file)] };
  item.accessibilityInformation = { label: `${printable(name)}, ${basename(file)}, ${item.description}` };
  return item;
}

function describe(own: readonly RunEntry[], list: RunList): string {
  const running = own.find(({ status }) => status === 'running');
  if (running !== undefined) return progressText(list.eventOf(running.id));
  const last = own.find(({ status }) => status === 'finished');
  if (last === undefined) return own.length === 0 ? 'never run' : `last run ${own[0]?.status}`;
  return `${last.metric ?? ''} ${headline(last)} · ${age(last.started, Date.now())}`;
}

function variantItem({ experiment, variant }: ExperimentNode & { kind: 'variant' }): TreeItem {
  const item = new TreeItem(printable(variant), TreeItemCollapsibleState.None);
  item.iconPath = new ThemeIcon('git-branch');
  item.contextValue = 'variant';
  item.description = 'variant';
  item.command = { command: 'vscode.open', title: 'Open', arguments: [Uri.file(experiment.file)] };
  return item;
}
