/**
 * Whether a text is a regular expression of RE2, which is what DuckDB and ONNX Runtime run: the syntax of RE2's parser,
 * followed by hand, since a port of the whole engine is thirty times the size and JavaScript's own expressions are others.
 */

export interface PatternFault {
  /** What is wrong, as a sentence without its end. */
  readonly message: string;
  /** Offsets within the pattern. */
  readonly start: number;
  readonly end: number;
}

/** As a part of a sentence that names the pattern. */
export function patternSentence(pattern: string, { message }: PatternFault): string {
  return `the pattern \`${pattern}\` is no regular expression of RE2: ${message}`;
}

/** The first fault; undefined where the pattern is one. It may yet be too large to be compiled. */
export function patternFault(pattern: string): PatternFault | undefined {
  try {
    new PatternReader(pattern).alternatives(0);
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.found;
    throw error;
  }
}

class Fault extends Error {
  readonly found: PatternFault;

  constructor(found: PatternFault) {
    super(found.message);
    this.found = found;
  }
}

/** RE2's own bound, for nested repetitions too. */
const mostRepeats = 1000;

const posixClass =
  /^\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]$/;
const category = /^(?:Any|C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?)$/;
/** Of four letters a script has a short name, which RE2 does not know, unless it is its own. */
const shortScripts = /^(?:Ahom|Cham|Kawi|Lisu|Miao|Modi|Newa|Thai|Toto)$/;
/** In Unicode since RE2's tables were made. */
const laterScripts = /^(?:Garay|Gurung_Khema|Kirat_Rai|Ol_Onal|Sunuwar|Todhri|Tulu_Tigalari|Unknown)$/;

/** What other engines have behind `(?`, and RE2 does not. */
const absent: readonly (readonly [RegExp, string])[] = [
  [/^\(\?<?[=!]/, 'looks around, which RE2 does not do: test what stands there in an expression of its own'],
  [/^\(\?<[^>]*>?/, 'names a group, which RE2 writes as `(?P<name>…)`'],
  [/^\(\?P[=>][^)]*\)?/, 'refers to another group, which RE2 cannot do'],
  [/^\(\?>/, 'is an atomic group, which RE2 does not have and does not need: it never backtracks'],
  [/^\(\?#[^)]*\)?/, 'is a comment, which RE2 does not have'],
  [/^\(\?[imsU-]*x/, 'sets `x`, which RE2 does not have: its flags are i, m, s and U'],
];

/** What other engines read behind a backslash, and RE2 does not. */
const otherEscapes: readonly (readonly [RegExp, string])[] = [
  [/^\\[1-9]\d*|^\\k(?:<[^>]*>|\{[^}]*\})?/, 'refers back to a group, which RE2 cannot do'],
  [/^\\c./, 'is no escape of RE2: a control character is written by its number, as `\\x0A`'],
  [
    /^\\u[0-9A-Fa-f]{4}|^\\u\{[0-9A-Fa-f]+\}/,
    'is no escape of RE2: a character is written by its number as `\\x{20AC}`',
  ],
  [/^\\x(?:\{[^}]*\}?|.{0,2})/, 'is no number of a character: it is written as `\\x41` or `\\x{20AC}`'],
  [/^\\Z/, 'is no escape of RE2: the end of the text is `\\z`'],
  [/^\\[hH]/, 'is no escape of RE2: a blank is `[\\t ]`'],
  [/^\\E/, 'ends a quotation that `\\Q` has not begun'],
];

class PatternReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Up to the closing parenthesis, or the end; how often repetitions within it multiply. */
  alternatives(depth: number): number {
    let most = 1;
    /** Of what a repetition would repeat; undefined where nothing stands. */
    let last: number | undefined;
    let repeated: number | undefined;
    while (this.#at < this.#text.length) {
      const start = this.#at;
      const rest = this.#text.slice(start);
      const [first = ''] = rest;
      if (first === ')') {
        if (depth === 0) this.#fail(start, 1, '`)` closes nothing');
        return most;
      }
      const count = repetition(rest);
      if (count !== undefined) {
        if (repeated !== undefined)
          this.#fail(repeated, start + count.length - repeated, 'repeats what is repeated already');
        last = this.#repeat(last, count);
        most = Math.max(most, last);
        repeated = start;
        continue;
      }
      repeated = undefined;
      if (first === '|') {
        this.#at++;
        last = undefined;
      } else if (first === '(') last = this.#group(depth, last);
      else last = this.#single(rest, last);
      most = Math.max(most, last ?? 1);
    }
    if (depth > 0) this.#fail(this.#text.length, 0, '`)` is missing');
    return most;
  }

  #repeat(last: number | undefined, { length, least, most }: Repetition): number {
    const start = this.#at;
    if (last === undefined) this.#fail(start, length, 'repeats nothing');
    const highest = most ?? least;
    if (highest > mostRepeats || highest < least)
      this.#fail(start, length, `is no number of times: at most ${mostRepeats}, the smaller number first`);
    const times = last * Math.max(1, highest);
    if (times > mostRepeats)
      this.#fail(start, length, `repeats what is repeated, together more than ${mostRepeats} times`);
    this.#at += length;
    return times;
  }

  /** A group, or flags for what follows, which are nothing that can be repeated. */
  #group(depth: number, before: number | undefined): number | undefined {
    const start = this.#at;
    const rest = this.#text.slice(start);
    if (!rest.startsWith('(?')) return this.#inGroup(1, depth);
    const named = /^\(\?P<([^>]*)>/.exec(rest);
    if (named !== null) {
      const [whole, name = ''] = named;
      if (!/^[\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]+$/u.test(name))
        this.#fail(start, whole.length, 'has no name of letters, digits and underscores');
      return this.#inGroup(whole.length, depth);
    }
    const flags = /^\(\?(?:[imsU]*|[imsU]*-[imsU]+)([:)])/.exec(rest);
    if (flags !== null) {
      const [whole, end] = flags;
      if (end === ':') return this.#inGroup(whole.length, depth);
      this.#at += whole.length;
      return before;
    }
    for (const [form, why] of absent) {
      const [found] = form.exec(rest) ?? [];
      if (found !== undefined) this.#fail(start, found.length, why);
    }
    return this.#fail(start, Math.min(3, rest.length), 'is no group of RE2');
  }

  #inGroup(opening: number, depth: number): number {
    this.#at += opening;
    const most = this.alternatives(depth + 1);
    this.#at++;
    return most;
  }

  /** A character, a class, an assertion; or a quotation, which may hold none. */
  #single(rest: string, before: number | undefined): number | undefined {
    if (rest.startsWith('\\Q')) {
      const end = rest.indexOf('\\E', 2);
      this.#at += end < 0 ? rest.length : end + 2;
      return end === 2 || rest.length === 2 ? before : 1;
    }
    if (rest.startsWith('[')) this.#class();
    else if (/^\\[bBAzC]/.test(rest)) this.#at += 2;
    else if (rest.startsWith('\\')) this.#escape(true);
    else this.#at += lengthOf(rest);
    return 1;
  }

  #class(): void {
    const start = this.#at;
    this.#at += this.#text.startsWith('[^', start) ? 2 : 1;
    for (let first = true; first || this.#text[this.#at] !== ']'; first = false) {
      if (this.#at >= this.#text.length) this.#fail(start, this.#text.length - start, 'has no closing `]`');
      const from = this.#at;
      const rest = this.#text.slice(from);
      const [named] = /^\[:.*?:\]/s.exec(rest) ?? [];
      if (named !== undefined) {
        if (!posixClass.test(named)) this.#fail(from, named.length, 'is no class such as `[:alpha:]`');
        this.#at += named.length;
        continue;
      }
      const low = this.#member(true);
      const next = this.#text[this.#at + 1];
      if (low === undefined || this.#text[this.#at] !== '-' || next === ']' || next === undefined) continue;
      this.#at++;
      const high = this.#member(false);
      if (high !== undefined && high < low)
        this.#fail(from, this.#at - from, 'is no range: its end comes before its beginning');
    }
    this.#at++;
  }

  /** A code point; undefined of a class, such as `\d`. */
  #member(classes: boolean): number | undefined {
    const rest = this.#text.slice(this.#at);
    if (rest.startsWith('\\')) return this.#escape(classes);
    this.#at += lengthOf(rest);
    return rest.codePointAt(0);
  }

  /** A code point; undefined of a class. */
  #escape(classes: boolean): number | undefined {
    const start = this.#at;
    const rest = this.#text.slice(start);
    if (rest.length === 1) this.#fail(start, 1, 'at the end escapes nothing');
    if (classes && /^\\[dswDSW]/.test(rest)) {
      this.#at += 2;
      return undefined;
    }
    if (classes && /^\\p/i.test(rest)) return this.#unicodeClass(rest);
    const numbered = /^\\(?:x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]+)\}|([1-7][0-7]{1,2}|0[0-7]{0,2}))/.exec(rest);
    if (numbered !== null) {
      const [whole, two, braced, octal] = numbered;
      const code = octal === undefined ? Number.parseInt(two ?? braced ?? '', 16) : Number.parseInt(octal, 8);
      if (code <= 0x10ffff) {
        this.#at += whole.length;
        return code;
      }
    }
    const single = /^\\(?:[afnrtv]|[^A-Za-z0-9\u{80}-\u{10ffff}])/u.exec(rest);
    if (single !== null) {
      this.#at += 2;
      return controls[rest[1] ?? ''] ?? rest.codePointAt(1);
    }
    for (const [form, why] of otherEscapes) {
      const [found] = form.exec(rest) ?? [];
      if (found !== undefined) this.#fail(start, found.length, why);
    }
    return this.#fail(start, 1 + lengthOf(rest.slice(1)), 'is no escape of RE2');
  }

  #unicodeClass(rest: string): undefined {
    const [whole, braced, letter = ''] = /^\\[pP](?:\{(\^?[^}]*)\}|([^{]))?/u.exec(rest) ?? [''];
    const name = braced?.replace(/^\^/, '') ?? letter;
    if (!category.test(name) && !isScript(name))
      this.#fail(
        this.#at,
        whole.length,
        'is no class of Unicode that RE2 knows, such as `\\pL` or `\\p{Greek}`',
      );
    this.#at += whole.length;
  }

  #fail(start: number, length: number, why: string): never {
    const end = start + length;
    const part = this.#text.slice(start, end);
    throw new Fault({ message: part === '' || why.startsWith('`') ? why : `\`${part}\` ${why}`, start, end });
  }
}

const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

interface Repetition {
  readonly length: number;
  readonly least: number;
  /** Undefined where it has no end. */
  readonly most: number | undefined;
}

/** Braces without the numbers that RE2 reads stand for themselves. */
function repetition(rest: string): Repetition | undefined {
  const [sign] = /^[*+?]\??/.exec(rest) ?? [];
  // These do not count: nothing is written out for them.
  if (sign !== undefined) return { length: sign.length, least: 0, most: 1 };
  const numbers = /^\{(0|[1-9]\d{0,8})(?:(,)(0|[1-9]\d{0,8})?)?\}\??/.exec(rest);
  if (numbers === null) return undefined;
  const [whole, least = '', comma, most] = numbers;
  const highest = comma === undefined ? least : most;
  return {
    length: whole.length,
    least: Number(least),
    most: highest === undefined ? undefined : Number(highest),
  };
}

function isScript(name: string): boolean {
  if (!/^[A-Z]\w+$/.test(name) || laterScripts.test(name)) return false;
  if (name.length === 4 && !shortScripts.test(name)) return false;
  try {
    return new RegExp(`\\p{Script=${name}}`, 'u') !== undefined;
  } catch {
    return false;
  }
}

/** Of the first character. */
function lengthOf(text: string): number {
  return (text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1;
}
