/** The resolved experiment as a read-only document beside the file; it follows what is typed there. */
import { basename } from 'node:path';
import { EventEmitter, type ExtensionContext, Uri, ViewColumn, window, workspace } from 'vscode';
import { languageCalls } from '../server/protocol/languageCalls.ts';
import type { Server } from './client.ts';
import { openExperiment } from './experimentEdits.ts';
import type { World } from './world.ts';

const scheme = 'modelwright-resolved';
/** While a person types, the text beside it is made anew at most so often. Milliseconds. */
const pause = 200;

export function registerResolvedView(context: ExtensionContext, server: Server): void {
  const changed = new EventEmitter<Uri>();
  let timer: NodeJS.Timeout | undefined;
  const refresh = () => {
    for (const { uri } of workspace.textDocuments) if (uri.scheme === scheme) changed.fire(uri);
  };
  context.subscriptions.push(
    changed,
    { dispose: () => clearTimeout(timer) },
    workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      async provideTextDocumentContent(uri) {
        const { of, variant } = subjectOf(uri);
        await workspace.openTextDocument(Uri.parse(of));
        return (await server.ask(languageCalls.resolved, { uri: of, variant })).text;
      },
    }),
    workspace.onDidChangeTextDocument(({ document: { languageId } }) => {
      if (languageId !== 'experiment') return;
      clearTimeout(timer);
      timer = setTimeout(refresh, pause);
    }),
    server.onStarted(refresh),
  );
}

/** Of the editor in front, a tree's line or a lens; of a variant, with its overlay. */
export async function showResolved(world: World, given: unknown): Promise<void> {
  const opened = await openExperiment(world, given);
  if (opened === undefined) return;
  const { document, variant } = opened;
  const name = basename(document.uri.path).replace(/\.?experiment\.ya?ml$/, '');
  const title = `${[name, variant].filter((part) => part !== null && part !== '').join(' ')} resolved.yaml`;
  const query = JSON.stringify({ of: document.uri.toString(), variant });
  const uri = Uri.from({ scheme, path: `/${title}`, query });
  await window.showTextDocument(await workspace.openTextDocument(uri), {
    viewColumn: ViewColumn.Beside,
    preserveFocus: true,
    preview: true,
  });
}

function subjectOf(uri: Uri): { of: string; variant: string | null } {
  const given: unknown = JSON.parse(uri.query);
  const subject = typeof given === 'object' && given !== null ? given : {};
  const variant = 'variant' in subject && typeof subject.variant === 'string' ? subject.variant : null;
  return { of: 'of' in subject ? String(subject.of) : '', variant };
}
