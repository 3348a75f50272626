/** Where YAML 1.1 and YAML 1.2 read a plain scalar otherwise. Source: the resolver tables of both specifications and PyYAML's. */

export interface Reading {
  /** In words: "text", "the number 10", "null". */
  readonly here: string;
  readonly there: string;
  /** Only text is wanted here, so that the reading of this file is already wrong. */
  readonly asText: boolean;
  /** The same value in a spelling that all read alike. */
  readonly rewritten?: string;
}

const boolean11 = /^(?:yes|no|on|off)$/i;
const number12 = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const octal12 = /^0o[0-7]+$/;
const hexadecimal = /^0x[0-9a-fA-F]+$/;
const octal11 = /^[-+]?0[0-7_]+$/;
const integer11 = /^[-+]?(?:0|[1-9][\d_]*)$/;
const binary11 = /^[-+]?0b[01_]+$/;
const float11 = /^[-+]?(?:\d[\d_]*\.[\d_]*|\.\d[\d_]*)(?:[eE][-+]\d+)?$/;
const sexagesimal11 = /^[-+]?[1-9][\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;

/** Nearly all that people write: words and decimal numbers, which both read alike. */
const ordinary = /^(?:(?!(?:yes|no|on|off|null)$)[a-z_][a-z_-]*|(?:0|[1-9]\d*)(?:\.\d+)?)$/i;

/** Undefined where both read the same. `wantsText`: the place takes nothing but text. ISO dates are the language's own. */
export function readsDifferently(source: string, wantsText: boolean): Reading | undefined {
  if (source === '' || (!wantsText && ordinary.test(source)) || /^\d{4}-\d\d-\d\d/.test(source))
    return undefined;
  const here = readHere(source);
  if (wantsText && (here === 'null' || /\.\d*0$/.test(source)) && here !== 'text') {
    return { here, there: here, asText: true };
  }
  if (boolean11.test(source)) {
    // Only the spellings that YAML 1.1 lists: `yes`, `Yes`, `YES`.
    if (!/^(?:[a-z]+|[A-Z][a-z]*|[A-Z]+)$/.test(source)) return undefined;
    return { here, there: /^(?:yes|on)$/i.test(source) ? 'true' : 'false', asText: false };
  }
  const there = readThere(source);
  if (here === there) return undefined;
  const number = here === 'text' ? undefined : Number(source);
  return { here, there, asText: false, ...(number === undefined ? {} : { rewritten: plainNumber(number) }) };
}

function readHere(source: string): string {
  if (/^(?:null|Null|NULL|~)$/.test(source)) return 'null';
  if (number12.test(source) || octal12.test(source) || hexadecimal.test(source))
    return `the number ${Number(source)}`;
  return 'text';
}

function readThere(source: string): string {
  if (/^(?:null|Null|NULL|~)$/.test(source)) return 'null';
  const digits = source.replaceAll('_', '');
  const sign = digits.startsWith('-') ? -1 : 1;
  const bare = digits.replace(/^[-+]/, '');
  if (binary11.test(source)) return `the number ${sign * Number.parseInt(bare.slice(2), 2)}`;
  if (octal11.test(source)) return `the number ${sign * Number.parseInt(bare, 8)}`;
  if (integer11.test(source) || hexadecimal.test(source) || float11.test(source))
    return `the number ${Number(digits)}`;
  if (sexagesimal11.test(source)) {
    return `the number ${sign * bare.split(':').reduce((total, part) => total * 60 + Number(part), 0)}`;
  }
  return 'text';
}

/** With a point and a signed exponent, which both ask for. */
function plainNumber(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return /\.\d/.test(text) ? text : text.replace('e', '.0e');
}
