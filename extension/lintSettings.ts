/** How a person wants experiments to be checked, as the server is told it (server/language/lintSettings.ts). */
import { workspace } from 'vscode';

export function lintSettings(): Readonly<Record<string, unknown>> {
  const settings = workspace.getConfiguration('modelwright.lint');
  return { run: settings.get('run'), dataRules: settings.get('dataRules') };
}
