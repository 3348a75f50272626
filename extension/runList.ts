/** The runs of all open folders as the views, panels and the status bar know them, kept up to date by the server. */
import { type Event, EventEmitter, type ExtensionContext, type LogOutputChannel, workspace } from 'vscode';
import type { RunEvent } from '../server/protocol/runMessages.ts';
import { calls, type RunEntry, type RunPlace } from '../server/protocol/workbench.ts';
import type { Server } from './client.ts';
import { refreshing } from './refreshing.ts';

/** As many as panels and trees can be asked to show. */
const most = 10_000;

export interface RunList {
  /** Newest first. */
  readonly runs: readonly RunEntry[];
  /** Of a running one. */
  eventOf(id: string): RunEvent | undefined;
  find(id: string): RunEntry | undefined;
  refresh(): Promise<void>;
  /** Runs came, ended or were deleted. */
  readonly onListed: Event<void>;
  /** A running one got further, or its state changed. */
  readonly onProgress: Event<RunPlace>;
  /** A run that was running has ended. */
  readonly onEnded: Event<RunEntry>;
}

/** Absolute paths of the open folders. */
export function workspaceFolders(): string[] {
  return (workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => uri.fsPath);
}

export function createRunList(context: ExtensionContext, server: Server, log: LogOutputChannel): RunList {
  const listed = new EventEmitter<void>();
  const progress = new EventEmitter<RunPlace>();
  const ended = new EventEmitter<RunEntry>();
  const events = new Map<string, RunEvent>();
  let runs: readonly RunEntry[] = [];

  async function refresh(): Promise<void> {
    const before = new Set(runs.filter(({ status }) => status === 'running').map(({ id }) => id));
    const workspaces = workspaceFolders();
    // Which runs there were tells more than an untrusted folder should be asked for.
    const trusted = workspaces.length > 0 && workspace.isTrusted;
    runs = trusted ? (await server.ask(calls.listRuns, { workspaces, limit: most })).runs : [];
    for (const run of runs) {
      if (run.status === 'running') continue;
      events.delete(run.id);
      if (before.has(run.id)) ended.fire(run);
    }
    listed.fire();
    for (const { workspace: folder, id, status } of runs) {
      if (status === 'running' || before.has(id)) progress.fire({ workspace: folder, id });
    }
  }

  const again = refreshing(refresh, log, 'runs');

  context.subscriptions.push(
    listed,
    progress,
    ended,
    server.onRunsChanged(({ workspace: folder, listed: changed, running }) => {
      for (const { id, event } of running) {
        if (event !== null) events.set(id, event);
        if (!changed) progress.fire({ workspace: folder, id });
      }
      if (changed || running.length === 0) again.quietly();
    }),
    server.onStarted(again.quietly),
    workspace.onDidChangeWorkspaceFolders(again.quietly),
  );

  return {
    get runs() {
      return runs;
    },
    eventOf: (id) => events.get(id),
    find: (id) => runs.find((run) => run.id === id),
    refresh: again.now,
    onListed: listed.event,
    onProgress: progress.event,
    onEnded: ended.event,
  };
}
