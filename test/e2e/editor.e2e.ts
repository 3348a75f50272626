/** What a person finds when they open a folder with an experiment, in a real workbench. */
import { strict as assert } from 'node:assert';
import { commands, type Diagnostic, extensions, languages, type Uri, window, workspace } from 'vscode';
import { until, writtenFile } from './workspaceFiles.ts';

export function defineEditorTests(): void {
  describe('an experiment in the editor', () => {
    it('is recognised as an experiment by its name', async () => {
      const document = await workspace.openTextDocument(
        writtenFile('named.experiment.yaml', 'target: churned\n'),
      );
      assert.equal(document.languageId, 'experiment');
    });

    it('shows a misspelt key as an error on that word, with the name that was meant', async () => {
      const uri = writtenFile('misspelt.experiment.yaml', 'data: churn.csv\ntraget: churned\n');
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
      const uri = writtenFile('restarted.experiment.yaml', 'data: churn.csv\ntarget: [\n');
      await window.showTextDocument(await workspace.openTextDocument(uri));
      await diagnosticOf(uri, 'yaml-syntax');
    });
  });
}

/** Waits until the finding is there. */
function diagnosticOf(uri: Uri, rule: string): Promise<Diagnostic> {
  return until(() => languages.getDiagnostics(uri).find(({ code }) => code === rule));
}
