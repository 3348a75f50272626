/**
 * What a window waits for: the server's process is started, and what may be asked for at once has its name. All else is
 * loaded right after (contents.ts), a file of its own.
 */
import type { ChildProcess } from 'node:child_process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { commands, type ExtensionContext, type LogOutputChannel, window } from 'vscode';
import type { Opened } from './contents.ts';
import { telling } from './failures.ts';
import { startServerProcess } from './serverProcess.ts';

let opening: Promise<Opened> | undefined;

/** `ready` resolves when the server has answered its first request, or a person was told that it cannot. */
export function activate(context: ExtensionContext): { readonly ready: Promise<void> } {
  const log = window.createOutputChannel('Modelwright', { log: true });
  context.subscriptions.push(log);
  const opened = openContents(context, log, startEarly(context, log));
  opening = opened;
  for (const id of contributed(context).commands)
    context.subscriptions.push(
      commands.registerCommand(id, (...given: unknown[]) =>
        telling(log, async () => (await opened).run(id, given)),
      ),
    );
  for (const viewType of contributed(context).panels)
    context.subscriptions.push(
      window.registerWebviewPanelSerializer(viewType, {
        async deserializeWebviewPanel(panel, state: unknown) {
          (await opened).revive(panel, state);
        },
      }),
    );
  return { ready: telling(log, async () => (await opened).ready) };
}

/** Undefined where it cannot be started: the client meets the same failure, and tells it. */
function startEarly(context: ExtensionContext, log: LogOutputChannel): ChildProcess | undefined {
  try {
    return startServerProcess(context, log);
  } catch {
    return undefined;
  }
}

async function openContents(
  context: ExtensionContext,
  log: LogOutputChannel,
  process: ChildProcess | undefined,
): Promise<Opened> {
  await nextTurn();
  const { openWindow } = await import('./contents.ts');
  return openWindow(context, log, process);
}

/** What package.json promises: ids of commands, and the types of panels that come back after a reload. */
function contributed({ extension }: ExtensionContext) {
  const manifest: {
    readonly activationEvents: readonly string[];
    readonly contributes: { readonly commands: readonly { readonly command: string }[] };
  } = extension.packageJSON;
  const event = 'onWebviewPanel:';
  return {
    commands: manifest.contributes.commands.map(({ command }) => command),
    panels: manifest.activationEvents
      .filter((name) => name.startsWith(event))
      .map((name) => name.slice(event.length)),
  };
}

export async function deactivate(): Promise<void> {
  await (await opening)?.stop();
}
