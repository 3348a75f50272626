/** Beside Red Hat's YAML extension: an experiment is ours alone, other YAML theirs alone, and nothing is said twice. */
import { strict as assert } from 'node:assert';
import {
  type CompletionList,
  commands,
  extensions,
  type Hover,
  languages,
  Position,
  type TextDocument,
  type TextEdit,
  type Uri,
  window,
  workspace,
} from 'vscode';
import { until, writtenFile } from './workspaceFiles.ts';

const experiment = 'data:   shop.csv\ntarget: late\nmetrc: roc_auc\nreplicas: many\n';
const plain = 'image:   shop\nreplicas: many\ntarget: late\n';

export function defineBesideYamlTests(): void {
  describe('beside another YAML extension', () => {
    it('an experiment has our findings alone, also when theirs are there', async () => {
      const uri = await open('shop.experiment.yaml', experiment);
      await until(() => codesOf(uri).includes('unknown-key'));
      // Theirs looks at both by now, if it looks at experiments at all.
      const other = await open('deploy.yaml', plain);
      await until(() => sourcesOf(other).length > 0);
      assert.deepEqual([...new Set(sourcesOf(uri))], ['modelwright']);
      assert.equal(codesOf(uri).filter((code) => code === 'unknown-key').length, 2);
    });

    it('other YAML has their findings alone', async () => {
      const uri = await open('deploy.yaml', plain);
      await until(() => sourcesOf(uri).length > 0);
      assert.equal(sourcesOf(uri).includes('modelwright'), false);
      assert.equal(languages.getDiagnostics(uri).length, 2);
    });

    it('each file is completed and explained by one of the two, once', async () => {
      const ours = await open('shop.experiment.yaml', experiment);
      const theirs = await open('deploy.yaml', plain);
      assert.equal(extensions.getExtension('redhat.vscode-yaml')?.isActive, true);
      const [own, other] = [
        await offered(ours, new Position(4, 0)),
        await offered(theirs, new Position(3, 0)),
      ];
      assert.equal(own.filter((label) => label === 'split').length, 1);
      assert.equal(own.includes('image'), false);
      assert.equal(other.includes('split'), false);
      assert.match(await hover(ours, new Position(1, 2)), /column/i);
      assert.match(await hover(theirs, new Position(1, 2)), /How many copies run/);
    });

    it('formatting goes to the one whose file it is', async () => {
      const ours = await open('tidy.experiment.yaml', 'data:   shop.csv\nsplit: {test:   0.2}\n');
      const theirs = await open('tidy.yaml', 'image:   shop\n');
      assert.equal(await formatted(ours), 'data: shop.csv\nsplit: {test: 0.2}\n');
      assert.equal(await formatted(theirs), 'image: shop\n');
    });

    it('where a person sets an experiment to plain YAML, broken text is told by one of them', async () => {
      const uri = await open('both.experiment.yaml', 'target: late\nmetrc: [\n');
      await languages.setTextDocumentLanguage(await workspace.openTextDocument(uri), 'yaml');
      await until(() => sourcesOf(uri).some((source) => source !== 'modelwright'));
      await until(() => !codesOf(uri).includes('yaml-syntax'));
    });
  });
}

async function open(name: string, text: string): Promise<Uri> {
  const uri = writtenFile(name, text);
  await window.showTextDocument(await workspace.openTextDocument(uri));
  return uri;
}

function sourcesOf(uri: Uri): string[] {
  return languages.getDiagnostics(uri).map(({ source }) => source ?? '');
}

function codesOf(uri: Uri): unknown[] {
  return languages.getDiagnostics(uri).map(({ code }) => code);
}

/** Labels that the providers of completion give together; words of the text are the editor's own. */
async function offered(uri: Uri, at: Position): Promise<string[]> {
  const list = await commands.executeCommand<CompletionList>('vscode.executeCompletionItemProvider', uri, at);
  return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
}

/** What the one hover says; more than one provider would give more. */
async function hover(uri: Uri, at: Position): Promise<string> {
  const given = await commands.executeCommand<Hover[]>('vscode.executeHoverProvider', uri, at);
  assert.equal(given.length, 1);
  return (given[0]?.contents ?? []).map((part) => (typeof part === 'string' ? part : part.value)).join('\n');
}

async function formatted(uri: Uri): Promise<string> {
  const document: TextDocument = await workspace.openTextDocument(uri);
  const edits = await until(async () => {
    const given = await commands.executeCommand<TextEdit[] | undefined>(
      'vscode.executeFormatDocumentProvider',
      uri,
      { tabSize: 2, insertSpaces: true },
    );
    return given !== undefined && given.length > 0 && given;
  });
  const before = document.getText();
  return edits
    .toSorted((a, b) => document.offsetAt(b.range.start) - document.offsetAt(a.range.start))
    .reduce(
      (text, { range, newText }) =>
        text.slice(0, document.offsetAt(range.start)) + newText + text.slice(document.offsetAt(range.end)),
      before,
    );
}
