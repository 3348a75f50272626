/** The tree of runs: by experiment, newest first; the icon says the state, the description the result or the progress. */
import {
  EventEmitter,
  type ExtensionContext,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  type TreeView,
  window,
} from 'vscode';
import type { RunEntry } from '../../server/protocol/workbench.ts';
import type { RunList } from '../runList.ts';
import { age, duration, headline, printable, progressText } from '../wording.ts';

export type RunNode =
  | { readonly kind: 'group'; readonly experiment: string }
  | { readonly kind: 'run'; readonly run: RunEntry }
  | { readonly kind: 'more'; readonly experiment: string; readonly count: number };

const shownFirst = 50;

const icons = {
  running: new ThemeIcon('loading~spin'),
  finished: new ThemeIcon('pass', new ThemeColor('testing.iconPassed')),
  failed: new ThemeIcon('error', new ThemeColor('testing.iconFailed')),
  cancelled: new ThemeIcon('circle-slash'),
  interrupted: new ThemeIcon('debug-pause'),
} as const;

export interface RunsView {
  readonly view: TreeView<RunNode>;
  /** Shows all runs of an experiment, not only the newest 50. */
  showAll(experiment: string): void;
}

export function registerRunsView(context: ExtensionContext, list: RunList): RunsView {
  const changed = new EventEmitter<RunNode | undefined>();
  const whole = new Set<string>();
  /** The same node for the same run, so that progress redraws one line only. */
  let nodes = new Map<string, RunNode>();

  const provider: TreeDataProvider<RunNode> = {
    onDidChangeTreeData: changed.event,
    getChildren(node) {
      if (node === undefined) {
        return [...new Set(list.runs.map(({ experiment }) => experiment))].map((experiment) => ({
          kind: 'group',
          experiment,
        }));
      }
      if (node.kind !== 'group') return [];
      const own = list.runs.filter(({ experiment }) => experiment === node.experiment);
      const shown = whole.has(node.experiment) ? own : own.slice(0, shownFirst);
      const children = shown.map((run) => remember(nodes, run));
      const count = own.length - shown.length;
      return count === 0 ? children : [...children, { kind: 'more', experiment: node.experiment, count }];
    },
    getTreeItem(node) {
      if (node.kind === 'group') return groupItem(node.experiment, list);
      return node.kind === 'more' ? moreItem(node) : runItem(node.run, list);
    },
  };

  const view = window.createTreeView('modelwright.runs', {
    treeDataProvider: provider,
    canSelectMany: true,
    showCollapseAll: true,
  });
  const showBadge = () => {
    const running = list.runs.filter(({ status }) => status === 'running').length;
    view.badge = running === 0 ? undefined : { value: running, tooltip: `${running} running` };
  };
  context.subscriptions.push(
    changed,
    view,
    list.onListed(() => {
      nodes = new Map();
      showBadge();
      changed.fire(undefined);
    }),
    list.onProgress(({ id }) => {
      const node = nodes.get(id);
      if (node !== undefined) changed.fire(node);
    }),
  );
  return {
    view,
    showAll(experiment) {
      whole.add(experiment);
      changed.fire(undefined);
    },
  };
}

function remember(nodes: Map<string, RunNode>, run: RunEntry): RunNode {
  const node: RunNode = { kind: 'run', run };
  nodes.set(run.id, node);
  return node;
}

function groupItem(experiment: string, list: RunList): TreeItem {
  const count = list.runs.filter((run) => run.experiment === experiment).length;
  const item = new TreeItem(printable(experiment), TreeItemCollapsibleState.Expanded);
  item.id = `group ${experiment}`;
  item.description = `${count} ${count === 1 ? 'run' : 'runs'}`;
  item.contextValue = 'group';
  return item;
}

function moreItem({ experiment, count }: RunNode & { kind: 'more' }): TreeItem {
  const item = new TreeItem(`Show all (${count} more)`, TreeItemCollapsibleState.None);
  item.command = { command: 'modelwright.runs.showAll', title: 'Show all', arguments: [experiment] };
  return item;
}

function runItem(run: RunEntry, list: RunList): TreeItem {
  const item = new TreeItem(run.id, TreeItemCollapsibleState.None);
  const now = Date.now();
  const running = run.status === 'running';
  const result = run.status === 'finished' ? `${run.metric ?? ''} ${headline(run)}` : run.status;
  item.id = `${run.workspace} ${run.id}`;
  item.iconPath = icons[run.status];
  item.description = running ? progressText(list.eventOf(run.id)) : `${result} · ${age(run.started, now)}`;
  item.contextValue = `run-${run.status}`;
  item.tooltip = tooltip(run, list);
  item.command = { command: 'modelwright.run.open', title: 'Open run', arguments: [{ kind: 'run', run }] };
  item.accessibilityInformation = { label: `Run ${run.id}, ${run.status}, ${item.description}` };
  return item;
}

/** What differs from the run before of the same experiment. */
function tooltip(run: RunEntry, list: RunList): MarkdownString {
  const own = list.runs.filter(({ experiment }) => experiment === run.experiment);
  const before = own[own.findIndex(({ id }) => id === run.id) + 1];
  const paths = Object.keys({ ...before?.settings, ...run.settings });
  const differing = paths.filter(
    (path) => before !== undefined && before.settings[path] !== run.settings[path],
  );
  const took =
    run.ended === null ? '' : `, took ${duration((Date.parse(run.ended) - Date.parse(run.started)) / 1000)}`;
  const lines = [
    `Run ${run.id}: ${run.status}, started ${new Date(run.started).toLocaleString()}${took}`,
    before === undefined ? 'The first run of this experiment' : `Against ${before.id}:`,
    ...differing
      .slice(0, 10)
      .map((path) => `${path}: ${before?.settings[path] ?? 'not set'} → ${run.settings[path] ?? 'not set'}`),
    ...(before !== undefined && differing.length === 0 ? ['the same settings'] : []),
  ];
  // appendText escapes markup: settings and names are a user's text.
  const text = new MarkdownString();
  for (const line of lines) text.appendText(printable(line, 300)).appendMarkdown('\n\n');
  return text;
}
