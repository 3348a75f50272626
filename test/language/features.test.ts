/** Hover, hints, lenses, actions, outline and navigation of small experiments; `|` is the cursor. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
import { describe, expect, test } from 'vitest';
import {
  type Location,
  MarkupContent,
  TextDocumentEdit,
  TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { codeActionsAt, fixAllKind } from '../../server/language/codeActions.ts';
import { codeLenses } from '../../server/language/codeLenses.ts';
import { ageOf, lengthOf } from '../../server/language/expected.ts';
import { hoverAt } from '../../server/language/hover.ts';
import { inlayHints } from '../../server/language/inlayHints.ts';
import { definitionsAt, documentLinks, referencesAt, renameAt } from '../../server/language/navigation.ts';
import type { OpenExperiment, PastRun } from '../../server/language/openExperiment.ts';
import { documentSymbols, foldingRanges, selectionRange } from '../../server/language/outline.ts';
import { expectFromFacts } from '../../server/runs/estimate/expected.ts';
import { shopDocument } from '../cards/documents.ts';
import { now } from '../lint/marked.ts';
import { facts, openText, withCursor } from './open.ts';

const start = 'data: data/churn.csv\ntarget: churned\n';

const run: PastRun = {
  head: {
    id: 'abc',
    experiment: 'churn',
    status: 'finished',
    started: '2026-03-01T11:00:00Z',
    ended: '2026-03-01T11:55:00Z',
  },
  headline: { metric: 'roc_auc', value: 0.68312, low: 0.671, high: 0.695 },
  gates: [{ gate: 'roc_auc >= 0.65', passed: true, value: 0.68312, low: 0.671, high: 0.695, reason: '' }],
};

function hover(marked: string, more: Partial<OpenExperiment> = {}): string {
  const { text, position } = withCursor(marked);
  const contents = hoverAt(openText(text, { facts, ...more }), position)?.contents;
  return MarkupContent.is(contents) ? contents.value : '';
}

describe('hover', () => {
  test('of a key tells what it does, its default and what is in effect', () => {
    const text = hover(`${start}model:\n  gbdt:\n    learning|_rate: 0.05\n`);
    expect(text).toMatch(/^\*\*model\.gbdt\.learning_rate\*\* · a number/);
    expect(text).toMatch(/Default: `/);
    expect(text).toContain(
      'In effect: `0.05`, written (churn.experiment.yaml, line 5).'.replace(
        'churn.experiment.yaml',
        'churn\\.experiment\\.yaml',
      ),
    );
    expect(hover(`${start}spl|it: {method: random}`)).toContain('In effect: `0.2`, the default.');
    expect(hover(`${start}split: 0.|3`)).toContain('In effect: `0.3`, written');
  });

  test('of a column tells what it holds, and nothing in it becomes markup', () => {
    const text = hover(`${start}features: [ten|ure, plan]`);
    expect(text).toContain('**tenure** · numeric · 12 % missing · 80 distinct');
    expect(text).toContain('| 0 | 2 | 10 | 30 | 50 | 80 | 99 |');
    expect(hover(`${start}features: [pl|an]`)).toMatch(/basic +█+ +70 %/);
    const [first, ...rest] = facts.profile.columns;
    if (first === undefined) throw new Error('the table has columns');
    const hostile = {
      ...facts,
      profile: { ...facts.profile, columns: [{ ...first, name: '<b>x</b>' }, ...rest] },
    };
    expect(hover(`${start}features: ['<b>|x</b>']`, { facts: hostile })).not.toContain('<b>');
  });

  test('finds columns, functions and metrics inside expressions and gates', () => {
    expect(hover('data:\n  source: data/churn.csv\n  filter: log(ten|ure) > 1\ntarget: churned')).toContain(
      '**tenure**',
    );
    expect(hover('data:\n  source: data/churn.csv\n  filter: lo|g(tenure) > 1\ntarget: churned')).toContain(
      'Natural logarithm',
    );
    const gate = hover(`${start}gates: [roc|_auc >= 0.65]`, { runs: [run] });
    expect(gate).toContain('**Last run:** passed: 0\\.6831 \\(0\\.671 to 0\\.695\\)');
    expect(gate).toContain('higher is better');
    expect(gate).toContain('| abc | 2026\\-03\\-01 11:00 | 0.6831 | 0.6710 to 0.6950 |');
  });
});

function hints(text: string, more: Partial<OpenExperiment> = {}): string[] {
  return inlayHints(openText(text, { facts, ...more })).map(
    ({ position, label }) => `${position.line}:${position.character} ${String(label)}`,
  );
}

const side = { classes: [], mean: 0 };
const split = {
  method: 'stratified',
  folds: 0,
  train: { ...side, rows: 7_000 },
  valid: { ...side, rows: 1_000 },
  test: { ...side, rows: 2_000 },
  absent: 0,
  overlap: null,
  sharedGroups: null,
  time: null,
  unseen: [],
  infeasible: null,
  halfWidth: null,
};

describe('inlay hints', () => {
  test('tell what is inferred, and nothing that is written', () => {
    expect(hints(start)[0]).toBe('1:15 task: binary · positive: true, 20 % of the rows · metric: roc_auc');
    expect(hints(`${start}task: binary\npositive: true\nmetric: pr_auc\n`)).toEqual([]);
  });

  test('tell the sizes of the split', () => {
    expect(hints(`${start}split: 0.2\n`, { facts: { ...facts, split } })).toContain(
      '2:10 stratified: train 7,000 · valid 1,000 · test 2,000',
    );
  });

  test("tell values of variables, the model's main settings and how gates did", () => {
    expect(hints(`vars: {share: 0.25}\n${start}split: "\${vars.share}"\n`)).toContain('3:22 = 0.25');
    expect(hints(`${start}model: gbdt\n`)[1]).toMatch(/^2:11 .*learning_rate: /);
    expect(hints(`${start}gates: [roc_auc >= 0.65]\n`, { runs: [run] })).toContain(
      '2:23 ✓ passed: 0.6831 (0.671 to 0.695)',
    );
  });
});

test('lenses run it, tell the last result and how the data look', () => {
  const open = openText(start, { facts, runs: [run] });
  expect(codeLenses(open, now).map(({ command }) => [command?.title, command?.command])).toEqual([
    ['$(play) Run', 'modelwright.experiment.run'],
    ['Dry run', 'modelwright.experiment.dryRun'],
    ['roc_auc 0.6831 ± 0.01 · 5 min ago', 'modelwright.run.open'],
    ['1,000 rows · 5 columns · no problems', 'modelwright.data.show'],
  ]);
  expect(ageOf('2026-02-27T12:00:00Z', now)).toBe('2 d');
});

test('a lens tells that the data cannot be read, but not where an expression over them is at fault', () => {
  const told = (text: string, more: Partial<OpenExperiment>) =>
    codeLenses(openText(text, more), now).flatMap(({ command }) =>
      command?.command === 'modelwright.data.show' ? [command.title] : [],
    );
  const failure = (code: string) => ({ failure: { code, message: 'The reason.', help: '' } });
  expect(told(start, failure('file-unreadable'))).toEqual(['The data cannot be read']);
  const typed = 'data: {source: data/churn.csv, filter: "tenure >"}\ntarget: churned\n';
  expect(told(typed, failure('expression-failed'))).toEqual([]);
  expect(told(start, failure('window-time'))).toEqual([]);
  // What was known before still holds of the data.
  expect(told(typed, { facts, ...failure('expression-failed') })).toEqual([
    expect.stringMatching(/^1,000 rows · 5 columns · /),
  ]);
});

test('a lens tunes, and tells how long the trials may take', () => {
  const text = `${start}tune: 40\n`;
  const lensOf = (more: Partial<OpenExperiment>) =>
    codeLenses(openText(text, { facts: { ...facts, split }, runs: [run], ...more }), now).find(
      ({ command }) => command?.command === 'modelwright.experiment.tune',
    );
  // A past run without a search says nothing of one, and neither does how long all of it took.
  expect(lensOf({})?.command?.title).toBe('$(play) Tune (40 trials)');
  expect(lensOf({})?.range.start.line).toBe(2);
  // As a dry run says.
  const { experiment } = openText(text).loaded;
  const plan = experiment && expectFromFacts(experiment, { ...facts, split });
  const stage = plan?.stages.find((each) => each.stage === 'tune');
  expect(lensOf({ expectRun: expectFromFacts })?.command?.title).toBe(
    `$(play) Tune (40 trials, about ${lengthOf(Math.max(1, stage?.seconds ?? 0))})`,
  );
  // As the last search went: 20 trials in 50 s over half as many rows.
  const searched = (type: string, more: object) => ({
    experiment: {},
    overrides: [],
    promoted: [],
    document: {
      ...shopDocument(),
      timings: { tune: 50, train: 900 },
      ...more,
      model: { ...shopDocument().model, type },
    },
  });
  const trials = Array.from({ length: 20 }, () => ({ params: {}, value: 0.5, budget: 1, pruned: false }));
  const tuning = { search: 'bayes', metric: 'roc_auc', trials, best: 0 };
  const rows = { ...shopDocument().rows, source: 500 };
  const results = [
    searched('gbdt', {}),
    searched('linear', { tuning, timings: { tune: 5_000 } }),
    searched('gbdt', { tuning, rows }),
  ];
  expect(lensOf({ history: { results, looksAt: () => 0 }, expectRun: expectFromFacts })?.command?.title).toBe(
    '$(play) Tune (40 trials, about 3 min)',
  );
});

test('a lens and the hover of what decides it tell what a run will take, once the data are known', () => {
  const more = { facts: { ...facts, split }, expectRun: expectFromFacts };
  const lensOf = (text: string) => codeLenses(openText(text, more), now)[1]?.command?.title ?? '';
  const told = /about (\d+) s, 0\.\d+ GB/;
  expect(lensOf(start)).toMatch(new RegExp(`^Dry run · ${told.source}$`));
  const said = (text: string) => Number(told.exec(text)?.[1]);
  expect(said(lensOf(`${start}evaluate: {ci: {samples: 10000}}\n`))).toBeGreaterThan(said(lensOf(start)));
  expect(hover(`${start}mod|el: gbdt\n`, more)).toMatch(
    new RegExp(`A run takes ${told.source} of memory on two processors\\.$`),
  );
  expect(hover(`${start}train: {bud|get: {time: 1h}}\n`, more)).toMatch(/A run takes about/);
  expect(hover(`${start}spl|it: 0.2\n`, more)).not.toMatch(/A run takes/);
  expect(codeLenses(openText(start, { expectRun: expectFromFacts }), now)[1]?.command?.title).toBe('Dry run');
});

test('the hover of a metric tells what it makes trees minimise', () => {
  expect(hover(`${start}metric: ma|e\n`)).toContain(
    'Mean absolute error. As `metric` of a regression it makes `gbdt` minimise absolute errors.',
  );
  expect(hover(`${start}metric: med|ae\n`)).toContain('`gbdt` minimise the Huber loss');
  expect(hover(`${start}metric: rms|e\n`)).not.toContain('gbdt');
});

test('lenses compare with the run before and tell the sizes of the split over it', () => {
  const before = { ...run, head: { ...run.head, id: 'abb' } };
  const open = openText(`${start}split: 0.2\n`, { facts: { ...facts, split }, runs: [run, before] });
  const lenses = codeLenses(open, now);
  const compare = lenses.find(({ command }) => command?.command === 'modelwright.run.compare');
  expect(compare?.command?.arguments?.[1]).toEqual([
    expect.objectContaining({ id: 'abb' }),
    expect.objectContaining({ id: 'abc' }),
  ]);
  expect(lenses.at(-1)?.command?.title).toBe('train 7,000 · valid 1,000 · test 2,000 rows');
  expect(lenses.at(-1)?.range.start.line).toBe(2);
});

function apply(text: string, edit: WorkspaceEdit | undefined): string {
  const edits = (edit?.documentChanges ?? []).flatMap((change) =>
    TextDocumentEdit.is(change) ? change.edits : [],
  );
  return TextDocument.applyEdits(
    TextDocument.create('', '', 0, text),
    edits.filter((each) => TextEdit.is(each)),
  );
}

describe('code actions', () => {
  const whole = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };

  test('mend, ignore with a reason, and explain', () => {
    const text = `${start}features: [tenur]\n`;
    const open = openText(text, { facts });
    const actions = codeActionsAt(open, { range: whole, context: { diagnostics: [] } });
    expect(actions.map(({ title }) => title)).toEqual(
      expect.arrayContaining([
        'Replace by tenure',
        'Ignore column-not-found here, with a reason',
        'Explain column-not-found',
      ]),
    );
    const edit = actions.find(({ title }) => title === 'Replace by tenure')?.edit;
    expect(apply(text, edit)).toBe(`${start}features: [tenure]\n`);
    const ignore = actions.find(({ title }) => title.startsWith('Ignore'))?.edit;
    const ignored = apply(text, ignore);
    expect(ignored).toBe(`${start}# lint-ignore column-not-found: \nfeatures: [tenur]\n`);
    // Without a reason it does not count; with one it does.
    expect(openText(ignored, { facts }).findings.map(({ rule }) => rule)).toContain('column-not-found');
    const reasoned = openText(ignored.replace(': \n', ': agreed\n'), { facts });
    expect(reasoned.findings.map(({ rule }) => rule)).not.toContain('column-not-found');
  });

  test('apply all safe fixes at once', () => {
    const text = `${start}split: {test: 0.2, valid: 0.15}\ntrain: {seed: 42}\n`;
    const only = codeActionsAt(openText(text), {
      range: whole,
      context: { diagnostics: [], only: [fixAllKind] },
    });
    expect(only.map(({ kind }) => kind)).toEqual([fixAllKind]);
    // Where it is not asked for by its kind, it stands among the quick fixes, once.
    const among = codeActionsAt(openText(text), { range: whole, context: { diagnostics: [] } });
    expect(
      among.filter(({ title }) => title.startsWith('Fix all')).map(({ title, kind }) => [title, kind]),
    ).toEqual([['Fix all safe problems (2 safe fixes)', 'quickfix']]);
    const fixed = apply(text, only[0]?.edit);
    expect(fixed).not.toBe(text);
    expect(openText(fixed).findings.filter(({ rule }) => rule === 'redundant-default')).toEqual([]);
  });
});

describe('the shape of the file', () => {
  const text =
    '# one\n# two\ndata:\n  source: x.csv\n  derive:\n    - name: late\n      expr: a > 1\ntarget: late\n';

  test('is an outline with names of list items and counts of problems', () => {
    const [data, target] = documentSymbols(openText(text), { counts: true });
    expect([data?.name, target?.name, target?.detail]).toEqual(['data', 'target', 'late']);
    expect(data?.detail).toMatch(/^\d problems?$/);
    // An editor that counts itself is not told twice.
    expect(documentSymbols(openText(text), { counts: false })[0]?.detail).toBe('');
    const derive = data?.children?.[1];
    expect([derive?.name, derive?.detail, derive?.children?.[0]?.name]).toEqual(['derive', '1 item', 'late']);
  });

  test('folds sections and comments', () => {
    const folds = foldingRanges(openText(text)).map(({ startLine, endLine, kind }) => [
      startLine,
      endLine,
      kind,
    ]);
    expect(folds).toEqual(
      expect.arrayContaining([
        [2, 6, undefined],
        [4, 6, undefined],
        [0, 1, 'comment'],
      ]),
    );
  });

  test('is selected outwards from the word', () => {
    const open = openText(text);
    const words: string[] = [];
    for (
      let at: ReturnType<typeof selectionRange> | undefined = selectionRange(open, {
        line: 6,
        character: 13,
      });
      at;
      at = at.parent
    )
      words.push(open.loaded.text.textIn(at.range));
    expect(words.slice(0, 2)).toEqual(['a > 1', 'expr: a > 1']);
    expect(words.at(-1)).toBe(text);
  });
});

describe('navigation', () => {
  const text =
    'vars: {cutoff: 2025-07-01}\ndata:\n  source: data/churn.csv\n  derive:\n    - {name: late, expr: tenure > 15}\n  filter: "late or tenure > 1"\ntarget: late\nsplit: "${vars.cutoff}"\n';
  const at = (needle: string, nth = 0) => {
    const parts = text.split(needle);
    return withCursor(`${parts.slice(0, nth + 1).join(needle)}|${needle}${parts.slice(nth + 1).join(needle)}`)
      .position;
  };
  const words = (open: OpenExperiment, found: readonly Location[]) =>
    found.map(({ range }) => `${range.start.line}:${open.loaded.text.textIn(range)}`);

  test('leads from a use to where the name is given, and back to all uses', () => {
    const open = openText(text);
    expect(words(open, definitionsAt(open, at('cutoff', 1)))).toEqual(['0:cutoff']);
    expect(words(open, definitionsAt(open, at('late', 2)))).toEqual(['4:late']);
    expect(words(open, referencesAt(open, at('late'), true))).toEqual(['4:late', '5:late', '6:late']);
    expect(words(open, referencesAt(open, at('tenure'), false))).toEqual(['4:tenure', '5:tenure']);
  });

  test('renames a column everywhere, of the data or derived', () => {
    const open = openText(text);
    expect(apply(text, renameAt(open, at('late'), 'delayed'))).toBe(text.replaceAll('late', 'delayed'));
    expect(apply(text, renameAt(open, at('tenure'), 'age'))).toBe(text.replaceAll('tenure', 'age'));
    expect(apply(text, renameAt(open, at('tenure', 1), 'days with us'))).toContain(
      'filter: "late or `days with us` > 1"',
    );
  });

  test('what a feature is computed as is told at its name, and it is renamed with what reads it', () => {
    const made =
      'data: data/churn.csv\ntarget: churned\nfeatures:\n  derive:\n    - {name: ratio, expr: tenure / 12}\n    - {name: large, expr: ratio > 2}\n  cross: [[ratio, large]]\n';
    const open = openText(made);
    const position = withCursor(made.replace('expr: ratio', 'expr: |ratio')).position;
    expect(JSON.stringify(hoverAt(open, position)?.contents)).toContain('tenure / 12');
    expect(words(open, definitionsAt(open, position))).toEqual(['4:ratio']);
    expect(apply(made, renameAt(open, position, 'share'))).toBe(made.replaceAll('ratio', 'share'));
  });

  test('links files that exist', () => {
    const open = openText(text);
    const [link] = documentLinks(open);
    expect(link?.target).toMatch(/data\/churn\.csv$/);
    expect(definitionsAt(open, at('churn.csv')).map(({ uri }) => uri)).toEqual([link?.target]);
  });
});
