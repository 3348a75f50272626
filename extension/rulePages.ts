/** What a rule looks for and why, as a page of the editor: behind “Explain” and the code of a finding. */
import { commands, type ExtensionContext, Uri, window, workspace } from 'vscode';
import { ruleNamed, rules } from '../server/catalog/rules.ts';
import { waitingRules } from '../server/catalog/waitingRules.ts';

const scheme = 'modelwright-rule';

export function registerRulePages(context: ExtensionContext): void {
  context.subscriptions.push(
    workspace.registerTextDocumentContentProvider(scheme, {
      async provideTextDocumentContent(uri) {
        const rule = ruleNamed(uri.path.replace(/^\/|\.md$/g, ''));
        if (rule === undefined) return 'There is no such rule.';
        // Texts and examples of two hundred pages, which no window needs before one is opened.
        const { ruleText } = await import('../server/catalog/rulePage.ts');
        return ruleText(rule, waitingRules[rule.id] === undefined);
      },
    }),
  );
}

export async function explainRule(given: unknown): Promise<void> {
  const id = typeof given === 'string' ? given : await chooseRule();
  if (id === undefined) return;
  await commands.executeCommand('markdown.showPreviewToSide', Uri.from({ scheme, path: `/${id}.md` }));
}

async function chooseRule(): Promise<string | undefined> {
  const items = rules.map(({ id, severity, detects }) => ({
    label: id,
    description: severity,
    detail: detects,
  }));
  const options = { placeHolder: 'Which rule?', matchOnDetail: true };
  return (await window.showQuickPick(items, options))?.label;
}
