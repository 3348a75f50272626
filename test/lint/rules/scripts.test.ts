import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findEarlySteps } from '../../../server/lint/pythonScan.ts';
import { temporaryFolder } from '../../temporary.ts';
import { clean, fixed, lint, only } from '../marked.ts';

const head = 'import pandas as pd\ndf = pd.read_csv("a.csv")\nX = df.drop(columns=["y"]); y = df["y"]\n';

describe('what a script fits before it divides its rows', () => {
  test.each<[string, string, string[]]>([
    [
      'a scaler on all rows',
      'X = StandardScaler().fit_transform(X)\na, b, c, d = train_test_split(X, y)',
      ['preprocess StandardScaler 4'],
    ],
    [
      'a scaler in a variable, fitted apart from its use',
      'scaler = preprocessing.StandardScaler()\nscaler.fit(X)\nXs = scaler.transform(X)\na, b = train_test_split(Xs)',
      ['preprocess StandardScaler 5'],
    ],
    [
      'gaps filled with the mean of all rows',
      'df = df.fillna(df.mean())\ntrain, test = train_test_split(df)',
      ['preprocess fillna 4'],
    ],
    [
      'columns scaled in place',
      'df[cols] = MinMaxScaler().fit_transform(df[cols])\ntrain, test = train_test_split(df)',
      ['preprocess MinMaxScaler 4'],
    ],
    [
      'features chosen on all rows',
      'Xk = SelectKBest(k=10).fit_transform(X, y)\ncross_val_score(model, Xk, y)',
      ['select SelectKBest 4'],
    ],
    [
      'rows made from all rows',
      'X, y = SMOTE().fit_resample(X, y)\na, b, c, d = train_test_split(X, y)',
      ['resample SMOTE 4'],
    ],
    [
      'folds instead of a split',
      'X = PCA(5).fit_transform(X)\ncv = KFold(5)\nfor a, b in cv.split(X):\n    pass',
      ['preprocess PCA 4'],
    ],
    [
      'a function that prepares',
      'def prepare(data):\n    data = StandardScaler().fit_transform(data)\n    return data\n\nX = prepare(X)\na, b = train_test_split(X)',
      ['preprocess StandardScaler 5'],
    ],
    [
      'over several lines, with comments',
      'X = StandardScaler(\n    with_mean=True,  # all of it\n).fit_transform(X)\na, b = train_test_split(X)',
      ['preprocess StandardScaler 4'],
    ],
  ])('%s is found', (_, body, expected) => {
    const found = findEarlySteps(head + body).map(({ kind, name, line }) => `${kind} ${name} ${line}`);
    expect(found).toEqual(expected);
  });

  test.each([
    [
      'fitted on the training rows',
      'a, b = train_test_split(X)\nscaler = StandardScaler()\na = scaler.fit_transform(a)\nb = scaler.transform(b)',
    ],
    [
      'within a pipeline that the folds fit',
      'pipe = make_pipeline(StandardScaler(), LogisticRegression())\ncross_val_score(pipe, X, y)',
    ],
    ['resampled training rows', 'a, b, c, d = train_test_split(X, y)\na, c = SMOTE().fit_resample(a, c)'],
    ['filled with a constant', 'df = df.fillna(0)\na, b = train_test_split(df)'],
    [
      'in a comment or a text',
      '# X = StandardScaler().fit_transform(X)\nnote = """StandardScaler().fit_transform(X)"""\na, b = train_test_split(X)',
    ],
    [
      'for a plot of other rows',
      'P = PCA(2).fit_transform(other)\nplt.scatter(P[:, 0], P[:, 1])\na, b = train_test_split(X)',
    ],
    [
      'within the loop over folds',
      'for tr, te in KFold(5).split(X):\n    s = StandardScaler().fit(X[tr])\n    m.fit(s.transform(X[tr]), y[tr])',
    ],
    ['nothing at all', ''],
    ['not Python', '{"cells": [}'],
  ])('%s is not', (_, body) => {
    expect(findEarlySteps(head + body)).toEqual([]);
  });
});

describe('rules about scripts', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'churn.experiment.yaml');
  const find = (text: string, rule: string) =>
    only(lint(text, { request: { file, workspace: folder } }), rule);
  writeFileSync(
    join(folder, 'late.py'),
    `${head}X = StandardScaler().fit_transform(X)\na, b = train_test_split(X)\n`,
  );
  writeFileSync(
    join(folder, 'right.py'),
    `${head}a, b = train_test_split(X)\na = StandardScaler().fit_transform(a)\n`,
  );
  writeFileSync(
    join(folder, 'encode.py'),
    `${head}df["c"] = TargetEncoder().fit_transform(df["c"], y)\ndf.to_csv("b.csv")\n`,
  );
  writeFileSync(
    join(folder, 'select.py'),
    `${head}X = RFE(m).fit_transform(X, y)\nX.to_parquet("b.parquet")\n`,
  );
  writeFileSync(
    join(folder, 'notebook.ipynb'),
    JSON.stringify({
      cells: [{ cell_type: 'code', source: ['X, y = SMOTE().fit_resample(X, y)\n', 'X.to_csv("b.csv")'] }],
    }),
  );
  const command = (script: string) => `${clean}model: {type: command, command: {train: python ${script}}}\n`;
  const pipeline = (steps: string, source = 'data/churn.csv') =>
    `data: {source: ${source}, pipeline: {steps: [${steps}]}}\ntarget: churned\n`;

  test('preprocess-before-split: a warning, an error where the target is learnt from', () => {
    const [finding] = find(command('late.py'), 'preprocess-before-split');
    expect(finding).toMatchObject({
      severity: 'warning',
      path: 'model.command.train',
      data: { line: 4, step: 'StandardScaler' },
    });
    expect(finding?.message).toContain(
      '`late.py` line 4: StandardScaler is fitted before train_test_split in line 5',
    );
    expect(find(command('right.py'), 'preprocess-before-split')).toEqual([]);
    expect(find(command('gone.py'), 'preprocess-before-split')).toEqual([]);
    expect(find(pipeline('{id: encode, run: python encode.py}'), 'preprocess-before-split')).toMatchObject([
      { severity: 'error' },
    ]);
    // Alone, without a split and without rows written, nothing says that test rows are among them.
    expect(find(command('encode.py'), 'preprocess-before-split')).toEqual([]);
  });

  test('select-before-split', () => {
    expect(find(pipeline('{id: select, run: python select.py}'), 'select-before-split')).toHaveLength(1);
    expect(find(command('right.py'), 'select-before-split')).toEqual([]);
  });

  test('resample-before-split: of a script or notebook, or by the name of a step; its removal makes it silent', () => {
    expect(
      find(pipeline('{id: more, run: jupyter execute notebook.ipynb}'), 'resample-before-split'),
    ).toHaveLength(1);
    const text = pipeline('{id: load, run: make load}, {id: oversample, run: make more}');
    const [finding] = find(text, 'resample-before-split');
    expect(finding?.path).toBe('data.pipeline.steps.1.run');
    expect(find(fixed(text, finding), 'resample-before-split')).toEqual([]);
    expect(find(pipeline('{id: sample, run: make sample}'), 'resample-before-split')).toEqual([]);
    const sides = '{train: data/churn.csv, test: data/test.csv}';
    expect(
      find(pipeline('{id: oversample, run: make more, out: data/churn.csv}', sides), 'resample-before-split'),
    ).toEqual([]);
  });

  test('augment-in-eval: of the rows that judge only', () => {
    const sides = '{train: data/churn.csv, test: data/test.csv}';
    const text = pipeline('{id: augment, run: make flips, in: raw.csv, out: data/test.csv}', sides);
    const [finding] = find(text, 'augment-in-eval');
    expect(finding?.message).toContain('`data/test.csv`');
    expect(find(fixed(text, finding), 'augment-in-eval')).toEqual([]);
    expect(
      find(pipeline('{id: augment, run: make flips, out: data/churn.csv}', sides), 'augment-in-eval'),
    ).toEqual([]);
    expect(
      find(pipeline('{id: clean, run: make clean, out: data/test.csv}', sides), 'augment-in-eval'),
    ).toEqual([]);
  });
});
