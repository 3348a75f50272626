/** What the YAML library says about broken text, in words that name the fault, what was expected, and the edit that mends it. */
import type { Fix } from '../../protocol/finding.ts';
import type { Problem } from '../problem.ts';
import type { TextDocument } from '../textDocument.ts';
import type { YamlFault } from './yamlParse.ts';

export function problemAt(
  document: TextDocument,
  start: number,
  end: number,
  message: string,
  data: Readonly<Record<string, unknown>> = {},
): Problem {
  const line = document.positionAt(start).line;
  return {
    rule: 'yaml-syntax',
    path: '',
    range: document.rangeAt(start, end),
    message,
    data: { line, ...data },
  };
}

interface Explanation {
  readonly start: number;
  readonly end: number;
  readonly what: string;
  readonly expected: string;
  readonly fix?: { readonly title: string; readonly at: readonly [number, number]; readonly text: string };
}

/** `text`: what was parsed, of the same length as the document's; `removed`: the lines without which it can be read. */
export function explainError(
  document: TextDocument,
  text: string,
  error: YamlFault,
  removed?: { readonly start: number; readonly end: number },
): Problem {
  const found =
    leftOpen(text, error, removed) ??
    wordLine(document, text, error) ??
    unclosed(document, text, error) ??
    badStart(document, text, error) ??
    secondColon(document, text, error) ??
    plain(text, error);
  return told(document, found, error.code);
}

/** Text from `start` to `end` that stands alone where settings are wanted. */
export function explainWords(document: TextDocument, start: number, end: number): Problem {
  const line = wordsAt(document, document.text, start);
  const what = `\`${document.text.slice(start, Math.min(end, start + 40)).split(/[\r\n]/)[0]}\` is no setting`;
  return told(document, line ?? { start, end, what, expected: '`key: value`' }, 'WORDS');
}

function told(document: TextDocument, found: Explanation, code: string): Problem {
  const line = document.positionAt(found.start).line + 1;
  const message = `Line ${line}: ${found.what}. Expected ${found.expected}.`;
  const problem = problemAt(document, found.start, Math.max(found.end, found.start + 1), message, { code });
  if (found.fix === undefined) return problem;
  const { title, at, text: replacement } = found.fix;
  const fix: Fix = { title, edits: [{ range: document.rangeAt(...at), text: replacement }], safe: false };
  return { ...problem, fixes: [fix] };
}

/** `target churned` without a colon, `target:churned` without a space. */
function wordLine(document: TextDocument, text: string, error: YamlFault): Explanation | undefined {
  const codes: readonly string[] = [
    'MULTILINE_IMPLICIT_KEY',
    'MISSING_CHAR',
    'UNEXPECTED_TOKEN',
    'BAD_INDENT',
  ];
  if (!codes.includes(error.code)) return undefined;
  return wordsAt(document, text, error.pos[0], error.code !== 'BAD_INDENT');
}

/** `withoutColon`: also told where only the colon may be missing, not just the space after it. */
function wordsAt(
  document: TextDocument,
  text: string,
  offset: number,
  withoutColon = true,
): Explanation | undefined {
  const { start, line } = lineOf(document, text, offset);
  const tight = /^(\s*(?:- )?)([A-Za-z_][\w.-]*):([^\s/:].*?)\s*$/.exec(line);
  if (tight !== null) {
    const [, lead = '', key = '', value = ''] = tight;
    const at = start + lead.length + key.length + 1;
    const fix = { title: 'Insert a space after the colon', at: [at, at], text: ' ' } as const;
    return {
      start: at - 1 - key.length,
      end: at + value.length,
      what: `no space after the colon of \`${key}\``,
      expected: `\`${key}: ${value}\``,
      fix,
    };
  }
  const bare = /^(\s*(?:- )?)([A-Za-z_][\w.-]*)(?:[ \t]*=)?[ \t]+([^\s:#][^:]*?)\s*$/.exec(line);
  if (bare === null || !withoutColon) return undefined;
  const [, lead = '', key = '', value = ''] = bare;
  const from = start + lead.length;
  const to = from + line.trim().length;
  const valueStart = start + line.lastIndexOf(value);
  const fix = { title: 'Insert the missing colon', at: [from + key.length, valueStart], text: ': ' } as const;
  return { start: from, end: to, what: `\`${key}\` has no colon`, expected: `\`${key}: ${value}\``, fix };
}

/** A quote or bracket that is never closed is told where it opens. */
function unclosed(document: TextDocument, text: string, error: YamlFault): Explanation | undefined {
  const closing = closingMissing(error);
  if (closing === undefined) return undefined;
  const at = openingOf(text.slice(0, error.pos[0]), closing);
  if (at === -1) return undefined;
  const opening = text.charAt(at);
  const { start, line } = lineOf(document, text, at);
  const end = start + line.replace(/\s+#.*$/, '').trimEnd().length;
  const fix = { title: `Insert \`${closing}\``, at: [end, end], text: closing } as const;
  return { start: at, end: at + 1, what: `\`${opening}\` is never closed`, expected: `\`${closing}\``, fix };
}

/** A quote that an innocent later quote closed: the earlier line without which all is well. */
function leftOpen(
  text: string,
  error: YamlFault,
  removed: { readonly start: number; readonly end: number } | undefined,
): Explanation | undefined {
  if (removed === undefined || removed.end > error.pos[0]) return undefined;
  const line = text.slice(removed.start, removed.end);
  const quote = ['"', "'"].find((candidate) => line.split(candidate).length % 2 === 0);
  if (quote === undefined || line.includes('\n')) return undefined;
  const at = removed.start + line.lastIndexOf(quote);
  const end = removed.start + line.trimEnd().length;
  const fix = { title: `Insert \`${quote}\``, at: [end, end], text: quote } as const;
  return { start: at, end: at + 1, what: `\`${quote}\` is never closed`, expected: `\`${quote}\``, fix };
}

/** The quote or bracket that the error says is missing. */
export function closingMissing(error: YamlFault): string | undefined {
  return /(?:closing |and end with an? )(["'\]}])/.exec(error.message)?.[1];
}

/** Offset of what `closing` should have closed; -1 where it cannot be told. */
export function openingOf(text: string, closing: string): number {
  if (closing === '"' || closing === "'") return firstOdd(text, closing);
  const opening = closing === ']' ? '[' : '{';
  let depth = 0;
  for (let i = text.length - 1; i >= 0; i--) {
    if (text[i] === closing) depth++;
    else if (text[i] === opening && depth-- === 0) return i;
  }
  return -1;
}

/** Offset of a quote on an earlier line that an innocent later one may have closed; -1 without one. */
export function oddQuoteBefore(text: string, at: number): number {
  const earlier = text.slice(0, text.lastIndexOf('\n', at - 1) + 1);
  return Math.max(firstOdd(earlier, '"'), firstOdd(earlier, "'"));
}

/** The last of the quotes on the first line that has an odd number of them. */
function firstOdd(text: string, quote: string): number {
  let offset = 0;
  for (const line of text.split('\n')) {
    if (line.split(quote).length % 2 === 0) return offset + line.lastIndexOf(quote);
    offset += line.length + 1;
  }
  return -1;
}

/** Values that start with a character YAML keeps for itself: `> 3`, `@name`, `%`, a backquote. */
function badStart(document: TextDocument, text: string, error: YamlFault): Explanation | undefined {
  const block = /^Block scalar header/.test(error.message);
  if (error.code !== 'BAD_SCALAR_START' && error.code !== 'TAG_RESOLVE_FAILED' && !block) return undefined;
  const { start: lineStart, line } = lineOf(document, text, error.pos[0]);
  const start = block ? lineStart + line.search(/[>|]/) : error.pos[0];
  const rest = text.slice(start, lineStart + line.length);
  const inFlow = /[[{]/.test(line.slice(0, start - lineStart));
  const value = (/^(?:[^,\]}#]|(?<!\s)#)*/.exec(rest)?.[0] ?? rest).trimEnd();
  const whole = inFlow ? value : rest.replace(/\s+#.*$/, '').trimEnd();
  const end = start + whole.length;
  const quotedValue = whole.includes("'") ? JSON.stringify(whole) : `'${whole}'`;
  const first = whole.charAt(0);
  const what =
    first === '!'
      ? `\`${whole.split(/\s/)[0]}\` is a YAML tag, which experiments do not use`
      : `\`${whole}\` starts with \`${first}\`, which YAML keeps for itself`;
  return {
    start,
    end,
    what,
    expected: `quotes: ${quotedValue}`,
    fix: { title: 'Quote it', at: [start, end], text: quotedValue },
  };
}

/** `description: a: b`, and lines indented under a key that has a value already. */
function secondColon(document: TextDocument, text: string, error: YamlFault): Explanation | undefined {
  if (error.code !== 'BLOCK_AS_IMPLICIT_KEY') return undefined;
  const { start, line } = lineOf(document, text, error.pos[0]);
  const value = line
    .slice(error.pos[0] - start)
    .replace(/\s+#.*$/, '')
    .trimEnd();
  const end = error.pos[0] + value.length;
  if (!/:(?:\s|$)/.test(value)) {
    const what = `\`${value}\` is already the value here, yet the next line is indented under it`;
    return { start: error.pos[0], end, what, expected: 'either the value or the indented settings' };
  }
  const quotedValue = value.includes("'") ? JSON.stringify(value) : `'${value}'`;
  const fix = { title: 'Quote it', at: [error.pos[0], end], text: quotedValue } as const;
  return {
    start: error.pos[0],
    end,
    what: `\`${value}\` has a second colon`,
    expected: `quotes: ${quotedValue}`,
    fix,
  };
}

const meanings: Readonly<Record<string, readonly [string, string]>> = {
  BAD_INDENT: [
    'the indentation matches no line above',
    'the same number of spaces as the settings beside it',
  ],
  MULTILINE_IMPLICIT_KEY: ['a key runs over several lines', '`key: value` on one line'],
  BAD_ALIAS: ['an anchor or alias has no name', 'quotes around text that starts with `&` or `*`'],
  BAD_DQ_ESCAPE: ['an escape in double quotes is unknown', 'single quotes, in which backslashes are plain'],
  BAD_PROP_ORDER: ['an anchor or tag stands in the wrong place', 'plain `key: value`'],
  BLOCK_IN_FLOW: ['a comma is missing between two settings in {} or []', '`,`'],
  KEY_OVER_1024_CHARS: ['a key is longer than 1024 characters', 'a shorter key'],
  BAD_DIRECTIVE: ['a line that starts with `%` is a YAML directive', 'no directives'],
  RESOURCE_EXHAUSTION: ['the nesting is too deep to read', 'at most 100 levels'],
  MULTIPLE_DOCS: ['a second document starts here', 'one experiment in a file'],
};

function plain(text: string, error: YamlFault): Explanation {
  const [start, end] = error.pos;
  const token = text.slice(start, Math.min(end, start + 40)).split('\n')[0] ?? '';
  if (/^[\]}]/.test(token)) {
    const fix = { title: `Remove \`${token[0]}\``, at: [start, start + 1], text: '' } as const;
    return {
      start,
      end: start + 1,
      what: `\`${token[0]}\` closes nothing`,
      expected: 'it to be removed',
      fix,
    };
  }
  if (error.code === 'MISSING_CHAR' && /, or :|Missing ,/.test(error.message)) {
    return { start, end, what: `a comma is missing before \`${token}\``, expected: '`,`' };
  }
  const [what, expected] = meanings[error.code] ?? [
    `\`${token.trim()}\` is not expected here`,
    '`key: value`',
  ];
  return { start, end, what, expected };
}

function lineOf(document: TextDocument, text: string, offset: number): { start: number; line: string } {
  const { line, character } = document.positionAt(offset);
  const start = offset - character;
  return { start, line: text.slice(start, start + document.lineAt(line).length) };
}
