/** The compare panel: what differs in the settings beside what differs in the results, and whether by more than chance. */
import type { FromComparePanel, ToComparePanel } from '../../server/protocol/panels.ts';
import type { ExperimentComparison } from '../../server/protocol/workbench.ts';
import { section, table } from '../ui/controls.ts';
import { element } from '../ui/dom.ts';
import { interval, type JsonNumber, number4, printable } from '../ui/format.ts';
import { connect, root } from '../ui/host.ts';

const host = connect<ToComparePanel, FromComparePanel, object>({}, (message) => {
  const { parameters, metrics } = message.comparison;
  const experiments = message.type === 'experiments';
  const sides = experiments ? experimentSides(message.comparison) : runSides(message);
  const things = experiments ? 'experiments' : 'runs';
  const links = sides.map(({ title, run, note }) =>
    element(
      'li',
      {},
      run === null
        ? title
        : element('a', { href: '#', onclick: () => host.post({ type: 'open', id: run }) }, title),
      ` ${note}`,
    ),
  );
  const columns = sides.map(({ title }) => ({ title, number: true }));
  const clear = metrics.filter(({ low, high }) => Number(low) > 0 || Number(high) < 0).length;
  const judged = metrics.some(({ difference }) => difference !== 'NaN');
  const words = judged
    ? `${clear === 0 ? 'No metric differs' : `${clear} of ${metrics.length} metrics ${clear === 1 ? 'differs' : 'differ'}`} by more than chance between the first and the last: the interval of the difference ${clear === 0 ? 'holds 0 everywhere' : 'leaves out 0'}.`
    : experiments && sides.some(({ run }) => run === null)
      ? 'Not all of them were run, so that differences cannot be judged.'
      : 'They were not scored on the same test rows, so that differences cannot be judged.';
  root().replaceChildren(
    element('h1', {}, `Compare ${sides.length} ${things}`),
    element('ul', {}, ...links),
    section(
      'results',
      'Results',
      element('p', {}, words),
      table({
        caption:
          'On the test rows; the difference is of the last run against the first, with a paired bootstrap interval',
        columns: [
          { title: 'Metric' },
          ...columns,
          { title: 'Difference', number: true },
          { title: 'Interval', number: true },
          { title: 'p', number: true },
          { title: 'Verdict' },
        ],
        rows: metrics.map(({ name: metric, values, difference, low, high, p }) => [
          metric,
          ...values.map((value) => number4(jsonNumber(value))),
          number4(difference),
          interval({ low, high }),
          number4(p),
          Number(low) > 0 || Number(high) < 0 ? 'differs' : '',
        ]),
      }),
    ),
    section(
      'settings',
      'Settings that differ',
      parameters.length === 0
        ? element(
            'p',
            {},
            experiments ? 'None: they mean the same.' : 'None: the runs had the same settings.',
          )
        : table({
            caption: 'Of the resolved experiments',
            columns: [{ title: 'Setting' }, ...sides.map(({ title }) => ({ title }))],
            rows: parameters.map(({ path, values }) => [
              path,
              ...values.map((value) => element('code', {}, textOf(value))),
            ]),
          }),
    ),
  );
});
host.post({ type: 'ready' });

interface Side {
  readonly title: string;
  /** What there is to open. */
  readonly run: string | null;
  readonly note: string;
}

function runSides({ comparison, runs }: ToComparePanel & { type: 'comparison' }): Side[] {
  const name = new Map(runs.map(({ id, experiment }) => [id, experiment]));
  return comparison.runs.map((id) => ({ title: id, run: id, note: printable(name.get(id) ?? '', 60) }));
}

function experimentSides({ sides }: ExperimentComparison): Side[] {
  return sides.map(({ title, run, stale }) => ({
    title: printable(title, 80),
    run,
    note: run === null ? 'was never run to its end' : stale ? 'was changed since its last run' : '',
  }));
}

/** Values travel as JSON numbers, or as the words for what JSON cannot hold. */
function jsonNumber(value: unknown): JsonNumber | null {
  if (typeof value === 'number') return value;
  return value === 'Infinity' || value === '-Infinity' ? value : null;
}

function textOf(value: unknown): string {
  return printable(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), 120);
}
