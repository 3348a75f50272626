/** The card on the search for settings: what was tried, what was taken, and how good the search is on rows it never saw. */
import { metricNamed } from '../catalog/metrics.ts';
import type { Block, Text } from '../protocol/card.ts';
import { toJson } from '../protocol/json.ts';
import type { RunDocument, Tuning } from '../protocol/run.ts';
import { formatCount, formatNumber, joinNames, name } from './wording.ts';

/** Nothing for a run whose settings were written by hand. */
export function describeTuning({ tuning }: RunDocument): Block[] {
  const found = tuning?.trials[tuning.best];
  if (tuning === undefined || found === undefined) return [];
  const text: Text = [
    `Its settings are the best of ${formatCount(tuning.trials.length)} tried by a ${tuning.search} search: `,
    ...settingsOf(found.params),
    `. On the held-out training rows that chose them, `,
    name(tuning.metric),
    ` is ${formatNumber(found.value)}; having chosen by it, that figure flatters.`,
  ];
  return [{ kind: 'text', text }, ...nestedBlocks(tuning)];
}

/** Of settings that were found without the rows that judge them (Varma and Simon, 2006). */
function nestedBlocks({ nested, metric }: Tuning): Block[] {
  if (nested === undefined) return [];
  const { mean, least, most } = summarizeFolds(nested);
  const spread = `${formatNumber(least)} to ${formatNumber(most)}`;
  const direction = metricNamed(metric)?.direction;
  return [
    {
      kind: 'text',
      text: [
        `Searched anew within each of ${nested.folds.length} outer folds, and judged by rows that had no part in the search, `,
        name(metric),
        ` is ${formatNumber(mean)} on average (${spread})${direction ? `; ${direction} is better` : ''}.`,
      ],
    },
    {
      kind: 'table',
      caption: 'Nested cross-validation: what each outer fold found, and its value on the rows held out',
      columns: [
        { title: ['Outer fold'], number: true },
        { title: [name(metric)], number: true },
        { title: ['Settings found'], number: false },
      ],
      rows: nested.folds.map(({ params, value }, index) => [
        [String(index + 1)],
        [formatNumber(value)],
        settingsOf(params),
      ]),
    },
  ];
}

/** What the outer folds say together. */
export function summarizeFolds({ folds }: NonNullable<Tuning['nested']>) {
  const values = folds.map(({ value }) => Number(value));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, least: Math.min(...values), most: Math.max(...values) };
}

function settingsOf(params: Readonly<Record<string, unknown>>): Text {
  const pairs = Object.entries(params);
  return joinNames(
    pairs.map(
      ([path, value]) => `${path} ${typeof value === 'number' ? formatNumber(value) : toJson(value)}`,
    ),
  );
}
