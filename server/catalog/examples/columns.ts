/** Examples of rules about columns: their kinds, their quantities, and what they say of persons. */
import { candidate, churn, ending, head, of, type RuleExamples, readAsMissing, timed } from './example.ts';

const kinds = {
  'mixed-types': of(head, '', 'features: {types: {dose: numeric}}\n', {
    rows: `tenure,dose,churned
12,120,1
40,85,0
3,unclear,1
55,310,0`,
  }),
  'number-as-string': of(head, '', 'features: {types: {weight: numeric}}\n', {
    rows: `tenure,weight,churned
12,41,1
40,rack 7,0
3,88,1
55,63,0`,
  }),
  'date-as-string': of(head, '', 'features: {types: {opened: datetime}}\n', {
    rows: `tenure,opened,churned
12,2024-11-03,1
40,unknown so far,0
3,2024-02-28,1
55,2024-07-17,0`,
  }),
  'enum-as-number': of(head, '', 'features: {types: {shape: categorical}}\n', {
    rows: `tenure,shape,churned
12,1,1
40,6,0
3,7,1
55,2,0
8,5,1`,
  }),
  'text-as-category': of(head, '', 'features: {exclude: [note]}\n', {
    rows: `tenure,note,churned
12,customer waiting again invoice address parcel delivery,1
40,delivery parcel waiting customer again again,0
3,invoice address customer customer delivery waiting again,1
55,again parcel parcel address invoice waiting,0`,
  }),
  'string-variants': of(
    '',
    head,
    `data: {source: data/churn.csv, derive: [{name: county_alike, expr: "lower(trim(county))"}]}
target: churned
features: {exclude: [county]}
`,
    {
      rows: `tenure,county,churned
12,New York,1
40,new york,0
3,Ohio,1
55,New York ,0`,
    },
  ),
  'odd-strings': {
    fault: head,
    mended: readAsMissing(', "--", "..."'),
    rows: `tenure,colour,churned
12,red,1
40,--,0
3,blue,1
55,...,0`,
  },
  'high-cardinality': of(
    head,
    'features: {categorical: {encode: onehot, rare: 0.001}}\n',
    'features: {categorical: {encode: onehot, rare: 0.001}, columns: {town: {encode: target}}}\n',
    {
      rows: `tenure,town,churned
12,t17,1
40,t3,0
3,t60,1
55,t41,0`,
    },
  ),
  'id-as-feature': ending('target: churned\n', churn, 'data: {source: data/churn.csv, id: number}\n', {
    rows: `number,tenure,churned
7000,12,1
7001,40,0
7002,3,1
7003,55,0`,
  }),
  'constant-column': of(head, '', 'features: {exclude: [country]}\n', {
    rows: `tenure,country,churned
12,DE,1
40,DE,0
3,DE,1
55,DE,0`,
  }),
  'circular-as-linear': of(head, '', 'features: {types: {start_hour: cyclic}}\n', {
    rows: `tenure,start_hour,churned
12,23,1
40,0,0
3,7,1
55,22,0`,
  }),
} satisfies RuleExamples;

const quantities = {
  outliers: of(head, '', 'features: {columns: {load: {outliers: winsorize}}}\n', {
    rows: `tenure,load,churned
12,71,1
40,55,0
3,8311.4,1
55,88,0`,
  }),
  skewed: of(`${head}model: linear\n`, '', 'features: {columns: {worth: {transform: log1p}}}\n', {
    rows: `tenure,worth,churned
12,4.31,1
40,22.07,0
3,901.5,1
55,9.84,0`,
  }),
  unscaled: of(
    `${head}model: linear\n`,
    'features: {numeric: {scale: none}}\n',
    'features: {numeric: {scale: standard}}\n',
    {
      rows: `income,ratio,churned
412008,0.31,1
93511,-1.204,0
250077,0.87,1
601,-0.02,0`,
    },
  ),
  'correlated-features': of(head, '', 'features: {exclude: [gross]}\n', {
    rows: `net,gross,tenure,churned
101.3,121.9,12,1
84.2,98.4,40,0
120.6,145.1,3,1
97.0,113.8,55,0`,
  }),
  'raw-features': of(
    head,
    'features: {categorical: {encode: ordinal}}\n',
    'features: {categorical: {encode: ordinal}, columns: {town: {encode: target}}}\n',
    {
      rows: `tenure,town,churned
12,t17,1
40,t3,0
3,t59,1
55,t41,0`,
    },
  ),
  'unit-jump': of(
    '',
    timed,
    `data: {source: data/churn.csv, time: day, derive: [{name: price_one_unit, expr: "if(day >= 2023-09-01, price / 1000, price)"}]}
target: churned
features: {exclude: [price]}
`,
    {
      rows: `day,price,churned
2023-03-02,21.8,0
2023-08-19,17.4,1
2024-02-01,20910.5,0
2024-02-02,18034.9,1`,
      by: 'Better is the price in one unit, written to the file at its source.',
    },
  ),
} satisfies RuleExamples;

const persons = {
  'pii-in-features': of(head, '', 'features: {exclude: [contact]}\n', {
    rows: `tenure,contact,churned
12,ada@example.org,1
40,+49 170 1000001,0
3,lin@example.org,1
55,max@example.org,0`,
  }),
  'protected-feature': of(head, '', 'features: {exclude: [sex]}\n', {
    rows: `tenure,sex,churned
12,f,1
40,m,0
3,m,1
55,f,0`,
  }),
  'proxy-feature': of(candidate, '', 'features: {exclude: [title]}\n', {
    rows: `sex,title,tenure,churned
f,Ms,12,1
m,Mr,40,0
m,Dr,3,1
f,Ms,55,0`,
  }),
} satisfies RuleExamples;

export const columnExamples = { ...kinds, ...quantities, ...persons };
