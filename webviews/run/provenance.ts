/** Where a run comes from and what it left: settings, data and lineage, files, log. */

import { grouped } from '../../server/protocol/grouped.ts';
import type { FromRunPanel } from '../../server/protocol/panels.ts';
import type { RunDocument } from '../../server/protocol/run.ts';
import type { RunDetail, TimedEvent } from '../../server/protocol/workbench.ts';
import { section, table } from '../ui/controls.ts';
import { element } from '../ui/dom.ts';
import { duration, number4, printable } from '../ui/format.ts';

export function settingsSection({ settings, before }: RunDetail): HTMLElement {
  const changed = settings.filter((setting) => before !== null && setting.before !== setting.value);
  const words =
    before === null
      ? 'This is the first run of this experiment.'
      : changed.length === 0
        ? `The same settings as the run before, ${before}.`
        : `${changed.length} ${changed.length === 1 ? 'setting differs' : 'settings differ'} from the run before, ${before}.`;
  const all = element(
    'details',
    {},
    element('summary', {}, `All ${settings.length} settings`),
    listOf(settings, 'All settings'),
  );
  return section(
    'settings',
    'Settings',
    element('p', {}, words),
    changed.length === 0 ? null : listOf(changed, 'What differs', before),
    all,
  );
}

function listOf(settings: RunDetail['settings'], caption: string, before: string | null = null): HTMLElement {
  return table({
    caption,
    columns: [
      { title: 'Setting' },
      { title: 'This run' },
      ...(before === null ? [] : [{ title: `Run ${before}` }]),
    ],
    rows: settings.map((setting) => [
      setting.path,
      element('code', {}, printable(setting.value)),
      ...(before === null ? [] : [element('code', {}, printable(setting.before ?? 'not set'))]),
    ]),
  });
}

export function lineageSection(document: RunDocument): HTMLElement {
  const { rows, split, lineage, features, parity, device, model } = document;
  const facts: [string, string][] = [
    [
      'Rows',
      `${grouped(rows.train)} train, ${grouped(rows.valid)} validation, ${grouped(rows.test)} test of ${grouped(rows.source)}`,
    ],
    ['Split', `${split.method}${split.folds > 0 ? `, ${split.folds}-fold cross-validation` : ''}`],
    ['Features', `${features.length}: ${printable(features.map(({ name }) => name).join(', '), 300)}`],
    ['Model', `${model.type}, ${grouped(model.iterations)} iterations`],
    [
      'Model file against trainer',
      `largest difference ${number4(parity.maxAbsDifference)} on ${grouped(parity.rows)} rows`,
    ],
    ['Device', `${device.engine}, ${device.name}`],
    ['Seed', String(lineage.seed)],
    ['Data', lineage.data],
    ...(lineage.joins ?? []).map(({ name, source, hash, matched, newest }): [string, string] => [
      `Joined ${printable(name, 40)}`,
      `${printable(source, 200)}, ${grouped(matched)} rows matched${newest === null ? '' : `, newest of ${newest}`}; ${hash}`,
    ]),
    ...(lineage.windows ?? []).map(({ name, at, newest }): [string, string] => [
      `Past in ${printable(name, 40)}`,
      `before ${printable(at, 200)}${newest === null ? '' : `, newest of ${newest}`}`,
    ]),
    ['Settings', lineage.config],
    ['Code', lineage.code],
    ['Environment', lineage.environment],
  ];
  return section(
    'lineage',
    'Data and lineage',
    table({
      caption: 'What the result follows from',
      columns: [{ title: 'What' }, { title: 'Value' }],
      rows: facts.map(([name, value]) => [
        name,
        value.includes(':') && value.length > 40 ? element('code', {}, value) : value,
      ]),
    }),
  );
}

export function fileSection({ artifacts }: RunDocument, post: (message: FromRunPanel) => void): HTMLElement {
  const link = (file: 'model' | 'predictions' | 'card') =>
    element('a', { href: '#files', onclick: () => post({ type: 'openFile', file }) }, artifacts[file]);
  return section(
    'files',
    'Files',
    table({
      caption: 'Relative to the workspace',
      columns: [{ title: 'What' }, { title: 'Path' }],
      rows: [
        ['Model (ONNX)', link('model')],
        ['Predictions', link('predictions')],
        ['Model card', link('card')],
      ],
    }),
  );
}

/** The last events are enough to see what went on; the store keeps them all. */
const lastEvents = 200;

export function logSection({ document, findings }: RunDetail, events: readonly TimedEvent[]): HTMLElement {
  const found = [
    ...(document?.warnings ?? []).map((message) => `warning: ${message}`),
    ...findings
      .filter(({ severity }) => severity === 'error' || severity === 'warning')
      .map(({ severity, rule, message }) => `${severity} ${rule}: ${message}`),
  ];
  const stages = Object.entries(document?.timings ?? {}).map(
    ([stage, seconds]) => `${stage} ${duration(seconds)}`,
  );
  return section(
    'log',
    'Log',
    stages.length === 0 ? null : element('p', {}, stages.join(' · ')),
    found.length === 0
      ? element('p', {}, 'No warnings.')
      : element('ul', {}, ...found.map((line) => element('li', {}, printable(line, 500)))),
    element(
      'details',
      {},
      element('summary', {}, `${events.length} reports`),
      element('pre', { tabindex: 0 }, ...events.slice(-lastEvents).map((each) => `${lineOf(each)}\n`)),
    ),
  );
}

function lineOf({ time, event }: TimedEvent): string {
  const score = event.score === null ? '' : ` ${event.score.metric} ${number4(event.score.value)}`;
  return `${time.slice(11, 19)} ${Math.floor(event.fraction * 100)} % ${event.stage} ${event.detail}${score}`;
}
