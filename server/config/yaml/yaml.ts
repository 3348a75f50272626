/** YAML 1.2 text to a tree with places. Never throws; what is broken is told once each, and the rest is still read. */
import type { ConfigNode, MapEntry, MapNode } from '../configNode.ts';
import type { Problem } from '../problem.ts';
import { Recent } from '../recent.ts';
import type { TextDocument } from '../textDocument.ts';
import { explainError, explainWords, problemAt } from './yamlErrors.ts';
import { type Block, errorOfWhole, type FirstError, firstError, type Window } from './yamlFirstError.ts';
import { findUnquotedFlow, maskUnquotedFlow, type UnquotedFlow } from './yamlFlow.ts';
import { maskConflicts, maskControls, maskTabs } from './yamlMask.ts';
import { parseOne, type YamlFault } from './yamlParse.ts';
import { repair } from './yamlRepair.ts';
import { buildTree, type TreeProblem } from './yamlTree.ts';

export interface YamlResult {
  /** Absent for an empty file, or one that is refused whole. */
  readonly root?: ConfigNode;
  readonly problems: readonly Problem[];
  /** Offsets of text that could not be read and was left out. */
  readonly damaged: readonly { readonly start: number; readonly end: number }[];
}

/** What was worked out for a text and serves the next one where the same characters stand again. */
export class KnownFaults {
  readonly windows = new Recent<Window>();
  readonly sections = new Recent<{ readonly error: YamlFault | undefined }>();

  turn(): void {
    for (const each of [this.windows, this.sections]) each.turn();
  }
}

/** A text read by parts. */
export interface PartsRead {
  /** Of a text without fault; undefined where it cannot be read by parts. */
  readonly root?: MapNode;
  /** Whose first setting is at fault; all before it is sound. */
  readonly fault?: Block;
}

/** What is known of parts of a text from the one before it. */
export interface KnownParts {
  readonly faults: KnownFaults;
  readonly read: (text: string) => PartsRead;
}

/** Longer files are refused with one error: no experiment comes near. UTF-16 code units. */
export const longestFile = 1_000_000;
/** Above it, only the first error is told and the rest is read as well as the library can. */
const longestRepair = 60_000;
const mostRepairs = 20;

/**
 * `wants`: `value` takes a lone word too, as `--set` has it; `sound` nothing but sound text: it gives up at the first
 * fault, without a look for what could be read without it. `known`, of a text that is divisible, changes only the time.
 */
export function parseYaml(
  document: TextDocument,
  wants: 'settings' | 'value' | 'sound' = 'settings',
  known?: KnownParts,
): YamlResult {
  const { text } = document;
  if (text.length > longestFile) {
    const message = `Line 1: the file is ${text.length} characters long. Expected at most ${longestFile}.`;
    return { problems: [problemAt(document, 0, 0, message)], damaged: [{ start: 0, end: text.length }] };
  }
  const reader = new Reader(document, known);
  // A divisible text holds neither.
  const controls = known === undefined ? maskControls(document, reader.text) : undefined;
  if (controls !== undefined) reader.damaged.push(...damagedLines(reader.text, controls.text));
  reader.mask(controls);
  if (known === undefined) reader.mask(maskConflicts(document, reader.text));
  reader.readAll(wants === 'sound' ? 0 : mostRepairs);
  if (wants !== 'value') reader.refuseWords();
  const { tree } = reader;
  const problems = [
    ...reader.problems,
    ...(tree?.problems ?? []).map((problem) => treeProblem(document, problem)),
  ];
  return {
    ...(tree === undefined ? {} : { root: tree.root }),
    problems: inOrder(problems),
    damaged: reader.damaged,
  };
}

/** Lines in which a character was replaced: what is read there is not what was meant. */
function damagedLines(before: string, after: string): { start: number; end: number }[] {
  const lines: { start: number; end: number }[] = [];
  for (let at = 0; at < before.length; at++) {
    if (before[at] === after[at]) continue;
    const end = before.indexOf('\n', at);
    lines.push({ start: before.lastIndexOf('\n', at) + 1, end: end < 0 ? before.length : end });
    at = lines.at(-1)?.end ?? at;
  }
  return lines;
}

/** Tries to read the text, takes out what cannot be read, and tries again. */
class Reader {
  readonly problems: Problem[] = [];
  readonly damaged: { start: number; end: number }[] = [];
  readonly #document: TextDocument;
  readonly #known: KnownParts | undefined;
  readonly #faults: KnownFaults;
  /** What is parsed: the document's text with damage replaced, of the same length. */
  text: string;
  tree: { root: ConfigNode; problems: TreeProblem[] } | undefined;
  /** Whether some of it is read as other characters. */
  #hasMasks = false;

  constructor(document: TextDocument, known: KnownParts | undefined) {
    this.#document = document;
    this.#known = known;
    this.#faults = known?.faults ?? new KnownFaults();
    // A lone carriage return ends a line here but not in the library; a divisible text holds none.
    this.text = known === undefined ? document.text.replaceAll(/\r(?!\n)/g, '\n') : document.text;
  }

  mask(masked: { text: string; problem: Problem } | undefined): void {
    if (masked === undefined) return;
    this.text = masked.text;
    this.problems.push(masked.problem);
  }

  readAll(most: number): void {
    let first = this.#firstErrorOf(this.text, true);
    if (first.error?.code === 'TAB_AS_INDENT') {
      this.mask(maskTabs(this.#document, this.text, first.error.pos[0]));
      first = this.#firstErrorOf(this.text, true);
    }
    if (first.error !== undefined) {
      const unquoted = findUnquotedFlow(this.text);
      this.#maskFlow(unquoted);
      if (unquoted.length > 0) first = this.#firstErrorOf(this.text, true);
    }
    if (first.error !== undefined && most === 0) {
      this.damaged.push({ start: 0, end: this.text.length });
      return;
    }
    this.#readTree(this.#repairAll(first, most));
  }

  /** `whole`: read at once, which serves as the last reading where there is no error, unless parts are known. */
  #firstErrorOf(text: string, whole: boolean): FirstError {
    const { windows } = this.#faults;
    if (this.#known === undefined) return whole ? errorOfWhole(text) : firstError(text, windows);
    const { root, fault } = this.#known.read(text);
    return root === undefined ? firstError(text, windows, { from: fault }) : {};
  }

  /** What is taken out of a divisible text, and what is left of it, is divisible. */
  #errorOfPart(text: string): YamlFault | undefined {
    const known = this.#known === undefined ? undefined : {};
    const workOut = () => ({ error: firstError(text, this.#faults.windows, known).error });
    return this.#faults.sections.recall(text, workOut).error;
  }

  /** Of what is left of the text. */
  #readTree({ error, parsed }: FirstError): void {
    const read = error === undefined && parsed === undefined ? this.#readParts() : undefined;
    if (read !== undefined) {
      this.tree = { root: read, problems: [] };
      return;
    }
    const { document, next } = parsed ?? parseOne(this.text);
    if (document.contents !== null) this.tree = buildTree(document, this.#document.text);
    if (next !== undefined) {
      const message = `Line ${this.#document.positionAt(next).line + 1}: a second document starts here. Expected one experiment in a file.`;
      this.problems.push(problemAt(this.#document, next, next + 3, message));
    }
  }

  /** Where nothing but whole lines was taken out, and none of them from within a value. */
  #readParts(): MapNode | undefined {
    const root = this.#hasMasks ? undefined : this.#known?.read(this.text).root;
    return root === undefined || this.damaged.some((place) => isWithinScalar(root, place)) ? undefined : root;
  }

  /** The first error of what is left: none, unless there are too many. */
  #repairAll(first: FirstError, most: number): FirstError {
    let left = first;
    for (let repairs = 0; left.error !== undefined && repairs < most; repairs++) {
      if (this.text.length > longestRepair) {
        this.problems.push(explainError(this.#document, this.text, left.error));
        this.damaged.push({ start: left.error.pos[0], end: this.text.length });
        break;
      }
      const repaired = repair(this.text, left.error, {
        // Most texts have one fault.
        ofRest: (text) => this.#firstErrorOf(text, repairs === 0),
        ofPart: (text) => this.#errorOfPart(text),
      });
      this.problems.push(explainError(this.#document, this.text, left.error, repaired.removed));
      this.damaged.push(repaired.removed);
      this.text = repaired.text;
      left = repaired.next;
    }
    return left;
  }

  /** A file of words without a single colon is legal YAML, and no experiment. */
  refuseWords(): void {
    const root = this.tree?.root;
    if (root?.kind !== 'scalar' || root.style !== 'plain' || root.source === '') return;
    this.problems.push(explainWords(this.#document, root.start, root.end));
    this.damaged.push({ start: root.start, end: root.end });
    this.tree = undefined;
  }

  #maskFlow(found: readonly UnquotedFlow[]): void {
    for (const { start, end } of found) {
      const value = this.#document.text.slice(start, end);
      const message = `Quote \`${value}\`: inside {} or [] its brackets are read as YAML.`;
      const range = this.#document.rangeAt(start, end);
      const edits = [{ range, text: quoted(value) }];
      const fixes = [{ title: 'Add quotes', edits, safe: true }];
      this.problems.push({
        rule: 'interpolation-unquoted',
        path: '',
        range,
        message,
        data: { value },
        fixes,
      });
    }
    this.#hasMasks ||= found.length > 0;
    this.text = maskUnquotedFlow(this.text, found);
  }
}

/** What a value says is read from the document, what was taken out included. */
function isWithinScalar(node: ConfigNode, place: { readonly start: number; readonly end: number }): boolean {
  if (node.end <= place.start || node.start >= place.end) return false;
  if (node.kind === 'scalar') return true;
  const inner = node.kind === 'list' ? node.items : node.entries.map((entry) => entry.node);
  return inner.some((each) => isWithinScalar(each, place));
}

function treeProblem(document: TextDocument, problem: TreeProblem): Problem {
  if (problem.kind === 'syntax') {
    const line = document.positionAt(problem.start).line + 1;
    return problemAt(document, problem.start, problem.end, `Line ${line}: ${problem.message}.`);
  }
  const range = document.rangeAt(problem.start, problem.end);
  const earlier = (problem.entries ?? []).slice(0, -1);
  const edits = earlier.map((entry) => ({ range: wholeLines(document, entry), text: '' }));
  const clear = edits.every(({ range: { start, end } }) => start.character === 0 && end.character === 0);
  const title =
    edits.length === 1 ? `Remove the first \`${problem.key}\`` : `Remove all but the last \`${problem.key}\``;
  const fixes = clear ? [{ title, edits, safe: true }] : [];
  return {
    rule: 'duplicate-key',
    path: '',
    range,
    message: problem.message,
    data: { key: problem.key },
    fixes,
  };
}

/** The lines of an entry that has its lines to itself; else a range that does not start at a margin. */
function wholeLines(document: TextDocument, entry: MapEntry): Problem['range'] & object {
  const start = document.positionAt(entry.keyStart);
  const end = document.positionAt(entry.node.end);
  const before = document.lineAt(start.line).slice(0, start.character).trim();
  const after = document.lineAt(end.line).slice(end.character);
  if (before !== '' || !/^\s*(?:#.*)?$/.test(after)) return { start, end };
  return { start: { line: start.line, character: 0 }, end: { line: end.line + 1, character: 0 } };
}

function inOrder(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => (a.range?.start.line ?? 0) - (b.range?.start.line ?? 0));
}

/** As a YAML string in whichever quotes need no escapes. */
export function quoted(value: string): string {
  if (!/['\n\r\t]/.test(value)) return `'${value}'`;
  return JSON.stringify(value);
}
