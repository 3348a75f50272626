/** Examples of rules about leaks and splits. */
import { ending, head, of, type RuleExamples, timed } from './example.ts';

const script = `import pandas as pd
rows = pd.read_csv("data/churn.csv")
`;
const command = 'model: {type: command, command: {train: python train.py}}\n';
const twoFiles = 'data: {source: {train: data/train.csv, test: data/test.csv}}\ntarget: churned\n';
const allFiles = 'data: {source: [data/train.csv, data/test.csv]}\ntarget: churned\n';

const ofText = {
  'no-test-set': of(head, 'split: {test: 0, valid: 0.1}\n', 'split: {test: 0.2, valid: 0.1}\n'),
  'valid-missing': of(head, 'split: {valid: 0}\n', 'split: {valid: 0.1}\n'),
  'tune-on-test': of(head, 'tune: {trials: 20, using: test}\n', 'tune: {trials: 20, using: valid}\n'),
  'no-embargo': of(`${timed}problem: {horizon: 30d}\n`, 'split: {gap: 7d}\n', 'split: {gap: 30d}\n'),
  'preprocess-before-split': of(head, command, 'features: {numeric: {scale: standard}}\n', {
    files: {
      'train.py': `${script}rows[["age"]] = StandardScaler().fit_transform(rows[["age"]])
train, test = train_test_split(rows)
`,
    },
  }),
  'select-before-split': of(head, command, 'features: {select: {method: mutual-info, keep: 10}}\n', {
    files: {
      'train.py': `${script}X, y = rows.drop(columns=["churned"]), rows["churned"]
X = SelectKBest(k=10).fit_transform(X, y)
X_train, X_test, y_train, y_test = train_test_split(X, y)
`,
    },
  }),
  'resample-before-split': of(
    '',
    'data: {source: data/churn.csv, pipeline: {steps: [{id: smote, run: python smote.py}]}}\ntarget: churned\n',
    'data: {source: data/churn.csv}\ntarget: churned\ntrain: {imbalance: smote}\n',
  ),
  'augment-in-eval': ending(
    'target: churned\n',
    'data: {source: {train: a.csv, test: b.csv}, pipeline: {steps: [{id: augment, run: make more, out: b.csv}]}}\n',
    'data: {source: {train: a.csv, test: b.csv}, pipeline: {steps: [{id: augment, run: make more, out: a.csv}]}}\n',
  ),
  'future-aggregate': of(
    timed,
    'features: {derive: [{name: nearby, expr: "lag(amount, -1)"}]}\n',
    'features: {derive: [{name: nearby, expr: lag(amount)}]}\n',
  ),
  'population-mismatch': ending(
    'target: churned\nserve: {mode: realtime, filter: "age > 21"}\n',
    'data: {source: data/churn.csv, filter: "age > 18"}\n',
    'data: {source: data/churn.csv, filter: "age > 21"}\n',
  ),
} satisfies RuleExamples;

const ofColumns = {
  'target-leak': of(head, '', 'features: {exclude: [score]}\n', {
    rows: `tenure,fee,score,churned
12,39.1,0.98,1
40,41.2,0.07,0
3,52.8,1.06,1
55,28.4,-0.11,0`,
  }),
  'target-copy': of(head, '', 'features: {exclude: [state_of]}\n', {
    rows: `tenure,fee,state_of,churned
12,39.1,off,1
40,41.2,on,0
3,52.8,off,1
55,28.4,on,0`,
  }),
  'suspicious-name': ending(
    'target: churned\n',
    'data: data/churn.csv\n',
    'data: {source: data/churn.csv, columns: {cancel_reason: {available: after}}}\n',
    {
      rows: `tenure,fee,cancel_reason,churned
12,39.1,k3,1
40,41.2,k0,0
3,52.8,k1,1
55,28.4,k4,0`,
    },
  ),
  'after-outcome-feature': of(
    'data: {source: data/churn.csv, columns: {refund: {available: after}}}\ntarget: churned\n',
    'features: [tenure, refund]\n',
    'features: [tenure]\n',
  ),
  'id-predicts-target': of(head, '', '', {
    rows: `tenure,fee,churned
48,37.7,0
61,44.0,0
2,29.3,1
9,50.5,1`,
    shown: 'The file is sorted by its target: its first half has no 1, its second no 0.',
    by: 'Shuffle the file where it is made; if its order is that of time, name the column in `data.time`.',
  }),
  'undeclared-group': ending(
    'target: churned\n',
    'data: data/churn.csv\n',
    'data: {source: data/churn.csv, group: customer}\n',
    {
      rows: `customer,tenure,fee,churned
c17,12,39.1,1
c17,13,39.1,1
c17,14,41.0,1
c4,40,28.4,0
c4,41,28.4,0`,
    },
  ),
} satisfies RuleExamples;

const ofSides = {
  'split-overlap': of('', twoFiles, allFiles, {
    rows: `tenure,fee,reading,churned
12,39.1,0.52113,1
40,41.2,-1.20408,0
3,52.8,0.00417,0
12,39.1,0.52113,1`,
    shown: 'The last of these rows stands in `data/test.csv`, the others in `data/train.csv`.',
  }),
  'near-duplicate-overlap': of(head, 'split: {dedupe: none}\n', 'split: {dedupe: 0.7}\n', {
    rows: `text,churned
the parcel came late and nobody told us when it would be there at all,1
the parcel came late and nobody told us when it would be there at last,1
please change the address of the invoice to the one of our new office,0
i cannot find where to end my contract on the page of my account,1`,
  }),
  'temporal-leak': of(timed, 'split: {method: random}\n', 'split: {method: time}\n', {
    rows: `day,tenure,churned
2023-01-01,12,0
2023-06-14,40,0
2024-02-02,3,1
2024-11-30,7,1`,
  }),
  'time-tie': ending(
    'target: churned\n',
    'data: {source: {train: data/train.csv, test: data/test.csv}, time: day}\n',
    'data: {source: [data/train.csv, data/test.csv], time: day}\n',
    {
      rows: `day,tenure,churned
2024-05-02,12,0
2024-05-03,40,1
2024-05-03,3,0
2024-05-04,55,1`,
      shown:
        'The first two rows end `data/train.csv`, the others begin `data/test.csv`: 3 May is on both sides.',
    },
  ),
  'group-leak': of(
    'data: {source: data/churn.csv, group: customer}\ntarget: churned\n',
    'split: {method: random}\n',
    'split: {method: group}\n',
    {
      rows: `customer,tenure,fee,churned
c17,12,39.1,1
c17,13,39.1,1
c4,40,28.4,0
c4,41,28.4,0`,
    },
  ),
  'test-not-representative': of('', twoFiles, allFiles, {
    rows: `reading,tenure,churned
-0.31,12,0
0.12,40,1
1.05,3,0
1.42,55,1`,
    shown:
      'The first two rows are of `data/train.csv`, the others of `data/test.csv`, where readings are higher by 1.',
  }),
  'test-too-small': of(
    `${head}metric: accuracy\n`,
    'split: {test: 0.03, valid: 0.1}\n',
    'split: {test: 0.03, cv: 5}\n',
    {
      shown: 'Of 3,000 rows 90 are test rows.',
      by: 'With folds every row judges once.',
    },
  ),
  'gate-within-noise': of(
    head,
    'gates: [roc_auc > champion + 0.003]\n',
    'gates: ["roc_auc > champion + 0.003 (significant)"]\n',
    {
      shown: 'Of 1,000 rows 200 are test rows.',
      says: 'The test rows know roc_auc to ±0.061: the gate cannot see a change of 0.003.',
    },
  ),
  'unseen-label': of('', twoFiles, allFiles, {
    rows: `fee,tenure,churned
39.1,12,no
41.2,40,moved
52.8,3,price
28.4,7,price`,
    shown:
      'The first two rows are of `data/train.csv`, the others of `data/test.csv`: "price" stands there alone.',
  }),
  'unseen-category': of('', twoFiles, allFiles, {
    rows: `shop,tenure,churned
s1,12,0
s4,40,1
s9,3,0
s9,55,1`,
    shown:
      'The first two rows are of `data/train.csv`, where no shop is called s9; the others of `data/test.csv`.',
  }),
  'not-stratified': of(head, 'split: {method: random}\n', 'split: {method: stratified}\n', {
    shown: 'One row in ten is a 1.',
  }),
  'no-cross-validation': of(head, 'split: {cv: 0}\n', 'split: {cv: 5}\n', {
    shown: 'The table has 1,000 rows.',
  }),
  'cv-infeasible': of(head, 'split: {cv: 10}\n', 'split: {cv: 6}\n', {
    shown: 'Of 1,000 rows seven are a 1, one of which is tested.',
  }),
  'label-shift-split': of('', twoFiles, allFiles, {
    rows: `tenure,fee,churned
12,39.1,0
40,41.2,1
3,52.8,1
55,28.4,1`,
    shown:
      'The first two rows are of `data/train.csv`, the others of `data/test.csv`, where far more are a 1.',
  }),
  'feature-shift-split': of('', twoFiles, allFiles, {
    rows: `reading,tenure,churned
-0.31,12,0
0.12,40,1
0.09,3,0
0.52,55,1`,
    shown:
      'The first two rows are of `data/train.csv`, the others of `data/test.csv`, where readings are higher by 0.4.',
  }),
  'relation-shift-split': of(twoFiles, '', 'features: {exclude: [hint]}\n', {
    rows: `hint,tenure,churned
1,12,1
0,40,0
0,3,1
1,55,0`,
    shown:
      'The first two rows are of `data/train.csv`, where the hint mostly holds, the others of `data/test.csv`, where it says nothing.',
  }),
} satisfies RuleExamples;

const ofPrompts = {
  'few-shot-overlap': of(
    `task: generation
llm:
  prompts: [{id: answer, template: "Answer <q>{{question}}</q>"}]
  providers: [local:example-2025-09-01]
  tests: tests.jsonl
`,
    '  examples: {from: shots.jsonl, k: 3}\n',
    '  examples: {from: other-shots.jsonl, k: 3}\n',
    {
      files: {
        'tests.jsonl':
          '{"id": "late", "vars": {"question": "Where is the parcel that I ordered last week?"}, "assert": [{"contains": "tracking"}]}\n',
        'shots.jsonl':
          '{"input": "where is the parcel that i ordered last week", "output": "See your tracking number."}\n',
        'other-shots.jsonl': '{"input": "How do I pay by invoice?", "output": "Choose it at the end."}\n',
      },
    },
  ),
  'corpus-contains-answers': of(
    `task: rag
llm:
  prompts: [{id: answer, template: "Answer <q>{{question}}</q>"}]
  providers: [local:example-2025-09-01]
  tests: [{id: returns, vars: {question: How do I return it?}, assert: [contains: thirty days]}]
`,
    '  rag: {corpus: page.md, golden: golden.jsonl}\n',
    '  rag: {corpus: handbook.md, golden: golden.jsonl}\n',
    {
      files: {
        'golden.jsonl':
          '{"question": "Within how many days can I send a lamp back?", "answer": "Within thirty days of the day on which it came."}\n',
        'page.md':
          '**Within how many days can I send a lamp back?** Within thirty days of the day on which it came.\n',
        'handbook.md': 'Whatever was bought here may go back for thirty days.\n',
      },
    },
  ),
} satisfies RuleExamples;

export const leakageExamples = { ...ofText, ...ofColumns, ...ofSides, ...ofPrompts };
