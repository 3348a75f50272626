/** The request that Try it opens: a file in memory with a real row, sent by its lens or by saving it. */
import {
  CodeLens,
  type Disposable,
  EventEmitter,
  type ExtensionContext,
  type FileChangeEvent,
  FileSystemError,
  FileType,
  type LogOutputChannel,
  languages,
  Range,
  Uri,
  window,
  workspace,
} from 'vscode';
import * as z from 'zod';
import { type DeploymentEntry, deploymentCalls } from '../server/protocol/deployments.ts';
import type { Server } from './client.ts';
import { telling } from './failures.ts';
import type { Pages } from './pages.ts';
import { number4, printable } from './wording.ts';

const scheme = 'modelwright-request';

const subjectSchema = z.object({
  workspace: z.string(),
  id: z.string(),
  name: z.string(),
  url: z.string(),
  path: z.string(),
  origin: z.string(),
});
type Subject = z.infer<typeof subjectSchema>;

export interface RequestFiles {
  /** Opens a request with a real row, sends it, and shows the answer beside it. */
  open(deployment: DeploymentEntry): Promise<void>;
  /** Sends what stands in the request that is in front. */
  sendInFront(): Promise<void>;
}

export function registerRequestFiles(
  context: ExtensionContext,
  { server, log, pages }: { readonly server: Server; readonly log: LogOutputChannel; readonly pages: Pages },
): RequestFiles {
  const texts = new Map<string, Uint8Array>();
  const changed = new EventEmitter<FileChangeEvent[]>();

  async function send(subject: Subject, body: string): Promise<void> {
    const { workspace: place, id, name, url, path } = subject;
    const answer = await server.ask(deploymentCalls.ask, { workspace: place, id, path, body });
    const took = `${answer.status} in ${number4(answer.milliseconds)} ms`;
    const text = `// POST ${url}${path}\n// ${took}\n${indented(answer.body)}\n`;
    await pages.showAnswer({ kind: 'answer', workspace: place, id }, `Answer of ${name}`, text);
  }

  /** After a reload the text is gone; the row that it was made of is not. */
  async function read(uri: Uri): Promise<Uint8Array> {
    const known = texts.get(uri.toString());
    if (known !== undefined) return known;
    const { record } = await server.ask(deploymentCalls.example, subjectOf(uri));
    const text = new TextEncoder().encode(`${JSON.stringify(record, null, 2)}\n`);
    texts.set(uri.toString(), text);
    return text;
  }

  const nothing: Disposable = { dispose() {} };
  context.subscriptions.push(
    changed,
    workspace.registerFileSystemProvider(
      scheme,
      {
        onDidChangeFile: changed.event,
        watch: () => nothing,
        async stat(uri) {
          const { length } = await read(uri);
          return { type: FileType.File, ctime: 0, mtime: 0, size: length };
        },
        readDirectory: () => [],
        createDirectory: refuse,
        readFile: read,
        writeFile(uri, content) {
          texts.set(uri.toString(), content);
          const text = new TextDecoder().decode(content);
          void telling(log, () => send(subjectOf(uri), text));
        },
        delete: refuse,
        rename: refuse,
      },
      { isCaseSensitive: true },
    ),
    languages.registerCodeLensProvider({ scheme }, { provideCodeLenses: lensesOf }),
  );

  return {
    async open({ workspace: place, id, url, models }) {
      const name = models[0]?.name ?? id;
      const { path, record, origin } = await server.ask(deploymentCalls.example, { workspace: place, id });
      const title = printable(`Request to ${name}`).replaceAll(/[/\\?#]/g, '_');
      const subject: Subject = { workspace: place, id, name, url, path, origin };
      const uri = Uri.from({ scheme, path: `/${title}.json`, query: JSON.stringify(subject) });
      const text = `${JSON.stringify(record, null, 2)}\n`;
      if (!texts.has(uri.toString())) texts.set(uri.toString(), new TextEncoder().encode(text));
      const document = await workspace.openTextDocument(uri);
      await window.showTextDocument(document, { preview: false });
      await send(subject, document.getText());
    },
    async sendInFront() {
      const document = window.activeTextEditor?.document;
      if (document?.uri.scheme !== scheme) return;
      if (document.isDirty) await document.save();
      else await send(subjectOf(document.uri), document.getText());
    },
  };
}

function lensesOf({ uri }: { readonly uri: Uri }): CodeLens[] {
  const { url, path, origin } = subjectOf(uri);
  const at = new Range(0, 0, 0, 0);
  const send = { command: 'modelwright.deployment.send', title: '$(play) Send' };
  return [
    new CodeLens(at, { ...send, tooltip: 'Send this request; saving it does the same' }),
    new CodeLens(at, { command: '', title: plainTitle(`POST :${new URL(url).port}${path} · ${origin}`) }),
  ];
}

/** `$(` would draw an icon: the name is a user's text. */
function plainTitle(text: string): string {
  return printable(text, 120).replaceAll('$(', '$ (');
}

function subjectOf({ query }: Uri): Subject {
  return subjectSchema.parse(JSON.parse(query));
}

function refuse(): never {
  throw FileSystemError.NoPermissions('A request has no place on the disk.');
}

/** An answer that is no JSON is shown as it came. */
function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
