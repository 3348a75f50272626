/** Tells a person who is looking elsewhere that a run has ended: once, with one action. */
import { type ExtensionContext, window, workspace } from 'vscode';
import type { RunEntry } from '../server/protocol/workbench.ts';
import type { RunList } from './runList.ts';
import { headline, printable } from './wording.ts';
import type { World } from './world.ts';

export function tellEnds(context: ExtensionContext, list: RunList, panels: World['panels']): void {
  context.subscriptions.push(list.onEnded((run) => void tellEnd(run, panels)));
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
