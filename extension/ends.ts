/** Tells a person who is looking elsewhere that a run has ended or a deployment died: once, with one action. */
import { commands, type ExtensionContext, window, workspace } from 'vscode';
import type { DeploymentEntry } from '../server/protocol/deployments.ts';
import type { RunEntry } from '../server/protocol/workbench.ts';
import type { Followed } from './followed.ts';
import type { RunList } from './runList.ts';
import { headline, printable } from './wording.ts';
import type { World } from './world.ts';

export function tellEnds(context: ExtensionContext, list: RunList, panels: World['panels']): void {
  context.subscriptions.push(list.onEnded((run) => void tellEnd(run, panels)));
}

/** A deployment whose process is gone, told once. */
export function tellDeaths(context: ExtensionContext, deployments: Followed<DeploymentEntry>): void {
  let running = new Map<string, DeploymentEntry>();
  context.subscriptions.push(
    deployments.onListed(() => {
      for (const each of deployments.entries)
        if (each.status === 'died' && running.has(each.id)) void tellDeath(each);
      const now = deployments.entries.filter(({ status }) => status === 'running');
      running = new Map(now.map((each) => [each.id, each]));
    }),
  );
}

async function tellDeath({ workspace: folder, url, models }: DeploymentEntry): Promise<void> {
  if (workspace.getConfiguration('modelwright').get<string>('notifications', 'all') === 'none') return;
  const [model] = models;
  const sentence = `The deployment of ${printable(model?.name ?? '')} at ${url} is gone: its process was killed. Its log is kept.`;
  if ((await window.showWarningMessage(sentence, 'Serve again')) === undefined || model?.run == null) return;
  await commands.executeCommand('modelwright.model.serve', { workspace: folder, id: model.run });
}

async function tellEnd(run: RunEntry, panels: World['panels']): Promise<void> {
  const setting = workspace.getConfiguration('modelwright').get<string>('notifications', 'all');
  const failed = run.status === 'failed' || run.status === 'interrupted';
  if (setting === 'none' || (setting === 'failures' && !failed) || run.status === 'cancelled') return;
  if (window.tabGroups.all.some(({ activeTab }) => activeTab?.label === `Run ${run.id}`)) return;
  const name = printable(run.experiment);
  const result = run.metric === null ? '' : `: ${run.metric} ${headline(run)}`;
  const sentence = `${name} ${run.status}${result}.`;
  const show = failed ? window.showWarningMessage : window.showInformationMessage;
  if ((await show(sentence, 'Open run')) !== undefined) panels.run({ workspace: run.workspace, id: run.id });
}
