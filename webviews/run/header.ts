/** The head of the run panel: what it is, how far it is, how good it is, and what can be done now. */
import type { FromRunPanel } from '../../server/protocol/panels.ts';
import type { RunDocument } from '../../server/protocol/run.ts';
import type { RunEvent } from '../../server/protocol/runMessages.ts';
import type { RunDetail } from '../../server/protocol/workbench.ts';
import { button, statusMark } from '../ui/controls.ts';
import { element, fill } from '../ui/dom.ts';
import { duration, interval, number4, printable, time } from '../ui/format.ts';

export interface Header {
  readonly node: HTMLElement;
  show(run: RunDetail, event: RunEvent | undefined): void;
}

/** A screen reader is told of progress this often at most. Milliseconds. */
const announceEvery = 10_000;

export function createHeader(post: (message: FromRunPanel) => void): Header {
  const title = element('div', {});
  const buttons = element('div', { class: 'buttons' });
  const progress = element('div', {});
  const spoken = element('p', { class: 'visually-hidden', role: 'status' });
  const result = element('div', {});
  const node = element('div', {}, element('header', {}, title, buttons), progress, spoken, result);
  let announced = Number.NEGATIVE_INFINITY;

  return {
    node,
    show(run, event) {
      const { head, document, error } = run;
      fill(title, head, () => [
        element('h1', {}, printable(head.experiment)),
        element(
          'p',
          {},
          statusMark(head.status),
          ' · run ',
          element('code', {}, head.id),
          ' · ',
          time(head.started),
          took(run),
        ),
      ]);
      fill(buttons, [head.status, run.before, document !== null], () => buttonsOf(run, post));
      const running = head.status === 'running';
      fill(progress, running ? event : null, () => (running ? progressOf(event) : []));
      const now = performance.now();
      if (!running) spoken.textContent = `The run has ${head.status === 'running' ? 'begun' : head.status}.`;
      else if (now - announced >= announceEvery) {
        announced = now;
        spoken.textContent = progressWords(event);
      }
      fill(result, [document?.run, error, head.status], () => [
        ...(document === null ? [] : [primary(document)]),
        ...(error === null || head.status !== 'failed' ? [] : [alertOf(error)]),
        ...(head.status === 'cancelled' ? [element('p', {}, stopped)] : []),
        ...(head.status === 'interrupted' ? [alertOf(interrupted)] : []),
      ]);
    },
  };
}

const stopped = 'It was stopped. What was finished is kept; Resume goes on from the last checkpoint.';

const interrupted = {
  message: 'The process of this run is gone: it was killed, or the machine went down.',
  help: 'Resume goes on from its last checkpoint.',
};

function took({ head: { started, ended } }: RunDetail): string {
  return ended === null ? '' : ` · took ${duration((Date.parse(ended) - Date.parse(started)) / 1000)}`;
}

function buttonsOf(
  { head, document, before }: RunDetail,
  post: (message: FromRunPanel) => void,
): HTMLElement[] {
  const command = (name: (FromRunPanel & { type: 'command' })['command']) => () =>
    post({ type: 'command', command: name });
  const resumable = head.status !== 'running' && head.status !== 'finished';
  return [
    ...(head.status === 'running'
      ? [button('Stop', command('modelwright.run.stop'), { primary: true })]
      : []),
    ...(resumable ? [button('Resume', command('modelwright.run.resume'), { primary: true })] : []),
    ...(document === null
      ? []
      : [
          button('Serve', command('modelwright.model.serve'), {
            primary: true,
            title: 'Serve this model on this machine',
          }),
          button('Card', command('modelwright.card.show'), { title: 'Show model card' }),
          button('Reproduce', command('modelwright.run.reproduce'), {
            title: 'Run the same again, and see whether it gives the same files',
          }),
          button('Register…', command('modelwright.run.register'), {
            title: 'Make this model a numbered version',
          }),
        ]),
    ...(before === null || document === null
      ? []
      : [
          button('Compare', () => post({ type: 'compare', with: before }), {
            title: `Compare with the run before, ${before}`,
          }),
        ]),
    button('Experiment', () => post({ type: 'openExperiment' }), { title: 'Open the experiment file' }),
  ];
}

function progressOf(event: RunEvent | undefined): HTMLElement[] {
  const share = event?.fraction ?? 0;
  return [
    element('progress', { max: 1, value: share, 'aria-label': 'Progress of the run' }),
    element('p', { class: 'soft' }, progressWords(event)),
  ];
}

function progressWords(event: RunEvent | undefined): string {
  if (event === undefined) return 'Starting';
  const parts = [`${Math.floor(event.fraction * 100)} %`, event.stage];
  if (event.detail !== '') parts.push(event.detail);
  if (event.score !== null) parts.push(`${event.score.metric} ${number4(event.score.value)}`);
  if (event.secondsLeft !== null) parts.push(`${duration(event.secondsLeft)} left`);
  return parts.join(' · ');
}

function primary(document: RunDocument): HTMLElement {
  const { metric, metrics, gates } = document;
  const found = metrics.test[metric] ?? metrics.valid[metric];
  const where = metrics.test[metric] === undefined ? 'validation rows' : 'test rows';
  return element(
    'p',
    { class: 'primary-metric' },
    `${metric} `,
    element(
      'span',
      { class: 'number' },
      found === undefined ? 'not measured' : `${number4(found.value)} ${interval(found)}`,
    ),
    ` on the ${where}. ${verdictOf(gates)}`,
  );
}

function verdictOf(gates: RunDocument['gates']): string {
  const failed = gates.filter(({ passed }) => !passed).length;
  if (gates.length === 0) return 'No gates are set.';
  if (failed === 0)
    return gates.length === 1 ? 'Its gate is passed.' : `All ${gates.length} gates are passed.`;
  return `${failed} of ${gates.length} gates ${failed === 1 ? 'is' : 'are'} not passed.`;
}

function alertOf({ message, help }: { readonly message: string; readonly help: string }): HTMLElement {
  return element(
    'div',
    { class: 'alert', role: 'alert' },
    element('p', {}, ...withNames(message)),
    element('p', { class: 'soft' }, ...withNames(help)),
  );
}

/** What a message puts in backticks is a name. */
function withNames(message: string): (HTMLElement | string)[] {
  return message
    .split(/`([^`]*)`/)
    .map((part, index) => (index % 2 === 1 ? element('code', {}, printable(part)) : part));
}
