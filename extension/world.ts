/** What commands work with: the server, what it lists, the log, and what shows each panel. */
import type { LogOutputChannel, ViewColumn } from 'vscode';
import type { DeploymentEntry } from '../server/protocol/deployments.ts';
import type { ModelEntry } from '../server/protocol/models.ts';
import type { RunPlace } from '../server/protocol/workbench.ts';
import type { Server } from './client.ts';
import type { Followed } from './followed.ts';
import type { Pages } from './pages.ts';
import type { CompareSubject } from './panels/comparePanel.ts';
import type { RequestFiles } from './requestFiles.ts';
import type { RunList } from './runList.ts';

export interface World {
  readonly server: Server;
  readonly list: RunList;
  readonly models: Followed<ModelEntry>;
  readonly deployments: Followed<DeploymentEntry>;
  readonly log: LogOutputChannel;
  readonly pages: Pages;
  readonly requests: RequestFiles;
  readonly panels: {
    run(subject: RunPlace): void;
    runs(subject: object): void;
    card(subject: RunPlace): void;
    data(subject: { uri: string }, column?: ViewColumn): void;
    compare(subject: CompareSubject): void;
    /** A deployment, or a file against a run. */
    drift(subject: { workspace: string; subject: string; model: string | null }): void;
  };
  /** In the tree, all runs of an experiment. */
  showAllRuns(experiment: string): void;
}
