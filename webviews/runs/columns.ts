/** The columns of the runs table: state and result of every run, and the settings in which runs differ. */
import type { ToRunsPanel } from '../../server/protocol/panels.ts';
import type { RunEntry } from '../../server/protocol/workbench.ts';
import { statusMark } from '../ui/controls.ts';
import { element } from '../ui/dom.ts';
import { duration, halfWidth, number4, percent, printable, time } from '../ui/format.ts';

export interface Column {
  /** What it is sorted by. */
  readonly name: string;
  readonly title: string;
  readonly number: boolean;
  cell(run: RunEntry): Node | string;
}

/** Beyond these, columns are found by the filter. */
const mostSettings = 12;

export function columnsOf({ settings, metrics, progress }: ToRunsPanel & { type: 'window' }): Column[] {
  const [only] = metrics;
  return [
    text('experiment', 'Experiment', ({ experiment }) => printable(experiment, 80)),
    text('id', 'Run', ({ id }) => id),
    {
      name: 'status',
      title: 'Status',
      number: false,
      cell(run) {
        const done = progress[run.id];
        const mark = statusMark(run.status);
        if (done !== undefined) mark.append(` ${percent(Math.floor(done * 100) / 100)}`);
        return mark;
      },
    },
    { name: 'started', title: 'Started', number: false, cell: ({ started }) => time(started) },
    {
      name: 'duration',
      title: 'Duration',
      number: true,
      cell: ({ started, ended }) =>
        ended === null ? '' : duration((Date.parse(ended) - Date.parse(started)) / 1000),
    },
    ...(metrics.length > 1 ? [text('metric', 'Metric', ({ metric }) => metric ?? '')] : []),
    {
      name: 'value',
      title: metrics.length === 1 && only !== undefined ? only : 'Value',
      number: true,
      cell: ({ value, low, high }) =>
        value === null
          ? '–'
          : element(
              'span',
              {},
              number4(value),
              ' ',
              element('span', { class: 'soft' }, halfWidth(low, high)),
            ),
    },
    ...settings.slice(0, mostSettings).map((path) => ({
      name: path,
      title: path,
      number: false,
      cell: (run: RunEntry) => printable(run.settings[path] ?? '', 80),
    })),
  ];
}

function text(name: string, title: string, cell: (run: RunEntry) => string): Column {
  return { name, title, number: false, cell };
}
