/** The model card as a document: facts of the run, a person's own words, and where words are still missing. */
import type { Block, Card, Text } from '../../server/protocol/card.ts';
import type { FromCardPanel, ToCardPanel } from '../../server/protocol/panels.ts';
import { barChart } from '../ui/bars.ts';
import { button, contents, section, table } from '../ui/controls.ts';
import { element } from '../ui/dom.ts';
import { connect, root } from '../ui/host.ts';
import { calibrationChart } from './calibration.ts';

const host = connect<ToCardPanel, FromCardPanel, { scroll: number }>({ scroll: 0 }, ({ card, run }) =>
  show(card, run),
);

function show(card: Card, run: string): void {
  const exports = (['md', 'html', 'json'] as const).map((format) =>
    button(exportNames[format], () => host.post({ type: 'export', format }), {
      title: `Export as ${exportNames[format]}`,
    }),
  );
  const openRun = button('Run', () => host.post({ type: 'command', command: 'modelwright.run.open' }), {
    primary: true,
    title: `Open run ${run}, which the facts come from`,
  });
  const serve = button('Serve', () => host.post({ type: 'command', command: 'modelwright.model.serve' }), {
    title: 'Serve this model on this machine',
  });
  root().replaceChildren(
    element(
      'header',
      {},
      element('h1', {}, `Model card: ${card.title}`),
      element('div', { class: 'buttons' }, openRun, serve, ...exports),
    ),
    element(
      'p',
      { class: 'soft' },
      'Facts come from run ',
      element('code', {}, run),
      '; words from the section “card:” of the experiment.',
    ),
    element('p', {}, ...inline(card.summary)),
    contents(card.sections),
    ...card.sections.map(({ id, title, blocks }) => section(id, title, ...blocks.map(blockOf))),
  );
  window.scrollTo(0, host.view.scroll);
  window.addEventListener('scrollend', () => host.keep({ scroll: window.scrollY }));
}

const exportNames = { md: 'Markdown', html: 'HTML', json: 'JSON' } as const;

function blockOf(block: Block): HTMLElement {
  switch (block.kind) {
    case 'text':
      return element('p', {}, ...inline(block.text));
    case 'words':
      return element('p', { class: 'words' }, block.words);
    case 'gap':
      return gap(block.text);
    case 'list':
      return element('ul', {}, ...block.items.map((item) => element('li', {}, ...inline(item))));
    case 'table':
      return table({
        caption: block.caption,
        columns: block.columns.map(({ title, number }) => ({ title: plain(title), number })),
        rows: block.rows.map((row) => row.map((cell) => element('span', {}, ...inline(cell)))),
      });
    case 'bars':
      // NaN travels as a word.
      return barChart(
        block.caption,
        block.bars.map(({ label, value, low, high }) => ({
          label,
          value: Number(value),
          low: Number(low),
          high: Number(high),
        })),
      );
    case 'calibration':
      return calibrationChart(block.caption, block.bins);
    case 'code':
      return element('pre', { tabindex: 0 }, element('code', {}, block.code));
  }
}

/** Something that only a person can say: with the way to where it is said. */
function gap(text: Text): HTMLElement {
  const setting = text.find((part) => typeof part !== 'string');
  const path = typeof setting === 'object' ? setting.name : 'card';
  return element(
    'div',
    { class: 'gap' },
    element('p', {}, ...inline(text)),
    button('Write it', () => host.post({ type: 'write', path })),
  );
}

function inline(text: Text): (HTMLElement | string)[] {
  return text.map((part) => (typeof part === 'string' ? part : element('code', {}, part.name)));
}

function plain(text: Text): string {
  return text.map((part) => (typeof part === 'string' ? part : part.name)).join('');
}

host.post({ type: 'ready' });
