/** In a workspace that is not trusted, experiments are read and checked as text: nothing else is asked of the server. */
import { workspace } from 'vscode';
import { languageCalls } from '../server/protocol/languageCalls.ts';
import { calls } from '../server/protocol/workbench.ts';
import { ServerFailure } from './serverFailure.ts';

/** They read no more than texts: the server opens no data either while it is told that there is no trust. */
const textOnly: ReadonlySet<string> = new Set(
  [calls.listExperiments, languageCalls.resolved, languageCalls.edit].map(({ method }) => method),
);

/** Throws ServerFailure for what may run code, open data or write. */
export function checkTrust(method: string): void {
  if (workspace.isTrusted || textOnly.has(method)) return;
  throw new ServerFailure({
    code: 'workspace-not-trusted',
    message: 'This folder is not trusted: experiments are only read and checked as text in it.',
    help: 'Trust it with the command “Workspaces: Manage Workspace Trust”.',
  });
}
