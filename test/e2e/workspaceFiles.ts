/** Files of the folder that the workbench under test has open, and waiting for what it does with them. */
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Uri, workspace } from 'vscode';

export function writtenFile(name: string, text: string): Uri {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  assert.ok(folder, 'the workbench opened no folder');
  const uri = folder.with({ path: join(folder.path, name) });
  writeFileSync(uri.fsPath, text);
  return uri;
}

/** Waits until there is something; the test's own time limit ends a wait in vain. */
export async function until<T>(
  look: () => T | false | undefined | Promise<T | false | undefined>,
): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== false && found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
