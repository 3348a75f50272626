/** A list of the server's that views follow: models, deployments. Read anew whenever the server says that it changed. */
import { type Event, EventEmitter, type ExtensionContext, type LogOutputChannel, workspace } from 'vscode';
import type { Call } from '../server/protocol/call.ts';
import type { Server } from './client.ts';
import { refreshing } from './refreshing.ts';
import { workspaceFolders } from './runList.ts';

export interface Followed<Entry> {
  readonly entries: readonly Entry[];
  refresh(): Promise<void>;
  readonly onListed: Event<void>;
}

export interface FollowedSource<Result, Entry> {
  /** For the log. */
  readonly what: string;
  readonly call: Call<{ workspaces: string[] }, Result>;
  entriesOf(result: Result): readonly Entry[];
  readonly onChanged: Event<unknown>;
}

export function createFollowed<Result, Entry>(
  context: ExtensionContext,
  { server, log }: { readonly server: Server; readonly log: LogOutputChannel },
  { what, call, entriesOf, onChanged }: FollowedSource<Result, Entry>,
): Followed<Entry> {
  const listed = new EventEmitter<void>();
  let entries: readonly Entry[] = [];

  const refresh = refreshing(
    async () => {
      const workspaces = workspaceFolders();
      const trusted = workspaces.length > 0 && workspace.isTrusted;
      entries = trusted ? entriesOf(await server.ask(call, { workspaces })) : [];
      listed.fire();
    },
    log,
    what,
  );

  context.subscriptions.push(
    listed,
    onChanged(refresh.quietly),
    server.onStarted(refresh.quietly),
    workspace.onDidChangeWorkspaceFolders(refresh.quietly),
  );
  return {
    get entries() {
      return entries;
    },
    refresh: refresh.now,
    onListed: listed.event,
  };
}
