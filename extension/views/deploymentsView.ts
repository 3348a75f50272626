/** The tree of deployments: what is served, on which port, how often it is asked, how fast it answers; then what has ended. */
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
import type { DeploymentEntry } from '../../server/protocol/deployments.ts';
import type { Followed } from '../followed.ts';
import { age, number4, printable, servingText } from '../wording.ts';

type ServedModel = DeploymentEntry['models'][number];

export type DeploymentNode =
  | { readonly kind: 'deployment'; readonly deployment: DeploymentEntry }
  | { readonly kind: 'served'; readonly model: ServedModel; readonly deployment: DeploymentEntry }
  | { readonly kind: 'ended' };

/** Of those that have ended. */
const endedShown = 20;

export function registerDeploymentsView(
  context: ExtensionContext,
  deployments: Followed<DeploymentEntry>,
): void {
  const changed = new EventEmitter<void>();
  const ended = () => deployments.entries.filter(({ status }) => status !== 'running').slice(0, endedShown);
  const nodeOf = (deployment: DeploymentEntry): DeploymentNode => ({ kind: 'deployment', deployment });

  const provider: TreeDataProvider<DeploymentNode> = {
    onDidChangeTreeData: changed.event,
    getChildren(node) {
      if (node?.kind === 'served') return [];
      if (node?.kind === 'ended') return ended().map(nodeOf);
      if (node?.kind === 'deployment') {
        const { deployment } = node;
        return deployment.models.map((model) => ({ kind: 'served', model, deployment }));
      }
      const running = deployments.entries.filter(({ status }) => status === 'running').map(nodeOf);
      return ended().length === 0 ? running : [...running, { kind: 'ended' }];
    },
    getTreeItem(node) {
      if (node.kind === 'served') return servedItem(node);
      return node.kind === 'ended' ? endedItem(ended()) : deploymentItem(node.deployment);
    },
  };
  context.subscriptions.push(
    changed,
    deployments.onListed(() => changed.fire()),
    window.createTreeView('modelwright.deployments', { treeDataProvider: provider }),
  );
}

const icons = {
  running: new ThemeIcon('broadcast', new ThemeColor('testing.iconPassed')),
  stopped: new ThemeIcon('circle-slash'),
  died: new ThemeIcon('error', new ThemeColor('testing.iconFailed')),
} as const;

function deploymentItem(deployment: DeploymentEntry): TreeItem {
  const { workspace, id, status, models, started } = deployment;
  const name = printable(models.map((model) => model.name).join(', '));
  const running = status === 'running';
  const many = models.length > 1 && running;
  const item = new TreeItem(name, many ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None);
  item.id = `${workspace} ${id}`;
  item.iconPath = icons[status];
  item.description = running ? servingText(deployment) : `${status} · ${age(started, Date.now())}`;
  item.contextValue = `deployment-${status}`;
  item.tooltip = tooltip(deployment);
  item.command = {
    command: 'modelwright.deployment.open',
    title: 'Open deployment',
    arguments: [{ kind: 'deployment', deployment }],
  };
  item.accessibilityInformation = { label: `Deployment of ${name}, ${status}, ${item.description}` };
  return item;
}

function servedItem({ model, deployment }: DeploymentNode & { kind: 'served' }): TreeItem {
  const item = new TreeItem(printable(model.name), TreeItemCollapsibleState.None);
  item.id = `${deployment.workspace} ${deployment.id} ${model.name}/${model.version}`;
  item.iconPath = new ThemeIcon('package');
  item.description = `version ${printable(model.version)} · ${model.requests} requests`;
  return item;
}

function endedItem(ended: readonly DeploymentEntry[]): TreeItem {
  const died = ended.filter(({ status }) => status === 'died').length;
  const item = new TreeItem('Ended', TreeItemCollapsibleState.Collapsed);
  item.id = 'ended';
  item.description = died === 0 ? String(ended.length) : `${ended.length}, ${died} died`;
  return item;
}

function tooltip({ id, url, pid, status, started, models, requests, errors, p50, p95 }: DeploymentEntry) {
  const served = models.map(({ name, version }) => `${name}, version ${version}`).join('; ');
  const since = new Date(started).toLocaleString();
  const latency = (value: number | null) => (value === null ? 'not known yet' : `${number4(value)} ms`);
  const lines = [
    served,
    status === 'running' ? `${url}, process ${pid}, since ${since}` : `${status}; started ${since}`,
    `${requests} requests, ${errors} errors, p50 ${latency(p50)}, p95 ${latency(p95)}`,
    `Deployment ${id}`,
  ];
  const text = new MarkdownString();
  for (const line of lines) text.appendText(printable(line, 300)).appendMarkdown('\n\n');
  return text;
}
