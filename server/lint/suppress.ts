/** Exceptions that people recorded: `lint.ignore` in the file, `# lint-ignore rule: reason` in place. */

import { ruleNamed, rules } from '../catalog/rules.ts';
import { removeEdit } from '../config/edits.ts';
import type { LoadedExperiment } from '../config/load.ts';
import { nearest } from '../config/nearest.ts';
import { isMap } from '../config/schema/nodes.ts';
import type { Range } from '../protocol/finding.ts';
import type { RawFinding } from './rawFinding.ts';

interface Suppression {
  readonly rule: string;
  readonly reason: string;
  /** ISO date; the exception holds up to and including it. */
  readonly until?: string;
  readonly range: Range;
  readonly column?: string;
  readonly path: string;
  readonly remove: RawFinding['fixes'];
  /** Where the name of the rule stands. */
  readonly named?: Range;
  covers(finding: RawFinding): boolean;
}

/** Faults in the text itself cannot be excepted: nothing else can be trusted then. */
const always: ReadonlySet<string> = new Set(['yaml-syntax', 'suppression-problem']);

/** What can be told of exceptions: only of rules that could speak just now, and of columns that are there, that one is unused. */
interface Known {
  readonly able: ReadonlySet<string>;
  readonly now: Date;
  /** Rules that the file itself brings. */
  readonly own: readonly string[];
  /** Absent while the data are not known. */
  readonly columns?: readonly string[];
}

export function applySuppressions(
  findings: readonly RawFinding[],
  loaded: LoadedExperiment,
  known: Known,
): { kept: RawFinding[]; problems: RawFinding[] } {
  const suppressions = [...listed(loaded), ...inPlace(loaded)];
  const valid = suppressions.filter((each) => each.reason !== '' && !isExpired(each, known.now));
  const used = new Set<Suppression>();
  const kept = findings.filter((finding) => {
    const cover = valid.filter(
      (each) => each.rule === finding.rule && !always.has(each.rule) && each.covers(finding),
    );
    for (const each of cover) used.add(each);
    return cover.length === 0;
  });
  const problems = suppressions.flatMap((each) => {
    const meant = ruleMeant(each.rule, known.own);
    const why = meant === undefined ? problemOf(each, { ...known, used: used.has(each) }) : noRule(meant);
    return why === undefined ? [] : [problemFinding(each, why, meant?.near)];
  });
  return { kept, problems };
}

interface Meant {
  readonly near?: string;
}

/** The rule that a name was meant for; undefined for one that there is. */
function ruleMeant(rule: string, own: readonly string[]): Meant | undefined {
  if (ruleNamed(rule) !== undefined || own.includes(rule)) return undefined;
  const near = nearest(
    rule,
    rules.map((entry) => entry.id),
  );
  return near === undefined ? {} : { near };
}

function noRule({ near }: Meant): string {
  return `names no rule${near === undefined ? '' : `; did you mean \`${near}\`?`}`;
}

/** Of one that names a rule. */
function problemOf(
  suppression: Suppression,
  { able, now, used, columns }: Omit<Known, 'own'> & { used: boolean },
): string | undefined {
  const { rule, reason, until, column } = suppression;
  if (always.has(rule)) return 'has no effect: this rule cannot be ignored';
  if (reason === '') return 'has no reason, so it is not applied';
  if (isExpired(suppression, now)) return `expired on ${until}`;
  const there = column === undefined || columns === undefined || columns.includes(column);
  return !used && there && able.has(rule) ? 'is unused: nothing is found here any more' : undefined;
}

function problemFinding(suppression: Suppression, why: string, near: string | undefined): RawFinding {
  const { rule, path, range, remove, named } = suppression;
  const message = `Suppression of \`${rule}\` ${why}.`.replace('?.', '?');
  const rename =
    near === undefined || named === undefined
      ? []
      : [{ title: `Rename to ${near}`, edits: [{ range: named, text: near }], safe: false }];
  return { rule: 'suppression-problem', path, range, message, data: { rule }, fixes: [...rename, ...remove] };
}

function isExpired({ until }: Suppression, now: Date): boolean {
  return until !== undefined && until.slice(0, 10) < now.toISOString().slice(0, 10);
}

function listed(loaded: LoadedExperiment): Suppression[] {
  const lint = isMap(loaded.value) ? loaded.value['lint'] : undefined;
  const items = isMap(lint) ? lint['ignore'] : undefined;
  if (!Array.isArray(items)) return [];
  return items.flatMap((item: unknown, i): Suppression[] => {
    if (!isMap(item) || typeof item['rule'] !== 'string') return [];
    const { column, until } = item;
    const path = `lint.ignore.${i}`;
    const edits = removeEdit(loaded.source, path);
    const written = loaded.source.locate(`${path}.rule`)?.node;
    return [
      {
        rule: item['rule'],
        ...(written === undefined ? {} : { named: loaded.text.rangeAt(written.start, written.end) }),
        reason: typeof item['reason'] === 'string' ? item['reason'].trim() : '',
        ...(typeof until === 'string' ? { until } : {}),
        ...(typeof column === 'string' ? { column } : {}),
        range: loaded.placeOf(path).range,
        path,
        remove: edits.length === 0 ? [] : [{ title: 'Remove the suppression', edits, safe: false }],
        covers: (finding) => column === undefined || finding.data['column'] === column,
      },
    ];
  });
}

/** On a line of its own it covers the next setting's line, at the end of a line that line. */
function inPlace(loaded: LoadedExperiment): Suppression[] {
  const found: Suppression[] = [];
  const { text } = loaded;
  if (!text.text.includes('lint-ignore')) return found;
  for (let line = 0; line < text.lineCount; line++) {
    const content = text.lineAt(line);
    const match = /(^|\s)#\s*lint-ignore\s+([\w-]+)\s*(?::\s*(.*))?$/.exec(content);
    if (match === null) continue;
    const [, , rule = '', reason = ''] = match;
    const alone = content.trimStart().startsWith('#');
    const target = alone ? nextSetting(loaded, line) : line;
    const start = match.index + (match[1] ?? '').length;
    const range = { start: { line, character: start }, end: { line, character: content.length } };
    const gone = alone
      ? { start: { line, character: 0 }, end: { line: line + 1, character: 0 } }
      : { start: { line, character: match.index }, end: range.end };
    const name = content.indexOf(rule, content.indexOf('lint-ignore', start) + 'lint-ignore'.length);
    found.push({
      rule,
      named: { start: { line, character: name }, end: { line, character: name + rule.length } },
      reason: reason.trim(),
      range,
      path: '',
      remove: [{ title: 'Remove the suppression', edits: [{ range: gone, text: '' }], safe: false }],
      covers: (finding) => finding.range.start.line === target,
    });
  }
  return found;
}

function nextSetting({ text }: LoadedExperiment, after: number): number {
  let line = after + 1;
  while (line < text.lineCount && /^\s*(?:#.*)?$/.test(text.lineAt(line))) line++;
  return line;
}
