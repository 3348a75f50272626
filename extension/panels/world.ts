/** What the hosts of panels work with. */
import type { PanelFailure } from '../../server/protocol/panels.ts';
import type { Server } from '../client.ts';
import type { RunList } from '../runList.ts';
import type { ServerFailure } from '../serverFailure.ts';

export interface PanelWorld {
  readonly server: Server;
  readonly list: RunList;
  /** Shows the panel that compares runs of one workspace, the first being the one compared with. */
  compare(subject: { readonly workspace: string; readonly ids: string[] }): void;
}

export function failureMessage({ failure: { code, message, help } }: ServerFailure): PanelFailure {
  return { type: 'failure', failure: { code, message, help } };
}
