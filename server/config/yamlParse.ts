/** One reading of YAML text by the library: its first document and its first fault. */
import { Composer, Document, Parser, type YAMLError, YAMLParseError } from 'yaml';

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
