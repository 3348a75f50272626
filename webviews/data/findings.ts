/** What was found about the data: each leads to its place in the file and, where there are some, to its rows. */
import type { RowQuestion } from '../../server/protocol/dataMessages.ts';
import type { DataFinding } from '../../server/protocol/languageCalls.ts';
import { element } from '../ui/dom.ts';
import { printable } from '../ui/format.ts';

export interface FindingActions {
  /** By its index. */
  reveal(finding: number): void;
  rows(title: string, question: RowQuestion): void;
}

/** More stand in the Problems view. */
const most = 50;

export function findingList(findings: readonly DataFinding[], { reveal, rows }: FindingActions): HTMLElement {
  if (findings.length === 0)
    return element('p', {}, 'Nothing: the data fit what the experiment wants to do with them.');
  const items = findings
    .slice(0, most)
    .map(({ severity, message, rule, question }, index) =>
      element(
        'li',
        {},
        element('strong', {}, `${severity}: `),
        ...spoken(message),
        ' ',
        element('a', { href: '#', onclick: pressed(() => reveal(index)) }, rule),
        ...(question === null
          ? []
          : [
              ' · ',
              element('a', { href: '#', onclick: pressed(() => rows(message, question)) }, 'show the rows'),
            ]),
      ),
    );
  const more = findings.length - most;
  const rest = more > 0 ? [element('li', {}, `and ${more} more, in the Problems view`)] : [];
  return element('ul', { class: 'findings' }, ...items, ...rest);
}

/** Names stand in backquotes in messages; here they are set as code. */
export function spoken(message: string): (Node | string)[] {
  const parts = printable(message, 600).split('`');
  return parts.map((part, index) => (index % 2 === 1 ? element('code', {}, part) : part));
}

function pressed(work: () => void): (event: Event) => void {
  return (event) => {
    event.preventDefault();
    work();
  };
}
