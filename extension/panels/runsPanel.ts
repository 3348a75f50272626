/** The host of the runs panel: filters and sorts all runs and hands out the rows that are in view. */
import { commands } from 'vscode';
import * as z from 'zod';
import {
  type FromRunsPanel,
  fromRunsPanelSchema,
  type RunQuery,
  type ToRunsPanel,
} from '../../server/protocol/panels.ts';
import { selectRuns } from '../runQuery.ts';
import type { Page, PageHost, PanelKind } from './panel.ts';
import type { PanelWorld } from './world.ts';

const subjectSchema = z.object({});
type RunsSubject = z.infer<typeof subjectSchema>;

export function runsPanel(world: PanelWorld): PanelKind<RunsSubject, ToRunsPanel, FromRunsPanel> {
  return {
    name: 'runs',
    subject: subjectSchema,
    incoming: fromRunsPanelSchema,
    titleOf: () => 'Runs',
    open: (_, page) => openRuns(world, page),
  };
}

function openRuns({ list, compare }: PanelWorld, page: Page<ToRunsPanel>): PageHost<FromRunsPanel> {
  let query: RunQuery | undefined;
  function send(): void {
    if (query === undefined) return;
    const progress = Object.fromEntries(
      list.runs
        .filter(({ status }) => status === 'running')
        .map(({ id }) => [id, list.eventOf(id)?.fraction ?? 0]),
    );
    page.send({ type: 'window', from: query.from, ...selectRuns(list.runs, query), progress });
  }
  return {
    subscriptions: [list.onListed(send), list.onProgress(send)],
    onMessage(message) {
      switch (message.type) {
        case 'query':
          query = message.query;
          return send();
        case 'open':
          return commands.executeCommand('modelwright.run.open', placeOf(message.id));
        case 'compare': {
          const [first] = message.ids;
          const place = first === undefined ? undefined : placeOf(first);
          return place && compare({ workspace: place.workspace, ids: message.ids });
        }
        case 'run':
          return commands.executeCommand('modelwright.experiment.run');
      }
    },
  };

  function placeOf(id: string) {
    const run = list.find(id);
    return run && { workspace: run.workspace, id };
  }
}
