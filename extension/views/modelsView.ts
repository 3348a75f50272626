/** The tree of registered models: name, then its versions with aliases, stage and the result of their run. */
import {
  EventEmitter,
  type ExtensionContext,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  window,
} from 'vscode';
import type { ModelEntry, VersionEntry } from '../../server/protocol/models.ts';
import type { Followed } from '../followed.ts';
import { age, headline, printable } from '../wording.ts';

export type ModelNode =
  | { readonly kind: 'model'; readonly model: ModelEntry }
  | { readonly kind: 'version'; readonly version: VersionEntry };

const icons = {
  production: new ThemeIcon('rocket', new ThemeColor('testing.iconPassed')),
  staging: new ThemeIcon('versions'),
  candidate: new ThemeIcon('circle-outline'),
  archived: new ThemeIcon('archive'),
} as const;

export function registerModelsView(context: ExtensionContext, models: Followed<ModelEntry>): void {
  const changed = new EventEmitter<void>();
  const provider: TreeDataProvider<ModelNode> = {
    onDidChangeTreeData: changed.event,
    getChildren(node) {
      if (node?.kind === 'version') return [];
      if (node?.kind === 'model') return node.model.versions.map((version) => ({ kind: 'version', version }));
      return models.entries.map((model) => ({ kind: 'model', model }));
    },
    getTreeItem: (node) => (node.kind === 'model' ? modelItem(node.model) : versionItem(node.version)),
  };
  context.subscriptions.push(
    changed,
    models.onListed(() => changed.fire()),
    window.createTreeView('modelwright.models', { treeDataProvider: provider, showCollapseAll: true }),
  );
}

function modelItem({ workspace, name, versions }: ModelEntry): TreeItem {
  const item = new TreeItem(printable(name), TreeItemCollapsibleState.Expanded);
  const production = versions.find(({ stage }) => stage === 'production');
  const count = `${versions.length} ${versions.length === 1 ? 'version' : 'versions'}`;
  item.id = `${workspace} ${name}`;
  item.iconPath = new ThemeIcon('package');
  item.description =
    production === undefined
      ? `${count}, none in production`
      : `${count}, ${production.version} in production`;
  item.contextValue = 'model';
  return item;
}

function versionItem(version: VersionEntry): TreeItem {
  const item = new TreeItem(`Version ${version.version}`, TreeItemCollapsibleState.None);
  const result = version.metric === null ? '' : ` · ${version.metric} ${headline(version)}`;
  item.id = `${version.workspace} ${version.name}/${version.version}`;
  item.iconPath = icons[version.stage];
  item.description = `${standing(version)}${result} · ${age(version.created, Date.now())}`;
  item.contextValue = 'version';
  item.tooltip = new MarkdownString();
  const lines = [
    `${version.name}, version ${version.version}: ${standing(version)}`,
    `Made by run ${version.run}, registered ${new Date(version.created).toLocaleString()}`,
  ];
  // appendText escapes markup: a name is a user's text.
  for (const line of lines) item.tooltip.appendText(printable(line, 300)).appendMarkdown('\n\n');
  item.command = {
    command: 'modelwright.card.show',
    title: 'Show model card',
    arguments: [{ kind: 'version', version }],
  };
  item.accessibilityInformation = {
    label: `${printable(version.name)}, version ${version.version}, ${item.description}`,
  };
  return item;
}

/** `production, champion`, or the stage where it has no alias. */
function standing({ stage, aliases }: VersionEntry): string {
  const others = aliases.filter((alias) => alias !== stage);
  return [stage, ...others].join(', ');
}
