/** What a person finds when they open a folder with an experiment, in a real workbench. */
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands, type Diagnostic, extensions, languages, type Uri, window, workspace } from 'vscode';

export function defineEditorTests(): void {
  describe('an experiment in the editor', () => {
    it('is recognised as an experiment by its name', async () => {
      const document = await workspace.openTextDocument(
        experimentFile('named.experiment.yaml', 'target: churned\n'),
      );
      assert.equal(document.languageId, 'experiment');
    });

    it('shows a misspelt key as an error on that word, with the name that was meant', async () => {
      const uri = experimentFile('misspelt.experiment.yaml', 'data: churn.csv\ntraget: churned\n');
      await window.showTextDocument(await workspace.openTextDocument(uri));
      const finding = await diagnosticOf(uri, 'unknown-key');
      assert.match(finding.message, /`traget`.*`target`/);
      assert.deepEqual([finding.range.start.line, finding.range.start.character], [1, 0]);
      assert.equal(finding.range.end.character, 'traget'.length);
    });

    it('has its commands in the palette', async () => {
      await extensions.getExtension('modelwright.modelwright')?.activate();
      const own = extensions.getExtension('modelwright.modelwright')?.packageJSON.contributes.commands;
      const declared: string[] = own.map(({ command }: { command: string }) => command);
      const registered = (await commands.getCommands(true)).filter((id) => /^modelwright\.[a-z]+\./.test(id));
      const views =
        /^modelwright\.(experiments|runs|models|deployments)\.(focus|open|resetViewLocation|removeView|toggleVisibility)/;
      const known = registered.filter((id) => !views.test(id));
      assert.deepEqual(known.sort(), declared.sort());
    });

    it('still checks after the server was restarted', async () => {
      await commands.executeCommand('modelwright.server.restart');
      const uri = experimentFile('restarted.experiment.yaml', 'data: churn.csv\ntarget: [\n');
      await window.showTextDocument(await workspace.openTextDocument(uri));
      await diagnosticOf(uri, 'yaml-syntax');
    });
  });
}

function experimentFile(name: string, text: string): Uri {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  assert.ok(folder, 'the workbench opened no folder');
  const uri = folder.with({ path: join(folder.path, name) });
  writeFileSync(uri.fsPath, text);
  return uri;
}

/** Waits until the finding is there; the test's own time limit ends a wait in vain. */
async function diagnosticOf(uri: Uri, rule: string): Promise<Diagnostic> {
  for (;;) {
    const found = languages.getDiagnostics(uri).find(({ code }) => code === rule);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
