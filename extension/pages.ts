/** Read-only pages beside the panels: audit log, lineage, a deployment, its log, an answer. Text that is made when it is asked for. */
import { commands, EventEmitter, type ExtensionContext, Uri, ViewColumn, window, workspace } from 'vscode';
import * as z from 'zod';
import { type DeploymentEntry, deploymentCalls } from '../server/protocol/deployments.ts';
import { type ModelEntry, modelCalls } from '../server/protocol/models.ts';
import type { Server } from './client.ts';
import type { Followed } from './followed.ts';
import { auditText, deploymentText, lineageText, logText } from './pageTexts.ts';
import { ServerFailure } from './serverFailure.ts';
import { printable } from './wording.ts';

const scheme = 'modelwright';

const subjectSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('audit'), workspace: z.string(), name: z.string() }),
  z.object({ kind: z.literal('lineage'), workspace: z.string(), name: z.string(), version: z.int() }),
  z.object({ kind: z.literal('deployment'), workspace: z.string(), id: z.string() }),
  z.object({ kind: z.literal('log'), workspace: z.string(), id: z.string() }),
  z.object({ kind: z.literal('answer'), workspace: z.string(), id: z.string() }),
]);
export type PageSubject = z.infer<typeof subjectSchema>;

export interface Pages {
  /** `title` names the tab. */
  show(subject: PageSubject, title: string): Promise<void>;
  /** Beside the request; a later answer of the same deployment takes its place. */
  showAnswer(subject: PageSubject & { kind: 'answer' }, title: string, text: string): Promise<void>;
}

interface PageWorld {
  readonly server: Server;
  readonly models: Followed<ModelEntry>;
  readonly deployments: Followed<DeploymentEntry>;
}

/** Predictions that the log page shows. */
const logged = 200;

export function registerPages(context: ExtensionContext, { server, models, deployments }: PageWorld): Pages {
  const changed = new EventEmitter<Uri>();
  const answers = new Map<string, string>();

  const refresh = (kinds: readonly PageSubject['kind'][]) => () => {
    for (const { uri } of workspace.textDocuments) {
      const subject = uri.scheme === scheme ? subjectOf(uri) : undefined;
      if (subject !== undefined && kinds.includes(subject.kind)) changed.fire(uri);
    }
  };

  async function textOf(subject: PageSubject): Promise<string> {
    switch (subject.kind) {
      case 'audit':
        return auditText(subject.name, (await server.ask(modelCalls.audit, subject)).changes);
      case 'lineage':
        return lineageText(subject, await server.ask(modelCalls.lineage, subject));
      case 'deployment':
        return deploymentText(
          deployments.entries.find(
            ({ id, workspace: place }) => id === subject.id && place === subject.workspace,
          ),
        );
      case 'log':
        return logText((await server.ask(deploymentCalls.logs, { ...subject, limit: logged })).records);
      case 'answer':
        return answers.get(subject.id) ?? 'This answer is gone. Send the request again.';
    }
  }

  context.subscriptions.push(
    changed,
    workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      async provideTextDocumentContent(uri) {
        const subject = subjectOf(uri);
        if (subject === undefined) return 'This page cannot be shown: its address is not one of Modelwright.';
        try {
          return await textOf(subject);
        } catch (error) {
          if (!(error instanceof ServerFailure)) throw error;
          return `${error.failure.message}\n\n${error.failure.help}\n`;
        }
      },
    }),
    models.onListed(refresh(['audit', 'lineage'])),
    deployments.onListed(refresh(['deployment', 'log', 'lineage'])),
  );

  return {
    async show(subject, title) {
      const uri = uriOf(subject, title);
      if (subject.kind !== 'log') {
        await commands.executeCommand('markdown.showPreview', uri);
        return;
      }
      const editor = await window.showTextDocument(uri, { preview: true });
      // The newest stand at the end.
      const end = editor.document.lineAt(editor.document.lineCount - 1).range;
      editor.revealRange(end);
    },
    async showAnswer(subject, title, text) {
      answers.set(subject.id, text);
      const uri = uriOf(subject, title);
      changed.fire(uri);
      await window.showTextDocument(uri, {
        viewColumn: ViewColumn.Beside,
        preserveFocus: true,
        preview: true,
      });
    },
  };
}

/** The path is what the tab shows, the query what the page is about. */
function uriOf(subject: PageSubject, title: string): Uri {
  const name = printable(title).replaceAll(/[/\\?#]/g, '_');
  const ending = { log: 'jsonl', answer: 'jsonc' } as const;
  const extension = subject.kind === 'log' || subject.kind === 'answer' ? ending[subject.kind] : 'md';
  return Uri.from({ scheme, path: `/${name}.${extension}`, query: JSON.stringify(subject) });
}

function subjectOf({ query }: Uri): PageSubject | undefined {
  try {
    return subjectSchema.parse(JSON.parse(query));
  } catch {
    return undefined;
  }
}
