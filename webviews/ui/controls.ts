/** Buttons, fields and states shared by all panels; the only place that knows the toolkit. */
import { provideVSCodeDesignSystem, vsCodeButton } from '@vscode/webview-ui-toolkit';
import { element, svg } from './dom.ts';

provideVSCodeDesignSystem().register(vsCodeButton());

export function button(
  label: string,
  press: () => void,
  options: { primary?: boolean; title?: string } = {},
): HTMLElement {
  return element(
    'vscode-button',
    {
      appearance: options.primary === true ? 'primary' : 'secondary',
      title: options.title ?? null,
      onclick: press,
    },
    label,
  );
}

/** Calls `change` at every key. */
export function textField(label: string, value: string, change: (value: string) => void): HTMLElement {
  const field = document.createElement('input');
  field.type = 'text';
  field.placeholder = label;
  field.ariaLabel = label;
  field.value = value;
  field.addEventListener('input', () => change(field.value));
  return field;
}

export type Status = 'running' | 'finished' | 'failed' | 'cancelled' | 'interrupted';

const words: Readonly<Record<Status, string>> = {
  running: 'running',
  finished: 'finished',
  failed: 'failed',
  cancelled: 'cancelled',
  interrupted: 'interrupted',
};

const shapes: Readonly<Record<Status, string>> = {
  running: 'M8 2a6 6 0 1 1-6 6',
  finished: 'M3 8.5l3.2 3.2L13 4.8',
  failed: 'M4 4l8 8M12 4l-8 8',
  cancelled: 'M3.8 3.8l8.4 8.4M8 2a6 6 0 1 0 0.01 0',
  interrupted: 'M5.5 3v10M10.5 3v10',
};

/** A shape and a word: never colour alone. */
export function statusMark(status: Status): HTMLElement {
  return element('span', { class: `status ${status}` }, mark(shapes[status]), words[status]);
}

/** `passed` or `not passed`, with a shape. */
export function verdict(passed: boolean): HTMLElement {
  const shape = passed ? shapes.finished : shapes.failed;
  return element(
    'span',
    { class: `status ${passed ? 'finished' : 'failed'}` },
    mark(shape),
    passed ? 'passed' : 'not passed',
  );
}

function mark(path: string): SVGElement {
  return svg('svg', { viewBox: '0 0 16 16', 'aria-hidden': 'true' }, svg('path', { d: path }));
}

export interface TableSpec {
  readonly caption: string;
  /** Numbers are right-aligned; the first column heads its row. */
  readonly columns: readonly { readonly title: string; readonly number?: boolean }[];
  readonly rows: readonly (readonly (Node | string)[])[];
}

export function table({ caption, columns, rows }: TableSpec): HTMLElement {
  const kind = (index: number) => (columns[index]?.number === true ? 'number' : null);
  return element(
    'div',
    { class: 'wide', tabindex: 0, role: 'region', 'aria-label': caption },
    element(
      'table',
      {},
      element('caption', {}, caption),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...columns.map(({ title }, index) => element('th', { scope: 'col', class: kind(index) }, title)),
        ),
      ),
      element(
        'tbody',
        {},
        ...rows.map((row) =>
          element(
            'tr',
            {},
            ...row.map((cell, index) =>
              index === 0
                ? element('th', { scope: 'row', class: kind(0) }, cell)
                : element('td', { class: kind(index) }, cell),
            ),
          ),
        ),
      ),
    ),
  );
}

export function section(id: string, title: string, ...content: readonly (Node | null)[]): HTMLElement {
  return element(
    'section',
    { id, 'aria-labelledby': `${id}-title` },
    element('h2', { id: `${id}-title` }, title),
    ...content,
  );
}

/** Links to the sections that there are. */
export function contents(sections: readonly { readonly id: string; readonly title: string }[]): HTMLElement {
  const links = sections.map(({ id, title }) => element('li', {}, element('a', { href: `#${id}` }, title)));
  return element('nav', { 'aria-label': 'Sections' }, element('ul', {}, ...links));
}
