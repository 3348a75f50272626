/** What a person wrote under `card:` and in `lint.ignore`, and honest gaps where nobody has written yet. */
import type { Experiment } from '../config/experiment.ts';
import type { Block, Text } from '../protocol/card.ts';
import type { Finding } from '../protocol/finding.ts';
import type { RunDocument } from '../protocol/run.ts';
import { cleanLine, formatCount, name, readMessage } from './wording.ts';

/** The section `card` of the experiment, read leniently: what is not of its type counts as not written. */
export interface Words {
  readonly owner: readonly string[];
  readonly intendedUse?: string;
  readonly outOfScope?: string;
  readonly limitations: readonly string[];
  readonly tradeoffs: readonly string[];
  readonly ethics: readonly Readonly<Record<string, string>>[];
  readonly license?: string;
  readonly references: readonly string[];
  readonly regulation: Readonly<Record<string, string>>;
  readonly decisions: readonly Readonly<Record<string, string>>[];
  readonly runbook?: string;
  readonly reviewBy?: string;
}

export function readWords(card: Readonly<Record<string, unknown>>): Words {
  const single = (key: string, as: keyof Words) => {
    const value = card[key];
    return isScalar(value) && String(value).trim() !== '' ? { [as]: String(value) } : {};
  };
  return {
    owner: texts(card['owner']),
    limitations: texts(card['limitations']),
    tradeoffs: texts(card['tradeoffs']),
    ethics: records(card['ethics']),
    references: texts(card['references']),
    regulation: records([card['regulation']])[0] ?? {},
    decisions: records(card['decisions']),
    ...single('intended_use', 'intendedUse'),
    ...single('out_of_scope', 'outOfScope'),
    ...single('license', 'license'),
    ...single('runbook', 'runbook'),
    ...single('review_by', 'reviewBy'),
  };
}

export function purpose(words: Words, description: string | undefined): Block[] {
  return [
    ...(description === undefined ? [] : [{ kind: 'words', words: description } as const]),
    wordsOrGap(
      words.intendedUse,
      'What it is meant for is not written yet',
      'card.intended_use',
      'Meant for: ',
    ),
    wordsOrGap(
      words.outOfScope,
      'What it must not be used for is not written yet',
      'card.out_of_scope',
      'Not meant for: ',
    ),
  ];
}

export function limits(words: Words, document: RunDocument, findings: readonly Finding[]): Block[] {
  const open = findings.filter(({ severity }) => severity === 'error' || severity === 'warning');
  const found: Text[] = [
    ...document.gates
      .filter(({ passed }) => !passed)
      .map(({ gate, reason }): Text => ['Gate not passed: ', name(gate), ': ', ...readMessage(reason)]),
    ...document.warnings.map((warning): Text => readMessage(warning)),
    ...open
      .slice(0, 20)
      .map(
        (finding): Text => [
          `${finding.severity === 'error' ? 'Error' : 'Warning'} `,
          name(finding.rule),
          ': ',
          ...readMessage(finding.message),
        ],
      ),
  ];
  if (open.length > 20) found.push([`${formatCount(open.length - 20)} more findings are with the run.`]);
  return [
    ...listOrGap(words.limitations, 'No limits are written yet', 'card.limitations'),
    ...(words.tradeoffs.length > 0 ? listOf('Accepted trade-offs:', words.tradeoffs) : []),
    ...(found.length > 0
      ? [{ kind: 'text', text: ['Found by checking:'] } as const, { kind: 'list', items: found } as const]
      : []),
  ];
}

export function risks(words: Words): Block[] {
  const { regulation } = words;
  const items = words.ethics.map(
    (entry): Text => [
      `${entry['risk'] ?? 'A risk without a name'}${entry['mitigation'] ? `. Against it: ${entry['mitigation']}` : '. Nothing is done against it yet'}`,
    ],
  );
  return [
    ...(items.length > 0
      ? [{ kind: 'list', items } as const]
      : [gap('No risks are written yet', 'card.ethics')]),
    ...(regulation['class'] === undefined
      ? []
      : [
          {
            kind: 'text',
            text: [
              `Risk class: ${regulation['class']}${regulation['notes'] ? `. ${regulation['notes']}` : ''}`,
            ],
          } as const,
        ]),
  ];
}

export function ownership(words: Words): Block[] {
  const items: Text[] = [
    ...words.owner.map((owner): Text => [`Owner: ${owner}`]),
    ...(words.license === undefined ? [] : [[`Licence: ${words.license}`]]),
    ...(words.reviewBy === undefined ? [] : [[`Next review by ${words.reviewBy}`]]),
    ...(words.runbook === undefined ? [] : [['Runbook: ', name(words.runbook)] as Text]),
    ...words.references.map((reference): Text => [`Reference: ${reference}`]),
  ];
  return [
    ...(words.owner.length > 0 ? [] : [gap('Nobody answers for it yet', 'card.owner')]),
    ...(items.length > 0 ? [{ kind: 'list', items } as const] : []),
  ];
}

export function decisions(words: Words): Block[] {
  if (words.decisions.length === 0) return [gap('No decisions are written down yet', 'card.decisions')];
  const columns = ['Date', 'Decision', 'Why', 'By'].map((title) => ({ title: [title], number: false }));
  const cell = (text: string | undefined): Text => [text ?? ''];
  return [
    {
      kind: 'table',
      caption: 'Decisions',
      columns,
      rows: words.decisions.map((entry) => [
        cell(entry['date']),
        cell(entry['decision']),
        cell(entry['why']),
        cell(entry['by']),
      ]),
    },
  ];
}

/** `lint.ignore`: the exceptions someone has taken on. */
export function acceptedFindings({ lint }: Experiment): Block[] {
  const items = records(lint.ignore).map(
    (entry): Text => [
      name(entry['rule'] ?? 'a rule'),
      ...(entry['column'] === undefined ? [] : [' for ', name(entry['column'])]),
      `: ${entry['reason'] ?? 'no reason given'}`,
      entry['until'] === undefined ? '' : `, until ${entry['until']}`,
    ],
  );
  return items.length > 0 ? [{ kind: 'list', items }] : [{ kind: 'text', text: ['None.'] }];
}

function wordsOrGap(words: string | undefined, missing: string, setting: string, lead: string): Block {
  return words === undefined ? gap(missing, setting) : { kind: 'words', words: lead + words };
}

function listOrGap(items: readonly string[], missing: string, setting: string): Block[] {
  return items.length > 0 ? listOf('', items) : [gap(missing, setting)];
}

function listOf(lead: string, items: readonly string[]): Block[] {
  const list: Block = { kind: 'list', items: items.map((item) => [item]) };
  return lead === '' ? [list] : [{ kind: 'text', text: [lead] }, list];
}

function gap(missing: string, setting: string): Block {
  return { kind: 'gap', text: [`${missing}: set `, { name: setting }, '.'] };
}

function texts(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list
    .filter(isScalar)
    .map((item) => cleanLine(String(item)))
    .filter((item) => item !== '');
}

function records(value: unknown): Record<string, string>[] {
  if (!Array.isArray(value)) return [];
  return value
    .filter((item) => typeof item === 'object' && item !== null)
    .map((item) => {
      const entries = Object.entries(item).filter(([, field]) => isScalar(field));
      return Object.fromEntries(entries.map(([key, field]) => [key, cleanLine(String(field))]));
    });
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
