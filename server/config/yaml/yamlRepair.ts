/** The smallest part of broken YAML to take out so that the rest can be read. */
import { closingMissing, oddQuoteBefore, openingOf } from './yamlErrors.ts';
import type { FirstError } from './yamlFirstError.ts';
import type { YamlFault } from './yamlParse.ts';

export interface Repair {
  readonly text: string;
  /** The first error of what is left. */
  readonly next: FirstError;
  readonly removed: { readonly start: number; readonly end: number };
}

/** How the first error is found. */
export interface Search {
  /** Of what is left of the text. */
  readonly ofRest: (text: string) => FirstError;
  /** Of a part of it. */
  readonly ofPart: (text: string) => YamlFault | undefined;
}

/**
 * Blanks the line whose removal lets its top-level section be read furthest: the error's own, its neighbours, or the
 * one that opened what was never closed; the whole section when no line helps, and then all the rest.
 */
export function repair(text: string, error: YamlFault, search: Search): Repair {
  const [start, end] = error.pos;
  const closing = closingMissing(error);
  const opened =
    closing === undefined ? oddQuoteBefore(text, start) : openingOf(text.slice(0, start), closing);
  const cause = closing !== undefined && opened >= 0 ? opened : start;
  const section = sectionAround(text, cause);
  const near = [start, Math.max(start, end - 1), nextLine(text, start), previousLine(text, start)];
  const places = closing === undefined ? near : [opened];
  const lines = places
    .filter((at) => at >= section.start && at < section.end)
    .map((at) => lineAround(text, at));
  // A section that is fine by itself suffers from what was left open before it.
  const alone = errorAlone(text.slice(section.start, section.end), search);
  const best =
    alone === Number.POSITIVE_INFINITY ? undefined : bestWithout(text, { section, lines, cause, search });
  const earlier = opened >= 0 ? [lineAround(text, opened)] : [];
  const rest = { start: lineAround(text, cause).start, end: text.length };
  for (const removed of [...(best === undefined ? earlier : [best]), section, rest]) {
    const blanked = blank(text, removed.start, removed.end);
    const next = search.ofRest(blanked);
    if ((next.error?.pos[0] ?? Number.POSITIVE_INFINITY) > cause) return { text: blanked, next, removed };
  }
  const removed = { start: 0, end: text.length };
  return { text: blank(text, 0, text.length), next: {}, removed };
}

/** Of these lines the one without which the section can be read furthest; undefined when none helps. */
function bestWithout(
  text: string,
  {
    section,
    lines,
    cause,
    search,
  }: {
    section: Repair['removed'];
    lines: readonly Repair['removed'][];
    cause: number;
    search: Search;
  },
): Repair['removed'] | undefined {
  let best: { removed: Repair['removed']; reach: number } | undefined;
  for (const removed of lines) {
    const left = blank(
      text.slice(section.start, section.end),
      removed.start - section.start,
      removed.end - section.start,
    );
    const reach = section.start + errorAlone(left, search);
    if (reach > cause && reach > (best?.reach ?? -1)) best = { removed, reach };
    if (best?.reach === Number.POSITIVE_INFINITY) break;
  }
  return best?.removed;
}

/** Of a section by itself: the line after it keeps what is left of it at the margin. */
function errorAlone(section: string, { ofPart }: Search): number {
  return ofPart(`${section}\nx: 0\n`)?.pos[0] ?? Number.POSITIVE_INFINITY;
}

function blank(text: string, start: number, end: number): string {
  return text.slice(0, start) + text.slice(start, end).replaceAll(/[^\n\r]/g, ' ') + text.slice(end);
}

/** A search from before the text would look at its first character. */
function lineStart(text: string, at: number): number {
  return at <= 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

function lineAround(text: string, at: number): { start: number; end: number } {
  const start = lineStart(text, at);
  const end = text.indexOf('\n', Math.max(at, start));
  return { start, end: end === -1 ? text.length : end };
}

function previousLine(text: string, at: number): number {
  const before = text.slice(0, lineAround(text, at).start).trimEnd();
  return before === '' ? -1 : before.length - 1;
}

function nextLine(text: string, at: number): number {
  const { end } = lineAround(text, at);
  const gap = text.slice(end).search(/\S/);
  return gap === -1 ? -1 : end + gap;
}

/** From the last line before `at` that starts at the margin to the next such line. */
function sectionAround(text: string, at: number): { start: number; end: number } {
  let start = lineAround(text, at).start;
  while (start > 0 && !/[^\s#\]}-]/.test(text.charAt(start))) start = lineStart(text, start - 1);
  const next = /\n(?=[^\s#\]}-])/g;
  next.lastIndex = lineAround(text, Math.max(at, start)).end;
  return { start, end: next.exec(text)?.index ?? text.length };
}
