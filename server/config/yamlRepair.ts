/** One reading of YAML text, and the smallest part to take out so that the rest can be read. */
import { Composer, Document, Parser, type YAMLError, YAMLParseError } from 'yaml';
import { closingMissing, oddQuoteBefore, openingOf } from './yamlErrors.ts';

export interface ParseResult {
  readonly document: Document;
  /** The first one in the text. */
  readonly error?: YAMLError;
  /** Where a second document starts. */
  readonly next?: number;
}

/** The first document of a text with its first error. */
export function parseOne(text: string): ParseResult {
  const traced = Error.stackTraceLimit;
  // The library makes an Error of every fault, and nobody reads where in it that was.
  Error.stackTraceLimit = 0;
  try {
    return compose(text);
  } catch (error) {
    // The library recurses, and nesting of 10,000 levels can be too much for the stack.
    if (!(error instanceof RangeError)) throw error;
    const message = 'nested too deeply';
    return { document: new Document(), error: new YAMLParseError([0, 1], 'RESOURCE_EXHAUSTION', message) };
  } finally {
    Error.stackTraceLimit = traced;
  }
}

function compose(text: string): ParseResult {
  const options = {
    uniqueKeys: false,
    logLevel: 'silent',
    prettyErrors: false,
    resolveKnownTags: false,
  } as const;
  const tokens = new Parser().parse(text);
  const [document, second] = new Composer(options).compose(tokens, true, text.length);
  if (document === undefined) throw new Error('the composer always gives a document when it is forced to');
  const faults = [...document.errors, ...document.warnings];
  const error = faults.toSorted((a, b) => a.pos[0] - b.pos[0])[0];
  const next = second === undefined ? undefined : document.range[2];
  return { document, ...(error === undefined ? {} : { error }), ...(next === undefined ? {} : { next }) };
}

export interface Repair {
  readonly text: string;
  readonly parsed: ParseResult;
  readonly removed: { readonly start: number; readonly end: number };
}

/**
 * Blanks the line whose removal lets its top-level section be read furthest: the error's own, its neighbours, or the
 * one that opened what was never closed; the whole section when no line helps, and then all the rest.
 */
export function repair(text: string, error: YAMLError): Repair {
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
  const alone = firstError(text.slice(section.start, section.end));
  const best = alone === undefined ? undefined : bestWithout(text, { section, lines, cause });
  const earlier = opened >= 0 ? [lineAround(text, opened)] : [];
  const rest = { start: lineAround(text, cause).start, end: text.length };
  for (const removed of [...(best === undefined ? earlier : [best]), section, rest]) {
    const attempt = without(text, removed);
    if ((attempt.parsed.error?.pos[0] ?? Number.POSITIVE_INFINITY) > cause) return attempt;
  }
  return without(text, { start: 0, end: text.length });
}

/** Of these lines the one without which the section can be read furthest; undefined when none helps. */
function bestWithout(
  text: string,
  {
    section,
    lines,
    cause,
  }: { section: Repair['removed']; lines: readonly Repair['removed'][]; cause: number },
): Repair['removed'] | undefined {
  let best: { removed: Repair['removed']; reach: number } | undefined;
  for (const removed of lines) {
    const left = blank(
      text.slice(section.start, section.end),
      removed.start - section.start,
      removed.end - section.start,
    );
    const reach = section.start + (firstError(left) ?? Number.POSITIVE_INFINITY);
    if (reach > cause && reach > (best?.reach ?? -1)) best = { removed, reach };
    if (best?.reach === Number.POSITIVE_INFINITY) break;
  }
  return best?.removed;
}

/** Of a section by itself: the line after it keeps what is left of it at the margin. */
function firstError(section: string): number | undefined {
  return parseOne(`${section}\nx: 0\n`).error?.pos[0];
}

function without(text: string, removed: Repair['removed']): Repair {
  const blanked = blank(text, removed.start, removed.end);
  return { text: blanked, parsed: parseOne(blanked), removed };
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
