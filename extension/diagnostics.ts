/** What helps to find a fault, as text for the clipboard: versions and counts; no data, no names and no paths. */
import { type ExtensionContext, env, version, workspace } from 'vscode';
import type { RunList } from './runList.ts';

export function describeInstallation(context: ExtensionContext, list: RunList): string {
  const packaged: unknown = context.extension.packageJSON;
  const own =
    typeof packaged === 'object' && packaged !== null && 'version' in packaged ? packaged.version : '?';
  const statuses = new Map<string, number>();
  for (const { status } of list.runs) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const runs = [...statuses].map(([status, count]) => `${count} ${status}`).join(', ');
  return [
    `Modelwright ${String(own)}`,
    `Editor ${version}, ${env.appName}, remote ${env.remoteName ?? 'none'}, host ${env.appHost}`,
    `Node ${process.version}, ${process.platform} ${process.arch}`,
    `Folders ${workspace.workspaceFolders?.length ?? 0}, trusted ${workspace.isTrusted}`,
    `Runs ${runs === '' ? 'none' : runs}`,
  ].join('\n');
}
