/** The host of the panel that lays runs side by side: what differs in the settings beside what differs in the results. */
import { commands } from 'vscode';
import * as z from 'zod';
import {
  type FromComparePanel,
  fromComparePanelSchema,
  type ToComparePanel,
} from '../../server/protocol/panels.ts';
import { calls } from '../../server/protocol/workbench.ts';
import { ServerFailure } from '../serverFailure.ts';
import type { PanelKind } from './panel.ts';
import { failureMessage, type PanelWorld } from './world.ts';

const subjectSchema = z.union([
  z.object({ workspace: z.string(), ids: z.array(z.string()).min(2).max(20) }),
  calls.compareExperiments.params,
]);
export type CompareSubject = z.infer<typeof subjectSchema>;

export function comparePanel({
  server,
  list,
}: Omit<PanelWorld, 'compare'>): PanelKind<CompareSubject, ToComparePanel, FromComparePanel> {
  return {
    name: 'compare',
    subject: subjectSchema,
    incoming: fromComparePanelSchema,
    titleOf(subject) {
      if ('sides' in subject) return `Compare ${subject.sides.length} experiments`;
      const { ids } = subject;
      return ids.length === 2 ? `Compare ${ids.join(' and ')}` : `Compare ${ids.length} runs`;
    },
    open: (subject, page) => ({
      subscriptions: [],
      async onMessage(message) {
        if (message.type === 'open') {
          const place = { workspace: subject.workspace, id: message.id };
          await commands.executeCommand('modelwright.run.open', place);
          return;
        }
        try {
          if ('sides' in subject) {
            const comparison = await server.ask(calls.compareExperiments, subject);
            page.send({ type: 'experiments', comparison });
            return;
          }
          const comparison = await server.ask(calls.compareRuns, subject);
          const runs = comparison.runs.map((id) => list.find(id)).filter((run) => run !== undefined);
          page.send({ type: 'comparison', comparison, runs });
        } catch (error) {
          if (!(error instanceof ServerFailure)) throw error;
          page.send(failureMessage(error));
        }
      },
    }),
  };
}
