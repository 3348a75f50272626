/** What all panels share: one webview a subject, a page without unsafe parts, and its way back after a reload. */
import { randomBytes } from 'node:crypto';
import {
  type Disposable,
  type ExtensionContext,
  Uri,
  ViewColumn,
  type Webview,
  type WebviewPanel,
  window,
} from 'vscode';
import type * as z from 'zod';

/** A live panel as its host sees it. */
export interface Page<ToPanel> {
  send(message: ToPanel): void;
  setTitle(title: string): void;
  close(): void;
}

export interface PageHost<FromPanel> {
  onMessage(message: FromPanel): unknown;
  readonly subscriptions: readonly Disposable[];
}

export interface PanelKind<Subject, ToPanel, FromPanel> {
  /** `run`: the folder in webviews/, and the end of the view type. */
  readonly name: 'run' | 'runs' | 'card' | 'compare' | 'data' | 'drift';
  /** What a panel is about; kept by the webview across reloads, so it is checked when it comes back. */
  readonly subject: z.ZodType<Subject>;
  readonly incoming: z.ZodType<FromPanel>;
  titleOf(subject: Subject): string;
  open(subject: Subject, page: Page<ToPanel>): PageHost<FromPanel>;
}

export interface Shower<Subject> {
  readonly viewType: string;
  /** Shows the open panel of the same subject, or a new one. */
  show(subject: Subject, column?: ViewColumn): void;
  /** Fills one that came back with the window; one whose subject cannot be read is closed. */
  revive(panel: WebviewPanel, state: unknown): void;
}

export function createShower<Subject, ToPanel, FromPanel>(
  context: ExtensionContext,
  kind: PanelKind<Subject, ToPanel, FromPanel>,
  options: { readonly run: (work: () => unknown) => unknown },
): Shower<Subject> {
  const viewType = `modelwright.${kind.name}`;
  const resources = Uri.joinPath(context.extensionUri, 'dist', 'webviews');
  const settings = { enableScripts: true, localResourceRoots: [resources] };
  const open = new Map<string, WebviewPanel>();

  function fill(panel: WebviewPanel, subject: Subject): void {
    const key = JSON.stringify(subject);
    open.set(key, panel);
    panel.webview.options = settings;
    panel.iconPath = Uri.joinPath(context.extensionUri, 'media', 'modelwright.svg');
    const page: Page<ToPanel> = {
      send: (message) => void panel.webview.postMessage(message),
      setTitle: (title) => {
        panel.title = title;
      },
      close: () => panel.dispose(),
    };
    const host = kind.open(subject, page);
    const listening = panel.webview.onDidReceiveMessage((raw: unknown) =>
      options.run(() => host.onMessage(kind.incoming.parse(raw))),
    );
    panel.onDidDispose(() => {
      open.delete(key);
      for (const each of [listening, ...host.subscriptions]) each.dispose();
    });
    panel.webview.html = pageHtml(panel.webview, {
      resources,
      name: kind.name,
      subject,
      title: kind.titleOf(subject),
    });
  }

  return {
    viewType,
    show(subject, column = ViewColumn.Active) {
      const shown = open.get(JSON.stringify(subject));
      if (shown !== undefined) {
        shown.reveal();
        return;
      }
      // The page keeps its scroll and what was typed in it while another tab is in front.
      const more = { ...settings, retainContextWhenHidden: true, enableFindWidget: true };
      fill(window.createWebviewPanel(viewType, kind.titleOf(subject), column, more), subject);
    },
    revive(panel, state) {
      const subject = kind.subject.safeParse(subjectOf(state));
      if (subject.success) fill(panel, subject.data);
      else panel.dispose();
    },
  };
}

function subjectOf(state: unknown): unknown {
  return typeof state === 'object' && state !== null && 'subject' in state ? state.subject : undefined;
}

interface PageParts {
  readonly resources: Uri;
  readonly name: string;
  readonly subject: unknown;
  readonly title: string;
}

function pageHtml(webview: Webview, { resources, name, subject, title }: PageParts): string {
  const nonce = randomBytes(16).toString('base64');
  const uri = (file: string) => webview.asWebviewUri(Uri.joinPath(resources, file)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource}`,
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${uri('panel.css')}">
</head>
<body data-subject="${escapeHtml(JSON.stringify(subject))}">
<main id="${name}" aria-busy="true"></main>
<script nonce="${nonce}" src="${uri(`${name}.js`)}"></script>
</body>
</html>`;
}

function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => names[character] ?? character);
}
