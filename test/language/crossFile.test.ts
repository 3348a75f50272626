/** Names across the files that extend each other, and paths that follow moved files. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { SymbolKind, TextDocumentEdit, TextEdit, type WorkspaceEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { definitionsAt, referencesAt, renameAt } from '../../server/language/navigation.ts';
import { type ProjectFiles, relatedFiles } from '../../server/language/relatedFiles.ts';
import { renamedFilesEdit } from '../../server/language/renamedFiles.ts';
import { workspaceSymbols } from '../../server/language/workspaceSymbols.ts';
import { file, workspace } from '../lint/marked.ts';
import { openText, withCursor } from './open.ts';

const base = join(workspace, 'base.experiment.yaml');
const sibling = join(workspace, 'sibling.experiment.yaml');
const stranger = join(workspace, 'stranger.experiment.yaml');
const own =
  'extends: base.experiment.yaml\ndata:\n  source: data/churn.csv\n  filter: "late and `monthly fee` > 1"\nsplit: "${vars.cutoff}"\nfeatures: [tenure]\n';
const texts: Record<string, string> = {
  [file]: own,
  [base]:
    'name: base\nvars: {cutoff: 2025-07-01}\ndata: {derive: [{name: late, expr: tenure > 3}]}\ntarget: late\nvariants:\n  small: {split: 0.4}\n',
  [sibling]: 'extends: [base.experiment.yaml]\nsplit: "${vars.cutoff}"\n',
  [stranger]: 'vars: {cutoff: 1}\nsplit: "${vars.cutoff}"\n',
};
const project: ProjectFiles = {
  list: () => Object.keys(texts),
  read: (path) => (texts[path] === undefined ? undefined : { text: texts[path] ?? '', version: null }),
};

const open = openText(own);
const related = relatedFiles(open, project);
const at = (needle: string) => withCursor(own.replace(needle, `|${needle}`)).position;

/** Each file's text after the edit, by name. */
function applied(edit: WorkspaceEdit | undefined): Record<string, string> {
  return Object.fromEntries(
    (edit?.documentChanges ?? []).flatMap((change) => {
      if (!TextDocumentEdit.is(change)) return [];
      const path = decodeURIComponent(new URL(change.textDocument.uri).pathname);
      const edits = change.edits.filter((each) => TextEdit.is(each));
      const before = TextDocument.create('', '', 0, texts[path] ?? '');
      return [[path, TextDocument.applyEdits(before, edits)]];
    }),
  );
}

describe('files that extend each other', () => {
  test('are found in both directions, strangers are not', () => {
    expect(related.map(({ uri }) => uri)).toEqual(
      [file, base, sibling].map((path) => pathToFileURL(path).href),
    );
  });

  test('share definitions and references', () => {
    expect(definitionsAt(open, at('cutoff'), related).map(({ uri }) => uri)).toEqual([
      pathToFileURL(base).href,
    ]);
    expect(referencesAt(open, at('cutoff'), true, related)).toHaveLength(3);
    expect(referencesAt(open, at('late'), false, related)).toHaveLength(2);
  });

  test('are renamed in together', () => {
    const edit = applied(renameAt(open, at('cutoff'), 'start-day', related));
    expect(edit).toEqual({
      [file]: own.replace('vars.cutoff', 'vars.start-day'),
      [base]: texts[base]?.replace('cutoff', 'start-day'),
      [sibling]: texts[sibling]?.replace('cutoff', 'start-day'),
    });
  });

  test('a column of the data is renamed wherever experiments name it, spelt as its place asks', () => {
    const edit = applied(renameAt(open, at('tenure'), 'months with us', related));
    expect(edit[file]).toBe(own.replace('[tenure]', '["months with us"]'));
    expect(edit[base]).toBe(texts[base]?.replace('tenure > 3', '"`months with us` > 3"'));
  });

  test('a name that is taken, or cannot be written, is refused in words', () => {
    expect(() => renameAt(open, at('late'), 'late\n', related)).toThrow('cannot be a name here');
    const twice = openText('vars: {a: 1, b: 2}\nsplit: "${vars.a}"\n');
    expect(() => renameAt(twice, { line: 0, character: 7 }, 'b')).toThrow('There is a variable `b` already.');
  });
});

test('symbols of all experiments are found by some of their letters', () => {
  const names = (query: string) => workspaceSymbols(query, project).map(({ name }) => name);
  expect(names('')).toEqual(expect.arrayContaining(['churn', 'base', 'sibling', 'cutoff', 'late', 'small']));
  expect(names('ctf')).toEqual(['cutoff', 'cutoff']);
});

test('a symbol tells its file once, by its place', () => {
  expect(workspaceSymbols('small', project)).toEqual([
    {
      name: 'small',
      kind: SymbolKind.Class,
      location: {
        uri: pathToFileURL(base).href,
        range: { start: { line: 5, character: 2 }, end: { line: 5, character: 7 } },
      },
    },
  ]);
});

test('paths follow files and folders that are moved', () => {
  const move = (from: string, to: string) =>
    applied(
      renamedFilesEdit(
        [
          {
            oldUri: pathToFileURL(join(workspace, from)).href,
            newUri: pathToFileURL(join(workspace, to)).href,
          },
        ],
        project,
      ),
    );
  expect(move('base.experiment.yaml', 'shared/base.experiment.yaml')).toEqual({
    [file]: own.replace('base.experiment.yaml', 'shared/base.experiment.yaml'),
    [sibling]: texts[sibling]?.replace('base.experiment.yaml', 'shared/base.experiment.yaml'),
  });
  expect(move('data', 'rows')[file]).toBe(own.replace('data/churn.csv', 'rows/churn.csv'));
  expect(move('churn.experiment.yaml', 'deep/churn.experiment.yaml')[file]).toBe(
    own
      .replace('base.experiment.yaml', '../base.experiment.yaml')
      .replace('data/churn.csv', '../data/churn.csv'),
  );
});
