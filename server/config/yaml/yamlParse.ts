/** One reading of YAML text by the library: its first document and its first fault. */
import { Composer, CST, Document, Lexer, Parser, type YAMLError, YAMLParseError } from 'yaml';

/** What is wrong, and where; offsets of UTF-16 code units. */
export type YamlFault = Pick<YAMLError, 'code' | 'message' | 'pos'>;

export interface ParseResult {
  readonly document: Document;
  /** The first one in the text. */
  readonly error?: YamlFault;
  /** Where a second document starts. */
  readonly next?: number;
}

/** Above it the library's recursion may be too much for the stack, and is slow before it fails. */
const mostOpen = 2_000;

/** The first document of a text with its first error. */
export function parseOne(text: string): ParseResult {
  if (opensTooMany(text)) return tooDeep();
  const traced = Error.stackTraceLimit;
  // The library makes an Error of every fault, and nobody reads where in it that was.
  Error.stackTraceLimit = 0;
  try {
    return compose(text);
  } catch (error) {
    // Sequences within sequences, for one, need no brackets.
    if (!(error instanceof RangeError)) throw error;
    return tooDeep();
  } finally {
    Error.stackTraceLimit = traced;
  }
}

function tooDeep(): ParseResult {
  const error = new YAMLParseError([0, 1], 'RESOURCE_EXHAUSTION', 'nested too deeply');
  return { document: new Document(), error };
}

/** Whether so many brackets are open at once; those in text do not count. */
function opensTooMany(text: string): boolean {
  return exceeds(text) && exceeds(brackets(text));
}

function* brackets(text: string): Iterable<string> {
  let inText = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (!inText && lexeme.length === 1) yield lexeme;
    inText = lexeme === CST.SCALAR;
  }
}

function exceeds(characters: Iterable<string>): boolean {
  let open = 0;
  for (const character of characters) {
    if (character === '[' || character === '{') open++;
    else if ((character === ']' || character === '}') && open > 0) open--;
    if (open > mostOpen) return true;
  }
  return false;
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
  const faults = [...document.errors, ...document.warnings].filter((fault) => !isLongSpace(fault));
  const error = faults.toSorted((a, b) => a.pos[0] - b.pos[0])[0];
  const next = second === undefined ? undefined : document.range[2];
  return { document, ...(error === undefined ? {} : { error }), ...(next === undefined ? {} : { next }) };
}

/** The library counts white space above a key as part of it, where an empty value stands above that. */
function isLongSpace({ code, message, pos: [start, end] }: YAMLError): boolean {
  return code === 'KEY_OVER_1024_CHARS' && message.includes('block mapping') && end - start <= 1024;
}
