/** What a search has tried: the best first, as trials end. */

import { counted, grouped } from '../../server/protocol/grouped.ts';
import type { RunDetail } from '../../server/protocol/workbench.ts';
import { section, table } from '../ui/controls.ts';
import { element } from '../ui/dom.ts';
import { number4, printable } from '../ui/format.ts';

type Trials = NonNullable<RunDetail['trials']>;

export function trialSection({ trials, head }: RunDetail): HTMLElement[] {
  if (trials === null) return [];
  const rows = trials.rows.map(({ number, settings, value, share, state }) => [
    String(number),
    value === null ? '' : number4(value),
    state === 'best' ? element('strong', {}, words.best) : wordsOf(state, share),
    ...settings.map((setting) => element('code', {}, printable(setting, 40))),
  ]);
  const columns = [
    { title: 'Trial', number: true },
    { title: trials.metric || 'score', number: true },
    { title: 'Ended' },
    ...trials.paths.map((path) => ({ title: path.split('.').at(-1) ?? path })),
  ];
  const caption = `Trials, the best first, by ${trials.metric || 'their score'} on held-out training rows`;
  return [
    section(
      'trials',
      'Trials',
      element('p', {}, sentence(trials, head.status === 'running')),
      table({ caption, columns, rows }),
    ),
  ];
}

const words = {
  best: 'best',
  finished: 'finished',
  pruned: 'stopped early',
  failed: 'failed',
} as const;

function wordsOf(state: keyof typeof words, share: number): string {
  return state === 'finished' && share < 1 ? `${Math.round(100 * share)} % of the steps` : words[state];
}

function sentence({ metric, rows, total }: Trials, running: boolean): string {
  const best = rows.find(({ state }) => state === 'best');
  const tried = `${counted(total, 'trial has', 'trials have')} ended`;
  const shown = rows.length < total ? ` The ${grouped(rows.length)} best are shown.` : '';
  if (best === undefined) return `${tried}, none of them to its end yet.${shown}`;
  const figure = best.value === null ? '' : `, ${metric} ${number4(best.value)}`;
  return `${tried}. The best${running ? ' so far' : ''} is trial ${best.number}${figure}.${shown}`;
}
