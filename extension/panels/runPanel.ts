/** The host of a run's panel: the run while it goes on, then its results; one panel a run. */
import { join } from 'node:path';
import { commands, type Disposable, Uri, window } from 'vscode';
import * as z from 'zod';
import { type FromRunPanel, fromRunPanelSchema, type ToRunPanel } from '../../server/protocol/panels.ts';
import { calls, type RunDetail } from '../../server/protocol/workbench.ts';
import { ServerFailure } from '../serverFailure.ts';
import type { Page, PageHost, PanelKind } from './panel.ts';
import { failureMessage, type PanelWorld } from './world.ts';

const subjectSchema = z.object({ workspace: z.string(), id: z.string() });
export type RunSubject = z.infer<typeof subjectSchema>;

export function runPanel(world: PanelWorld): PanelKind<RunSubject, ToRunPanel, FromRunPanel> {
  return {
    name: 'run',
    subject: subjectSchema,
    incoming: fromRunPanelSchema,
    titleOf: ({ id }) => `Run ${id}`,
    open: (subject, page) => openRun(world, subject, page),
  };
}

function openRun(world: PanelWorld, subject: RunSubject, page: Page<ToRunPanel>): PageHost<FromRunPanel> {
  const { server, list } = world;
  let shown: RunDetail | undefined;
  let after = 0;

  async function refresh(): Promise<void> {
    try {
      const run = await server.ask(calls.showRun, { ...subject, after });
      after = run.events.at(-1)?.sequence ?? after;
      shown = run;
      page.send({ type: 'run', run });
    } catch (error) {
      if (!(error instanceof ServerFailure)) throw error;
      page.send(failureMessage(error));
    }
  }

  /** Progress comes faster than a slow machine answers: one question at a time, and the last one counts. */
  let waiting = Promise.resolve();
  let asked = false;
  function refreshSoon(): Promise<void> {
    if (asked) return waiting;
    asked = true;
    waiting = waiting.then(() => {
      asked = false;
      return refresh();
    });
    return waiting;
  }

  const subscriptions: Disposable[] = [
    list.onProgress(({ id }) => (id === subject.id ? refreshSoon() : undefined)),
    server.onStarted(() => refreshSoon()),
  ];

  return {
    subscriptions,
    onMessage(message) {
      switch (message.type) {
        case 'ready':
          after = 0;
          return refreshSoon();
        case 'command':
          return commands.executeCommand(message.command, subject);
        case 'compare':
          return world.compare({ workspace: subject.workspace, ids: [message.with, subject.id] });
        case 'openExperiment':
          return shown === undefined ? undefined : window.showTextDocument(Uri.file(shown.file));
        case 'openFile': {
          const path = shown?.document?.artifacts[message.file];
          if (path === undefined) return undefined;
          const uri = Uri.file(join(subject.workspace, path));
          return message.file === 'card'
            ? window.showTextDocument(uri)
            : commands.executeCommand('revealFileInOS', uri);
        }
      }
    },
  };
}
