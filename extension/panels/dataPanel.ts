/** The host of the data panel: what an experiment's table holds, what was found about it, and the rows behind a finding. */
import { commands, EventEmitter, Range, Uri, ViewColumn, window, workspace } from 'vscode';
import * as z from 'zod';
import {
  type ColumnQuery,
  type FromDataPanel,
  fromDataPanelSchema,
  type ToDataPanel,
} from '../../server/protocol/dataPanel.ts';
import { type DataDocument, languageCalls } from '../../server/protocol/languageCalls.ts';
import { ServerFailure } from '../client.ts';
import { selectColumns } from '../columnQuery.ts';
import type { Page, PageHost, PanelKind } from './panel.ts';
import { failureMessage, type PanelWorld } from './world.ts';

/** A finding, as its quick fix names it. */
export interface WantedFinding {
  readonly rule: string;
  readonly path: string;
  readonly column?: string;
}

/** Of an experiment's document. */
const subjectSchema = z.object({ uri: z.string() });
type DataSubject = z.infer<typeof subjectSchema>;

/** Findings whose rows the panels are to show next, by document. */
const wanted = new Map<string, WantedFinding>();
const wants = new EventEmitter<string>();

/** Before the panel is shown, or while it is. */
export function wantRows(uri: string, finding: WantedFinding): void {
  wanted.set(uri, finding);
  wants.fire(uri);
}

export function dataPanel(
  world: Pick<PanelWorld, 'server'>,
): PanelKind<DataSubject, ToDataPanel, FromDataPanel> {
  return {
    name: 'data',
    subject: subjectSchema,
    incoming: fromDataPanelSchema,
    titleOf: ({ uri }) => `Data of ${nameOf(uri)}`,
    open: (subject, page) => openData(world, subject, page),
  };
}

function openData(
  { server }: Pick<PanelWorld, 'server'>,
  { uri }: DataSubject,
  page: Page<ToDataPanel>,
): PageHost<FromDataPanel> {
  let data: DataDocument | undefined;
  let query: ColumnQuery | undefined;
  let timer: NodeJS.Timeout | undefined;

  const telling = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ServerFailure)) throw error;
      page.send(failureMessage(error));
    }
  };
  const sendColumns = () => {
    if (data === undefined || query === undefined) return;
    page.send({ type: 'columns', from: query.from, ...selectColumns(data.columns, query) });
  };
  const load = () =>
    telling(async () => {
      // The server knows what is open in an editor.
      await workspace.openTextDocument(Uri.parse(uri));
      data = await server.ask(languageCalls.data, { uri });
      const { columns, ...head } = data;
      page.send({ type: 'data', data: head, columns: columns.length });
      sendColumns();
      await showWanted();
    });
  const showWanted = async () => {
    const finding = wanted.get(uri);
    if (finding === undefined || data === undefined) return;
    wanted.delete(uri);
    const { findings } = data;
    const same = findings.find(
      ({ rule, path, column }) =>
        rule === finding.rule && path === finding.path && column === (finding.column ?? null),
    );
    if (same?.question != null)
      await rows(same.message, { type: 'rows', title: same.message, question: same.question });
  };
  const rows = (title: string, { question }: Extract<FromDataPanel, { type: 'rows' }>) =>
    telling(async () => {
      page.send({ type: 'rows', title, rows: await server.ask(languageCalls.rows, { uri, question }) });
    });

  return {
    subscriptions: [
      wants.event((of) => {
        if (of === uri) void showWanted();
      }),
      workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.toString() !== uri) return;
        clearTimeout(timer);
        timer = setTimeout(() => void load(), 500);
      }),
      { dispose: () => clearTimeout(timer) },
    ],
    async onMessage(message) {
      switch (message.type) {
        case 'query':
          query = message.query;
          if (data === undefined) await load();
          else sendColumns();
          return;
        case 'rows':
          return rows(message.title, message);
        case 'reveal':
          return reveal(uri, data?.findings[message.finding]?.range);
        case 'openExperiment':
          return reveal(uri, undefined);
        case 'command':
          return commands.executeCommand(message.command, Uri.parse(uri));
      }
    },
  };
}

async function reveal(uri: string, range: DataDocument['findings'][number]['range'] | undefined) {
  const at =
    range === undefined
      ? {}
      : {
          selection: new Range(range.start.line, range.start.character, range.end.line, range.end.character),
        };
  await window.showTextDocument(Uri.parse(uri), { viewColumn: ViewColumn.One, ...at });
}

function nameOf(uri: string): string {
  const file = Uri.parse(uri).path.split('/').at(-1) ?? '';
  return file.replace(/\.?experiment\.ya?ml$/, '') || file;
}
