/** Examples of rules about the data: their contract, their gaps, their rows and their target. */
import { candidate, churn, ending, head, of, type RuleExamples, readAsMissing } from './example.ts';

const columns = (contract: string, more = '') =>
  `data: {source: data/churn.csv, columns: {${contract}}}\ntarget: churned\n${more}`;
const gated = 'target: churned\ngates: [beats baseline]\n';

const contract = {
  'data-not-found': ending('target: churned\n', 'data: data/chrun.csv\n', 'data: data/churn.csv\n'),
  'data-unpinned': {
    fault: candidate,
    mended: `data: {source: data/churn.csv, version: sha256:9f2c41d07be8356a}\n${gated}`,
    by: "The fix writes the file's own hash.",
  },
  'no-contract': ending(
    gated,
    churn,
    'data: {source: data/churn.csv, columns: {age: {type: numeric, min: 0}}}\n',
  ),
  'column-not-found': of(head, 'features: [tenure, fees]\n', 'features: [tenure, fee]\n', {
    rows: `tenure,tickets,fee,plan,churned
12,0,39.1,basic,1
40,2,41.2,pro,0
3,1,52.8,plus,1
55,0,28.4,basic,0`,
  }),
  'data-changed': {
    fault:
      'data: {source: data/churn.csv, version: sha256:00000000000000000000000000000000}\ntarget: churned\n',
    mended: 'data: {source: data/churn.csv, version: sha256:9f2c41d07be8356a}\ntarget: churned\n',
    by: "The fix writes the file's own hash: look first at what changed.",
  },
  'schema-drift': {
    fault: columns('dose: {type: numeric}'),
    mended: columns('dose: {type: categorical}'),
    rows: `tenure,dose,churned
12,120,1
40,85,0
3,see note,1
55,310,0`,
  },
  'expectation-failed': {
    fault: columns('dose: {max: 400}'),
    mended: columns('dose: {max: 401}'),
    rows: `tenure,dose,churned
12,120,1
40,400,0
3,401,1
55,310,0`,
  },
  'too-few-rows': of(head, '', '', {
    shown: 'The table has 99 rows.',
    by: 'Collect more rows; `data.quality.min_rows` is what training needs.',
  }),
  'stale-data': {
    fault: `data: {source: data/churn.csv, time: day, quality: {freshness: 30d}}\n${gated}`,
    mended: `data: {source: data/churn.csv, time: day, quality: {freshness: 276d}}\n${gated}`,
    shown: 'The newest row is 275 days old.',
    by: 'Better than a longer `freshness` are newer rows.',
  },
  'target-missing': ending(
    'target: churned\n',
    churn,
    'data: {source: data/churn.csv, filter: "churned is not null"}\n',
    {
      rows: `tenure,fee,churned
12,39.1,1
40,41.2,
3,52.8,1
55,28.4,0`,
    },
  ),
  'broken-files': ending(
    'target: churned\n',
    churn,
    'data: {source: data/churn.csv, filter: "churned is not null"}\n',
    {
      rows: `tenure,tickets,fee,churned
12,0,39.1,1
40,2,41.2,0
,,,
55,0,28.4,0`,
      by: 'Better, remove the empty rows where the file is made.',
    },
  ),
  'annotation-gap': of('', candidate, candidate, {
    rows: `tenure,site,churned
12,site 1,1
40,site 3,
3,site 3,
55,site 3,0
7,site 2,1`,
    by: 'Have more rows of `site 3` labelled, or leave the site out by `data.filter`.',
  }),
  'pii-without-basis': ending(
    gated,
    'data: {source: data/churn.csv, columns: {mail: {pii: email}}}\n',
    'data: {source: data/churn.csv, columns: {mail: {pii: email}}, privacy: {basis: consent, retention: 365d}}\n',
  ),
  'unlabelled-process': ending(
    gated,
    'data: {source: data/churn.csv, labeling: {method: human}}\n',
    'data: {source: data/churn.csv, labeling: {method: human, guidelines: docs/labeling.md}}\n',
  ),
} satisfies RuleExamples;

const gaps = {
  'missing-unhandled': of(
    `${head}model: linear\n`,
    'features: {numeric: {impute: none}}\n',
    'features: {numeric: {impute: auto}}\n',
    {
      rows: `tenure,fee,churned
12,39.1,1
40,,0
3,52.8,1
55,28.4,0
9,,1`,
    },
  ),
  'mostly-missing': of(head, '', 'features: {exclude: [fax]}\n', {
    rows: `tenure,fax,churned
12,,1
40,31,0
3,,1
55,,0`,
  }),
  'informative-missing': of(head, '', 'features: {exclude: [minutes]}\n', {
    rows: `tenure,minutes,churned
12,,1
40,310,0
3,,1
55,95,0`,
  }),
  'mixed-nulls': {
    fault: head,
    mended: readAsMissing(''),
    rows: `tenure,size,churned
12,NA,1
40,31,0
3,,1
55,null,0
7,18,0`,
  },
  'sentinel-value': {
    fault: head,
    mended: readAsMissing(', "-99"'),
    rows: `tenure,income,churned
12,210,1
40,-99,0
3,95,1
55,-99,0
7,180,0`,
  },
} satisfies RuleExamples;

const rows = {
  'duplicate-rows': of('', head, head, {
    rows: `tenure,fee,reading,churned
12,39.1,0.521,1
40,41.2,-1.204,0
12,39.1,0.521,1
55,28.4,0.118,0`,
    by: 'Where rows stand twice by mistake, remove them where the file is made; until then the split keeps them on one side.',
  }),
  'conflicting-labels': of('', head, head, {
    rows: `tenure,fee,reading,churned
12,39.1,0.52113,1
12,39.1,0.52113,0
3,52.8,0.00417,1
55,28.4,0.11820,0`,
    by: 'Find out which of two such rows is right, and correct the file.',
  }),
  'class-imbalance': of(head, 'train: {imbalance: none}\n', 'train: {imbalance: weights}\n', {
    shown: 'One row in twenty is a 1.',
  }),
  'rare-class': ending(
    'target: churned\n',
    churn,
    'data: {source: data/churn.csv, filter: "churned != \'odd\'"}\n',
    {
      rows: `tenure,fee,churned
12,39.1,left
40,41.2,right
3,52.8,odd
55,28.4,right`,
      shown: 'Seven rows of 1,000 are "odd".',
    },
  ),
  'task-target-mismatch': of(head, 'task: regression\n', 'task: binary\n', {
    rows: `tenure,fee,churned
12,39.1,1
40,41.2,0
3,52.8,1
55,28.4,0`,
  }),
  'accuracy-on-imbalanced': of(head, 'metric: accuracy\n', 'metric: pr_auc\n', {
    shown: 'One row in eight is a 1.',
  }),
  'roc-auc-on-rare': of(head, 'metric: roc_auc\n', 'metric: pr_auc\n', {
    shown: 'Three rows in a hundred are a 1.',
  }),
  'insufficient-data': of(head, '', 'features: {select: {method: mutual-info, keep: 20}}\n', {
    shown: 'The table has 200 rows and 94 columns.',
  }),
  'too-complex': of(
    head,
    'model: {type: gbdt, gbdt: {trees: 253, max_leaves: 8}}\ntrain: {early_stop: false}\n',
    'model: {type: gbdt, gbdt: {trees: 253, max_leaves: 8}}\ntrain: {early_stop: 10}\n',
    { shown: 'The table has 1,000 rows; 253 trees of 8 leaves are 2,024.' },
  ),
  'batch-too-large': of(
    `${head}split: {test: 0.2, valid: 0.1}\nmodel: mlp\n`,
    'train: {batch: 300}\n',
    'train: {batch: auto}\n',
    { shown: 'Of 1,000 rows 700 are for training.' },
  ),
} satisfies RuleExamples;

export const dataExamples = { ...contract, ...gaps, ...rows };
