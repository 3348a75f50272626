/** For whom the model is worse, and what moves it. */

import { grouped } from '../../server/protocol/grouped.ts';
import type { RunDocument } from '../../server/protocol/run.ts';
import { barChart } from '../ui/bars.ts';
import { section, table } from '../ui/controls.ts';
import { element } from '../ui/dom.ts';
import { interval, number4, percent, printable } from '../ui/format.ts';

export function sliceSection({ slices, metric }: RunDocument): HTMLElement {
  const weak = slices.filter((slice) => slice.weak).length;
  const words =
    slices.length === 0
      ? 'No part of the test rows was large enough to be judged alone, or none was asked for.'
      : `${weak === 0 ? 'None' : weak} of ${slices.length} parts of the test rows ${weak === 1 || weak === 0 ? 'is' : 'are'} clearly weaker than the rest.`;
  const sorted = slices.toSorted((a, b) => Number(b.weak) - Number(a.weak)).slice(0, 50);
  return section(
    'slices',
    'Slices',
    element('p', {}, words),
    slices.length === 0
      ? null
      : table({
          caption: `${metric} by part of the test rows, weak ones first`,
          columns: [
            { title: 'Rows where' },
            { title: 'Rows', number: true },
            { title: 'Share', number: true },
            { title: metric, number: true },
            { title: 'Interval', number: true },
            { title: 'Verdict' },
          ],
          rows: sorted.map((slice) => [
            printable(slice.slice, 120),
            grouped(slice.rows),
            percent(slice.share),
            number4(slice.value),
            interval(slice),
            slice.weak ? `weak: ${number4(slice.overall)} over all rows` : '',
          ]),
        }),
  );
}

export function explanationSection({ explanations }: RunDocument): HTMLElement {
  if (explanations.length === 0) {
    return section('explanations', 'Explanations', element('p', {}, 'No explanation was asked for.'));
  }
  return section('explanations', 'Explanations', ...explanations.flatMap(importanceOf));
}

function importanceOf({ method, metric, importance }: RunDocument['explanations'][number]): HTMLElement[] {
  const sorted = importance.toSorted((a, b) => Number(b.value) - Number(a.value)).slice(0, 30);
  const bars = sorted.map(({ column, value, low, high }) => ({
    label: printable(column, 60),
    value: Number(value),
    low: Number(low),
    high: Number(high),
  }));
  const caption = `${method}: loss of ${metric} without the column`;
  return [
    barChart(caption, bars),
    table({
      caption,
      columns: [
        { title: 'Column' },
        { title: 'Importance', number: true },
        { title: 'Interval', number: true },
      ],
      rows: sorted.map(({ column, value, low, high }) => [
        printable(column, 120),
        number4(value),
        interval({ low, high }),
      ]),
    }),
  ];
}
