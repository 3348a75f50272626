/** The host of a model card's panel: the card of a finished run, exported where a person wants it. */
import { commands, Position, Selection, Uri, window, workspace } from 'vscode';
import * as z from 'zod';
import { type FromCardPanel, fromCardPanelSchema, type ToCardPanel } from '../../server/protocol/panels.ts';
import { calls } from '../../server/protocol/workbench.ts';
import { ServerFailure } from '../serverFailure.ts';
import type { Page, PanelKind } from './panel.ts';
import { failureMessage, type PanelWorld } from './world.ts';

const subjectSchema = z.object({ workspace: z.string(), id: z.string() });
type CardSubject = z.infer<typeof subjectSchema>;

export function cardPanel(world: PanelWorld): PanelKind<CardSubject, ToCardPanel, FromCardPanel> {
  return {
    name: 'card',
    subject: subjectSchema,
    incoming: fromCardPanelSchema,
    titleOf: ({ id }) => `Model card ${id}`,
    open: (subject, page) => ({
      subscriptions: [world.server.onStarted(() => sendCard(world, subject, page))],
      onMessage(message) {
        switch (message.type) {
          case 'ready':
            return sendCard(world, subject, page);
          case 'command':
            return commands.executeCommand(message.command, subject);
          case 'export':
            return exportCard(world, subject, message.format);
          case 'write':
            return openSetting(world, subject, message.path);
        }
      },
    }),
  };
}

async function sendCard(
  { server }: PanelWorld,
  subject: CardSubject,
  page: Page<ToCardPanel>,
): Promise<void> {
  try {
    const { card } = await server.ask(calls.card, subject);
    page.setTitle(`Model card: ${card.title}`);
    page.send({ type: 'card', card, run: subject.id });
  } catch (error) {
    if (!(error instanceof ServerFailure)) throw error;
    page.send(failureMessage(error));
  }
}

async function exportCard(
  { server }: PanelWorld,
  subject: CardSubject,
  format: 'md' | 'html' | 'json',
): Promise<void> {
  const { text } = await server.ask(calls.exportCard, { ...subject, format });
  const target = await window.showSaveDialog({
    defaultUri: Uri.joinPath(Uri.file(subject.workspace), `MODEL_CARD.${format}`),
    title: 'Export model card',
  });
  if (target === undefined) return;
  await workspace.fs.writeFile(target, new TextEncoder().encode(text));
  await window.showTextDocument(target);
}

/** Where the person writes: the section `card:` of the experiment, or its end when there is none yet. */
async function openSetting({ server }: PanelWorld, subject: CardSubject, path: string): Promise<void> {
  const { file } = await server.ask(calls.showRun, { ...subject, after: Number.MAX_SAFE_INTEGER });
  const document = await workspace.openTextDocument(Uri.file(file));
  const section = path.split('.')[0] ?? 'card';
  const lines = document.getText().split('\n');
  const found = lines.findIndex((line) => line.startsWith(`${section}:`));
  const line = found === -1 ? document.lineCount - 1 : found;
  const end = new Position(line, document.lineAt(line).text.length);
  await window.showTextDocument(document, { selection: new Selection(end, end) });
}
