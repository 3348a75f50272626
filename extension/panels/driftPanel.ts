/** The host of the drift panel: one comparison, computed by a process of its own and asked for again when a person wants it. */
import { CancellationTokenSource, commands } from 'vscode';
import * as z from 'zod';
import { driftCalls } from '../../server/protocol/monitor.ts';
import {
  type FromDriftPanel,
  fromDriftPanelSchema,
  type ToDriftPanel,
} from '../../server/protocol/panels.ts';
import { ServerFailure } from '../client.ts';
import type { Page, PageHost, PanelKind } from './panel.ts';
import { failureMessage, type PanelWorld } from './world.ts';

const subjectSchema = z.object({
  workspace: z.string(),
  /** Id of a deployment, or the path of a file. */
  subject: z.string(),
  /** What a file is compared with. */
  model: z.string().nullable(),
});
export type DriftSubject = z.infer<typeof subjectSchema>;

export function driftPanel(
  world: Pick<PanelWorld, 'server'>,
): PanelKind<DriftSubject, ToDriftPanel, FromDriftPanel> {
  return {
    name: 'drift',
    subject: subjectSchema,
    incoming: fromDriftPanelSchema,
    titleOf: ({ subject }) => `Drift: ${subject.split(/[\\/]/).at(-1) ?? subject}`.slice(0, 80),
    open: (subject, page) => openDrift(world, subject, page),
  };
}

function openDrift(
  { server }: Pick<PanelWorld, 'server'>,
  subject: DriftSubject,
  page: Page<ToDriftPanel>,
): PageHost<FromDriftPanel> {
  let running: CancellationTokenSource | undefined;

  async function compare(replay: boolean): Promise<void> {
    running?.cancel();
    const own = new CancellationTokenSource();
    running = own;
    page.send({ type: 'working', replay });
    try {
      const document = await server.ask(driftCalls.monitor, { ...subject, replay }, own.token);
      if (running === own) page.send({ type: 'drift', document });
    } catch (error) {
      if (!(error instanceof ServerFailure)) throw error;
      if (running !== own) return;
      page.send(error.failure.code === 'cancelled' ? { type: 'stopped' } : failureMessage(error));
    } finally {
      if (running === own) running = undefined;
    }
  }

  return {
    subscriptions: [{ dispose: () => running?.cancel() }],
    onMessage(message) {
      switch (message.type) {
        case 'ready':
          return compare(false);
        case 'compare':
          return compare(message.replay);
        case 'stop':
          return running?.cancel();
        case 'openRun':
          return commands.executeCommand('modelwright.run.open', {
            workspace: subject.workspace,
            id: message.id,
          });
      }
    },
  };
}
