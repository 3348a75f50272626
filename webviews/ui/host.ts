/** The way to the extension host: messages out, messages in, and the state that survives a reload. */
import type { PanelFailure } from '../../server/protocol/panels.ts';
import { button } from './controls.ts';
import { element } from './dom.ts';

interface VsCode {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCode;

const vscode = acquireVsCodeApi();

export interface Host<FromPanel, View> {
  post(message: FromPanel): void;
  /** What the person set in this panel before a reload. */
  readonly view: View;
  keep(view: View): void;
}

/** What may go better next time, on a button under a failure. */
interface Again {
  readonly label: string;
  press(): void;
}

/** `receive` gets every message but failures, which are shown here. `initial` has the shape of what is kept. */
export function connect<ToPanel extends { readonly type: string }, FromPanel, View extends object>(
  initial: View,
  receive: (message: Exclude<ToPanel, PanelFailure>) => void,
  again?: Again,
): Host<FromPanel, View> {
  const subject: unknown = JSON.parse(document.body.dataset['subject'] ?? 'null');
  const known = vscode.getState();
  const kept = typeof known === 'object' && known !== null && 'view' in known ? known.view : undefined;
  // Written by this same panel, by `keep`; fields of an older version are filled in.
  const view = { ...initial, ...(kept as Partial<View> | undefined) };
  vscode.setState({ subject, view });
  window.addEventListener('message', (event: MessageEvent<ToPanel | PanelFailure>) => {
    root().removeAttribute('aria-busy');
    if (isFailure(event.data)) showFailure(event.data, again);
    else receive(event.data as Exclude<ToPanel, PanelFailure>); // The only other kind of message.
  });
  return {
    view,
    post: (message) => vscode.postMessage(message),
    keep: (changed) => vscode.setState({ subject, view: changed }),
  };
}

/** The panel's own element. */
export function root(): HTMLElement {
  const main = document.querySelector('main');
  if (main === null) throw new Error('the page has no main element');
  return main;
}

function isFailure(message: { readonly type: string }): message is PanelFailure {
  return message.type === 'failure';
}

function showFailure({ failure }: PanelFailure, again: Again | undefined): void {
  root().replaceChildren(
    element(
      'div',
      { role: 'alert', class: 'empty' },
      element('h1', {}, 'This cannot be shown'),
      element('p', {}, failure.message),
      element('p', { class: 'soft' }, failure.help),
      again === undefined ? null : button(again.label, () => again.press(), { primary: true }),
    ),
  );
}
