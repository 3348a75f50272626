/** The card on origins: the data and its split, the features and their weight, and the hashes that pin a run down. */
import type { DerivedFeature } from '../config/derivedFeature.ts';
import type { Experiment } from '../config/experiment.ts';
import type { Block, Text } from '../protocol/card.ts';
import type { Importance, RunDocument } from '../protocol/run.ts';
import { formatCount, formatEstimate, formatNumber, joinNames, name } from './wording.ts';

export function describeData(document: RunDocument, experiment: Experiment): Block[] {
  const { rows, split } = document;
  const used = rows.train + rows.valid + rows.test;
  const folds = split.folds > 1 ? `, with ${split.folds} folds of cross-validation on the training rows` : '';
  const items: Text[] = [
    [
      'Source: ',
      ...joinNames(sourcesOf(experiment)),
      `, ${formatCount(rows.source)} rows; ${formatCount(used)} are used.`,
    ],
    [
      `Split: ${split.method}${folds}; ${formatCount(rows.train)} rows to train, ${formatCount(rows.valid)} to validate, ${formatCount(rows.test)} to test.`,
    ],
  ];
  if (experiment.data.filter !== undefined)
    items.push(['Only rows where ', name(experiment.data.filter), '.']);
  if (experiment.data.as_of !== undefined) items.push(['As known on ', name(experiment.data.as_of), '.']);
  if (rows.withoutTarget > 0) {
    items.push([
      `${formatCount(rows.withoutTarget)} rows have no `,
      name(document.target),
      ' and are left out.',
    ]);
  }
  const { weight } = experiment.data;
  if (weight !== undefined)
    items.push([
      'In training a row counts as ',
      name(weight),
      ' says; in all figures here each counts once.',
    ]);
  for (const feature of [...experiment.data.derive, ...experiment.features.derive])
    items.push([name(feature.name), ' is computed as ', name(feature.expr), ...describeWindow(feature), '.']);
  items.push(...describePast(document));
  return [{ kind: 'list', items }];
}

/** Which rows before the prediction count. */
function describeWindow({ window, group, shift, available_at }: DerivedFeature): Text {
  const rows = typeof shift === 'number' ? `, without the last ${countRows(shift)}` : '';
  const before = typeof shift === 'string' ? `, up to ${shift} before the prediction` : '';
  return [
    ...(group === undefined ? [] : [' over rows of the same ', name(group)]),
    ...(window === undefined ? [] : [` of the last ${window}`]),
    `${before}${rows}`,
    ...(available_at === undefined ? [] : [', known from ', name(available_at), ' on']),
  ];
}

function countRows(count: number): string {
  return count === 1 ? 'row' : `${count} rows`;
}

/** Joins and windows, as of when they were taken. */
function describePast({ lineage }: RunDocument): Text[] {
  const joins = (lineage.joins ?? []).map((join): Text => {
    const when =
      join.newest === null
        ? ''
        : `, each as of its row's prediction; the newest that was used is of ${join.newest}`;
    const from = ['Joined with ', name(join.source), `, ${formatCount(join.rows)} rows`];
    return [...from, `: ${formatCount(join.matched)} rows have a match${when}.`];
  });
  const windows = (lineage.windows ?? []).map((window): Text => {
    const newest =
      window.newest === null ? 'none was found' : `the newest that was used is of ${window.newest}`;
    return [name(window.name), ' is of rows before ', name(window.at), `: ${newest}.`];
  });
  return [...joins, ...windows];
}

function sourcesOf({ data }: Experiment): readonly string[] {
  const { source } = data;
  if (source === undefined) return [];
  if (typeof source === 'string') return [source];
  return Array.isArray(source) ? source : Object.values(source);
}

export function describeFeatures(document: RunDocument, experiment: Experiment): Block[] {
  const inputs = new Set(document.features.map((feature) => feature.name));
  const made = experiment.features.derive.filter((feature) => !inputs.has(feature.name));
  const computed = made.map((feature) => ({ name: feature.name, kind: 'computed' }));
  const features = [...document.features, ...computed];
  const explained = document.explanations[0];
  const importance = new Map(explained?.importance.map((each) => [each.column, each]));
  const order = (feature: { name: string }) =>
    Number(importance.get(feature.name)?.value ?? Number.NEGATIVE_INFINITY);
  const sorted = features.toSorted((a, b) => order(b) - order(a));
  const caption = explained ? `How much ${explained.metric} loses when a column is shuffled` : 'Columns';
  const shown = sorted.slice(0, 50);
  const rest = sorted.length - shown.length;
  return [
    { kind: 'text', text: [`${formatCount(inputs.size)} columns go in.`] },
    ...selectionBlocks(document),
    ...(made.length === 0 ? [] : [computedFeatures(made)]),
    ...(explained ? [bars(caption, explained.importance)] : []),
    {
      kind: 'table',
      caption: rest > 0 ? `${caption}; ${formatCount(rest)} columns of less weight left out` : caption,
      columns: [
        { title: ['Column'], number: false },
        { title: ['Kind'], number: false },
        { title: ['Loss when shuffled'], number: true },
      ],
      rows: shown.map((feature) => [
        [name(feature.name)],
        [feature.kind],
        [formatEstimate(importance.get(feature.name))],
      ]),
    },
    ...describeContract(
      document,
      shown.map((feature) => feature.name),
    ),
  ];
}

const actions = {
  none: 'is let pass',
  warn: 'is answered and counted',
  reject: 'is refused, with row and column',
} as const;

/** What training saw of the same columns, and what becomes of other values. */
function describeContract({ contract }: RunDocument, names: readonly string[]): Block[] {
  if (contract === undefined) return [];
  const of = new Map(contract.columns.map((column) => [column.name, column]));
  const columns = names.flatMap((each) => of.get(each) ?? []);
  const seen = ({ low, high, levels }: (typeof columns)[number]) => {
    if (low !== undefined && high !== undefined) return `${formatNumber(low)} to ${formatNumber(high)}`;
    return levels === undefined ? '–' : `${formatCount(levels)} levels`;
  };
  return [
    {
      kind: 'text',
      text: [
        `In use a number outside the range of training ${actions[contract.range]}, a level that training did not see ${actions[contract.unseen]}, and a value missing where none was ${actions[contract.missing]}.`,
      ],
    },
    {
      kind: 'table',
      caption: 'What training saw',
      columns: [
        { title: ['Column'], number: false },
        { title: ['Values'], number: false },
        { title: ['Missing'], number: false },
      ],
      rows: columns.map((column) => [
        [name(column.name)],
        [seen(column)],
        [column.missing ? 'some' : 'none'],
      ]),
    },
  ];
}

function computedFeatures(made: Experiment['features']['derive']): Block {
  return {
    kind: 'list',
    items: made.map(({ name: column, expr }) => [
      name(column),
      ' is computed by the model as ',
      name(expr),
      '; it keeps its values while a column that it reads is shuffled.',
    ]),
  };
}

function selectionBlocks({ selection }: RunDocument): Block[] {
  if (selection === undefined) return [];
  const { method, kept, dropped } = selection;
  const chosen: Text = [
    `Of ${formatCount(kept.length + dropped.length)} features ${formatCount(kept.length)} are kept, chosen by `,
    name(method),
    ' on the training rows: ',
    ...joinNames(kept),
  ];
  const rest: Text = dropped.length === 0 ? ['.'] : ['. Dropped: ', ...joinNames(dropped), '.'];
  return [{ kind: 'text', text: [...chosen, ...rest] }];
}

function bars(caption: string, importance: readonly Importance[]): Block {
  const shown = importance.slice(0, 20);
  return {
    kind: 'bars',
    caption,
    bars: shown.map(({ column, value, low, high }) => ({
      label: name(column).name,
      value: Number(value),
      low: Number(low),
      high: Number(high),
    })),
  };
}

export function describeLineage(document: RunDocument): Block[] {
  const { lineage, split, parity, model } = document;
  const rows: [string, Text][] = [
    ['Data', [name(lineage.data)]],
    ...(lineage.joins ?? []).map((join): [string, Text] => [`Joined ${join.name}`, [name(join.hash)]]),
    ['Split', [name(split.hash)]],
    ['Experiment', [name(lineage.config)]],
    ['Code', [name(lineage.code)]],
    ['Environment', [name(lineage.environment)]],
    ['Seed', [String(lineage.seed)]],
    ['Calibration', [model.calibration]],
    ...(model.threshold === null ? [] : [['Threshold', [formatNumber(model.threshold)]] as [string, Text]]),
    ['Settings', [name(describeSettings(model.params))]],
  ];
  return [
    {
      kind: 'text',
      text: [
        `On ${formatCount(parity.rows)} rows fed through the raw inputs the model file and the trainer differ by at most ${formatNumber(parity.maxAbsDifference)}.`,
      ],
    },
    {
      kind: 'table',
      caption: 'The same inputs give the same model, byte for byte',
      columns: [
        { title: ['What'], number: false },
        { title: ['Value'], number: false },
      ],
      rows: rows.map(([what, value]) => [[what], value]),
    },
  ];
}

function describeSettings(params: Readonly<Record<string, unknown>>): string {
  return Object.entries(params)
    .map(([key, value]) => `${key}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ');
}
