/** Finds plain values in `{}` and `[]` that hold brackets themselves, `${vars.x}` above all, which YAML reads as a mess. */

export interface UnquotedFlow {
  /** Offsets of the whole plain value that wants quotes. */
  readonly start: number;
  readonly end: number;
}

export function findUnquotedFlow(text: string): UnquotedFlow[] {
  // Asked at each key press of a text with a fault.
  return mayHoldUnquoted(text) ? scanFlow(text) : [];
}

/** A quick look: false only where no value of the text holds a bracket, since a value begins with each that there is. */
export function mayHoldUnquoted(text: string): boolean {
  for (const { index } of text.matchAll(/[[{]/g)) if (!beginsValue(text, index)) return true;
  return false;
}

/** Whether nothing before a bracket, on its line, can be text of the same value. */
function beginsValue(text: string, bracket: number): boolean {
  let before = lastSign(text, bracket);
  if (/[,[{:]/.test(text.charAt(before))) return true;
  // Items of lists; a dash after any other sign, or right after a dash, is text.
  while (text[before] === '-' && before + 1 < bracket && /\s/.test(text.charAt(before + 1)))
    before = lastSign(text, before);
  return before < 0 || text[before] === '\n';
}

/** Offset of what stands before the white space before `at`, the end of the line above included; -1 at the start. */
function lastSign(text: string, at: number): number {
  let before = at - 1;
  while (before >= 0 && text[before] !== '\n' && /\s/.test(text.charAt(before))) before--;
  return before;
}

/** As `findUnquotedFlow`, without the quick look. */
export function scanFlow(text: string): UnquotedFlow[] {
  const found: UnquotedFlow[] = [];
  let depth = 0;
  let fresh = true;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '\n') {
      fresh = true;
    } else if (c === '#' && /^$|\s/.test(text.charAt(i - 1))) {
      i = lineEnd(text, i) - 1;
    } else if (/\s/.test(c)) {
    } else if ((c === '"' || c === "'") && fresh) {
      const close = closingQuote(text, i);
      if (close === -1) return found;
      i = close;
      fresh = false;
    } else if ((c === '[' || c === '{') && fresh) {
      depth++;
    } else if ((c === ']' || c === '}') && depth > 0) {
      depth--;
      fresh = false;
    } else if (c === ',' && depth > 0) {
      fresh = true;
    } else if ((c === ':' || (c === '-' && fresh)) && /^$|[\s,[\]{}]/.test(text.charAt(i + 1))) {
      fresh = true;
    } else if ((c === '|' || c === '>') && fresh && depth === 0) {
      i = blockEnd(text, i) - 1;
    } else if (fresh) {
      const { end, odd } = plainEnd(text, i, depth > 0);
      if (odd) found.push({ start: i, end: i + text.slice(i, end).trimEnd().length });
      i = end - 1;
      fresh = false;
    }
  }
  return found;
}

/** The same text with the brackets of those values replaced, so that the rest can be read; same length. */
export function maskUnquotedFlow(text: string, found: readonly UnquotedFlow[]): string {
  let masked = text;
  for (const { start, end } of found) {
    const value = text
      .slice(start, end)
      .replaceAll(/[[{]/g, '(')
      .replaceAll(/[\]}]/g, ')')
      .replaceAll(/[,:]/g, ';');
    masked = masked.slice(0, start) + value + masked.slice(end);
  }
  return masked;
}

function plainEnd(text: string, start: number, inFlow: boolean): { end: number; odd: boolean } {
  let nested = 0;
  let odd = false;
  let i = start;
  for (; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '\n' || (c === '#' && /\s/.test(text.charAt(i - 1)))) break;
    if (c === ':' && nested === 0 && /^$|[\s,[\]{}]/.test(text.charAt(i + 1))) break;
    if (!inFlow) continue;
    if (c === '[' || c === '{') {
      nested++;
      odd = true;
    } else if (c === ']' || c === '}') {
      if (nested === 0) break;
      nested--;
    } else if (c === ',' && nested === 0) break;
  }
  return { end: i, odd };
}

function closingQuote(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let i = start + 1; i < text.length; i++) {
    const c = text.charAt(i);
    if (quote === '"' && c === '\\') i++;
    else if (c === quote) {
      if (quote === "'" && text.charAt(i + 1) === "'") i++;
      else return i;
    }
  }
  return -1;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

/** After a `|` or `>`: the end of the lines that are indented deeper than its own. */
function blockEnd(text: string, at: number): number {
  const lineStart = text.lastIndexOf('\n', at) + 1;
  const indent = text.slice(lineStart).search(/[^ ]/);
  let end = lineEnd(text, at);
  while (end < text.length) {
    const next = lineEnd(text, end + 1);
    const line = text.slice(end + 1, next);
    if (line.trim() !== '' && line.search(/[^ ]/) <= indent) break;
    end = next;
  }
  return end;
}
