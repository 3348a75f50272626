/** Every feature of the editor, asked as the workbench asks it, through the extension and its server, over one small project. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
import { strict as assert } from 'node:assert';
import { mkdirSync } from 'node:fs';
import { basename } from 'node:path';
import {
  type CodeAction,
  type CodeLens,
  commands,
  DiagnosticTag,
  type DocumentHighlight,
  type DocumentLink,
  type DocumentSymbol,
  type FoldingRange,
  type InlayHint,
  type Location,
  languages,
  type Position,
  Range,
  type SelectionRange,
  type SemanticTokens,
  type SemanticTokensLegend,
  type SignatureHelp,
  type SymbolInformation,
  type TextDocument,
  type TextEdit,
  type Uri,
  type WorkspaceEdit,
  window,
  workspace,
} from 'vscode';
import { baseText, churnRows, churnText } from './churnProject.ts';
import { until, writtenFile } from './workspaceFiles.ts';

export function defineProviderTests(): void {
  describe('what the workbench asks of an experiment', () => {
    let churn: TextDocument;
    let base: TextDocument;

    before(async () => {
      const folder = workspace.workspaceFolders?.[0]?.uri.fsPath;
      mkdirSync(`${folder}/churn`, { recursive: true });
      writtenFile('churn/rows.csv', churnRows());
      base = await workspace.openTextDocument(writtenFile('churn/base.experiment.yaml', baseText));
      churn = await workspace.openTextDocument(writtenFile('churn/churn.experiment.yaml', churnText));
      await window.showTextDocument(churn);
      // The data are known.
      await until(() => codesOf(churn.uri).includes('sentinel-value'));
    });

    /** Before the nth of these words in the experiment. */
    const at = (words: string, nth = 0): Position => {
      let offset = -1;
      for (let count = 0; count <= nth; count++) offset = churnText.indexOf(words, offset + 1);
      assert.notEqual(offset, -1, words);
      return churn.positionAt(offset);
    };
    const ask = async <Answer>(command: string, ...given: readonly unknown[]) =>
      await commands.executeCommand<Answer>(`vscode.${command}`, ...given);
    /** `churn 7:30 loyal`. */
    const place = ({ uri, range }: Pick<Location, 'uri' | 'range'>) => {
      const document = uri.fsPath === base.uri.fsPath ? base : churn;
      const name = basename(uri.fsPath).replace('.experiment.yaml', '');
      return `${name} ${range.start.line}:${range.start.character} ${document.getText(range)}`;
    };
    /** Texts of both files after an edit that is not made. */
    const edited = (edit: WorkspaceEdit): string[] =>
      [churn, base].map((document) => applied(document, edit.get(document.uri)));

    it('definitions: of a column, a variable and a variant where they are given, of a path its file', async () => {
      const of = async (position: Position) =>
        (await ask<Location[]>('executeDefinitionProvider', churn.uri, position)).map(place);
      assert.deepEqual(await of(at('loyal, agee')), ['base 4:13 loyal']);
      assert.deepEqual(await of(at('most}')), ['base 1:7 most']);
      assert.deepEqual(await of(at('base.exp')), ['base 0:0 ']);
      assert.deepEqual(await of(at('rows.csv')), ['rows.csv 0:0 ']);
      assert.deepEqual(await of(at('0.25')), []);
    });

    it('references: in both files, and in the expression around a variable', async () => {
      const of = async (position: Position) =>
        (await ask<Location[]>('executeReferenceProvider', churn.uri, position)).map(place).sort();
      assert.deepEqual(await of(at('loyal, agee')), [
        'base 4:13 loyal',
        'churn 6:35 loyal',
        'churn 7:30 loyal',
      ]);
      assert.deepEqual(await of(at('visits,')), [
        'base 4:26 visits',
        'churn 6:10 visits',
        'churn 7:22 visits',
      ]);
      assert.deepEqual(await of(at('most}')), ['base 1:7 most', 'churn 6:26 most']);
    });

    it('highlights: the places of a name in the file', async () => {
      const found = await ask<DocumentHighlight[]>('executeDocumentHighlights', churn.uri, at('visits,'));
      assert.deepEqual(found.map(({ range }) => place({ uri: churn.uri, range })).sort(), [
        'churn 6:10 visits',
        'churn 7:22 visits',
      ]);
    });

    it('rename: a derived column, a column of the data, a variable and a variant, wherever they stand', async () => {
      const to = async (position: Position, name: string) =>
        edited(await ask<WorkspaceEdit>('executeDocumentRenameProvider', churn.uri, position, name));
      const all = (from: RegExp, name: string) =>
        [churnText, baseText].map((text) => text.replaceAll(from, name));
      assert.deepEqual(await to(at('loyal, agee'), 'faithful'), all(/loyal/g, 'faithful'));
      assert.deepEqual(await to(at('visits,'), 'calls'), all(/visits/g, 'calls'));
      assert.deepEqual(await to(at('most}'), 'top'), all(/\bmost\b/g, 'top'));
      assert.deepEqual(await to(at('forest:'), 'trees'), [churnText.replace('forest:', 'trees:'), baseText]);
      // Spelt as its place asks.
      const [spaced = ''] = await to(at('visits,'), 'visits a month');
      assert.ok(spaced.includes('features: [age, plan, "visits a month", loyal, agee]'), spaced);
      assert.ok(spaced.includes('filter: "`visits a month` < ${vars.most} or loyal"'), spaced);
      await assert.rejects(to(at('loyal, agee'), ' '), /cannot be a name here/);
      const word = await ask<{ range: Range; placeholder: string }>(
        'prepareRename',
        churn.uri,
        at('loyal, agee'),
      );
      assert.equal(word.placeholder, 'loyal');
    });

    it('symbols of the document: a tree with values, in which the workbench counts the problems', async () => {
      const symbols = await ask<DocumentSymbol[]>('executeDocumentSymbolProvider', churn.uri);
      assert.deepEqual(
        symbols.map(({ name }) => name),
        ['extends', 'data', 'features', 'split', 'model', 'train', 'tune', 'variants', 'gates'],
      );
      const [, data, features, split, model] = symbols;
      assert.equal(data?.detail, '');
      assert.deepEqual(
        data?.children.map(({ name, detail }) => [name, detail]),
        [
          ['source', 'rows.csv'],
          ['id', 'id'],
          ['filter', 'visits < ${vars.most} or loyal'],
        ],
      );
      assert.equal(features?.detail, '5 items');
      assert.equal(split?.detail, '0.25');
      assert.deepEqual(
        model?.children[0]?.children.map(({ name, detail }) => `${name} ${detail}`),
        ['trees 5', 'learning_rate 0.1'],
      );
      assert.equal(churn.getText(features?.selectionRange), 'features');
    });

    it('folding: comments and sections of several lines, and nothing else', async () => {
      const folds = await ask<FoldingRange[]>('executeFoldingRangeProvider', churn.uri);
      assert.deepEqual(folds.map(({ start, end }) => `${start}-${end}`).sort(), [
        '0-1',
        '13-14',
        '3-6',
        '9-10',
      ]);
    });

    it('selections grow from the word over the setting and the section to the file', async () => {
      const [found] = await ask<SelectionRange[]>('executeSelectionRangeProvider', churn.uri, [at('0.1}')]);
      const texts: string[] = [];
      for (let each = found; each !== undefined; each = each.parent) texts.push(churn.getText(each.range));
      // The editor's own steps by word stand among ours.
      const own = [
        'learning_rate: 0.1',
        '{trees: 5, learning_rate: 0.1}',
        'gbdt: {trees: 5, learning_rate: 0.1}',
        'model:\n  gbdt: {trees: 5, learning_rate: 0.1}',
        churnText,
      ];
      assert.deepEqual(
        texts.filter((text) => own.includes(text)),
        own,
      );
    });

    it('links: files that are there', async () => {
      const links = await ask<DocumentLink[]>('executeLinkProvider', churn.uri);
      assert.deepEqual(
        links.map(({ range, target }) => [churn.getText(range), basename(target?.fsPath ?? '')]),
        [
          ['base.experiment.yaml', 'base.experiment.yaml'],
          ['rows.csv', 'rows.csv'],
        ],
      );
    });

    it('colours by meaning: columns, variables, functions, metrics, and what has no effect', async () => {
      const legend = await ask<SemanticTokensLegend>('provideDocumentSemanticTokensLegend', churn.uri);
      const { data } = await ask<SemanticTokens>('provideDocumentSemanticTokens', churn.uri);
      assert.deepEqual(tokensOf(churn, data, legend), [
        'id variable',
        'visits variable',
        'most parameter',
        'loyal variable',
        'age variable',
        'plan variable',
        'visits variable',
        'loyal variable',
        'agee variable',
        'epochs property deprecated',
        'forest class declaration',
        'roc_auc enumMember',
      ]);
      const faded = languages
        .getDiagnostics(churn.uri)
        .filter(({ tags = [] }) => tags.includes(DiagnosticTag.Unnecessary));
      assert.deepEqual(faded.map(({ code, range }) => `${String(code)} ${churn.getText(range)}`).sort(), [
        'dead-setting epochs',
        'redundant-default 42',
      ]);
    });

    it('inlay hints: what is inferred, what a variable is, what nobody wrote', async () => {
      const whole = new Range(0, 0, churn.lineCount, 0);
      const hints = await ask<InlayHint[]>('executeInlayHintProvider', churn.uri, whole);
      const shown = hints.map(
        ({ position, label }) => `${position.line}:${position.character} ${String(label)}`,
      );
      assert.ok(shown.includes('6:40 = visits < 40 or loyal'), shown.join('\n'));
      assert.ok(
        shown.some((hint) => /^8:11 stratified: train 4\d\d · 5 folds · test 1\d\d$/.test(hint)),
        shown.join('\n'),
      );
    });

    it('lenses: run, dry run, tune with its time, variants, rows and problems, sizes of the split', async () => {
      const lenses = await ask<CodeLens[]>('executeCodeLensProvider', churn.uri, 100);
      const titles = lenses.map(({ range, command }) => `${range.start.line} ${command?.title}`);
      const wanted = [
        /^0 \$\(play\) Run$/,
        /^0 Dry run · /,
        /^3 600 rows · 5 columns · \d problems$/,
        /^8 train 4\d\d · 5 folds · test 1\d\d rows$/,
        /^12 \$\(play\) Tune \(40 trials, about \d+ (s|min)\)$/,
        /^13 Compare variants$/,
        /^14 \$\(play\) Run variant$/,
      ];
      for (const pattern of wanted)
        assert.equal(
          titles.filter((title) => pattern.test(title)).length,
          1,
          `${pattern} in\n${titles.join('\n')}`,
        );
      const ids = await commands.getCommands(true);
      for (const { command } of lenses) assert.ok(ids.includes(command?.command ?? ''), command?.command);
    });

    it('quick fixes: of a rule, ignoring with a reason, explaining, the rows behind it', async () => {
      const of = (position: Position) =>
        ask<CodeAction[]>('executeCodeActionProvider', churn.uri, new Range(position, position));
      const onWord = await of(at('agee'));
      const fix = onWord.find(({ title }) => title === 'Replace by age');
      assert.deepEqual(fix?.edit && edited(fix.edit), [churnText.replace('agee', 'age'), baseText]);
      assert.equal(fix?.isPreferred, true);
      const ignore = onWord.find(({ title }) => title === 'Ignore column-not-found here, with a reason');
      assert.deepEqual(ignore?.edit && edited(ignore.edit), [
        churnText.replace('features:', '# lint-ignore column-not-found: \nfeatures:'),
        baseText,
      ]);
      const explain = onWord.find(({ title }) => title === 'Explain column-not-found');
      assert.deepEqual(
        [explain?.command?.command, explain?.command?.arguments],
        ['modelwright.rule.explain', ['column-not-found']],
      );
      const rows = (await of(at('age, plan'))).find(
        ({ title }) => title === 'Show the rows behind this (age)',
      );
      assert.equal(rows?.command?.command, 'modelwright.data.show');
      assert.equal(rows?.command?.arguments?.[0], churn.uri.toString());
    });

    it('all safe fixes at once, also on save', async () => {
      const [all, ...others] = await ask<CodeAction[]>(
        'executeCodeActionProvider',
        churn.uri,
        new Range(0, 0, churn.lineCount, 0),
        'source.fixAll',
      );
      assert.equal(others.length, 0);
      assert.match(all?.title ?? '', /^Fix all safe problems \(\d safe fix(es)?\)$/);
      const [text = ''] = all?.edit === undefined ? [] : edited(all.edit);
      assert.ok(text.includes('train: {epochs: 3}'), text);
      assert.ok(text.includes('agee'), text);
    });

    it('rewriting: a shorthand written out and taken back, contracts of all columns, the version pinned', async () => {
      const of = async (document: TextDocument, position: Position, title: string) => {
        const actions = await ask<CodeAction[]>(
          'executeCodeActionProvider',
          document.uri,
          new Range(position, position),
          'refactor.rewrite',
        );
        const action = actions.find((each) => each.title === title);
        assert.ok(action?.edit, actions.map((each) => each.title).join('\n'));
        return applied(document, action.edit.get(document.uri));
      };
      const expanded = churnText.replace('split: 0.25', 'split:\n  test: 0.25');
      assert.equal(await of(churn, at('0.25'), 'Expand split to {test: …}'), expanded);
      const collapsed = churnText.replace('{trials: 40}', '40');
      assert.equal(await of(churn, at('trials'), 'Collapse tune to its trials'), collapsed);
      const inferred = await of(churn, at('source'), 'Infer columns from data');
      assert.ok(inferred.includes('  columns:\n    id: {type: '), inferred);
      assert.ok(inferred.includes('\n    plan: {type: categorical, nullable: false'), inferred);
      const pinned = await of(churn, at('source'), 'Pin data version');
      assert.match(pinned, /\n {2}version: sha256:[0-9a-f]{64}\n/);
    });

    it('the signature of a function, with the argument that is being written', async () => {
      const text = 'data:\n  source: rows.csv\n  filter: clip(visits, \ntarget: left\n';
      const document = await workspace.openTextDocument(writtenFile('churn/typed.experiment.yaml', text));
      const position = document.positionAt(text.indexOf('clip(visits, ') + 'clip(visits, '.length);
      const help = await until(() =>
        ask<SignatureHelp | undefined>('executeSignatureHelpProvider', document.uri, position, ','),
      );
      assert.deepEqual(
        [help.signatures[0]?.label, help.activeParameter],
        ['clip(x: number, low: number, high: number)', 1],
      );
    });

    it('formatting keeps comments, quotes and line breaks', async () => {
      const text = '# why\ndata:   rows.csv   # all of them\n\ntarget:  "left"\nsplit: { test:   0.2 }\n';
      const document = await workspace.openTextDocument(writtenFile('churn/untidy.experiment.yaml', text));
      const options = { tabSize: 2, insertSpaces: true };
      const edits = await until(() =>
        ask<TextEdit[] | undefined>('executeFormatDocumentProvider', document.uri, options),
      );
      assert.equal(
        applied(document, edits),
        '# why\ndata: rows.csv   # all of them\n\ntarget: "left"\nsplit: {test: 0.2}\n',
      );
    });

    it('symbols of the workspace: experiments, variants, derived columns and variables of every file', async () => {
      const found = async (query: string) =>
        (await ask<SymbolInformation[]>('executeWorkspaceSymbolProvider', query))
          .filter(({ location: { uri } }) => uri.path.includes('/churn/'))
          .map(
            ({ name, containerName, location }) =>
              `${name} ${containerName ?? ''}(${basename(location.uri.path)}) ${location.range.start.line}`,
          );
      assert.deepEqual(await found('loyal'), ['loyal (base.experiment.yaml) 4']);
      assert.deepEqual(await found('frst'), ['forest (churn.experiment.yaml) 14']);
      assert.ok((await found('churn')).includes('churn (churn.experiment.yaml) 0'));
      assert.deepEqual(await found('mst'), ['most (base.experiment.yaml) 1']);
    });
  });
}

/** `id variable`, in the order of the text. */
function tokensOf(document: TextDocument, data: Uint32Array, legend: SemanticTokensLegend): string[] {
  const words: string[] = [];
  let [line, character] = [0, 0];
  for (let at = 0; at < data.length; at += 5) {
    const [lines = 0, characters = 0, length = 0, type = 0, modifiers = 0] = data.subarray(at, at + 5);
    character = lines > 0 ? characters : character + characters;
    line += lines;
    const word = document.getText(new Range(line, character, line, character + length));
    const set = legend.tokenModifiers.filter((_, bit) => (modifiers & (1 << bit)) !== 0);
    words.push([word, legend.tokenTypes[type] ?? '', ...set].join(' '));
  }
  return words;
}

/** The document's text after edits that are not made. */
function applied(document: TextDocument, edits: readonly TextEdit[]): string {
  return edits
    .toSorted((a, b) => document.offsetAt(b.range.start) - document.offsetAt(a.range.start))
    .reduce(
      (text, { range, newText }) =>
        text.slice(0, document.offsetAt(range.start)) + newText + text.slice(document.offsetAt(range.end)),
      document.getText(),
    );
}

function codesOf(uri: Uri): unknown[] {
  return languages.getDiagnostics(uri).map(({ code }) => (typeof code === 'object' ? code.value : code));
}
