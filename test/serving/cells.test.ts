/** Values of requests as the model is fed them, against what pandas and NumPy make of them (oracle/cells.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type InputColumn, readCell } from '../../server/serving/cells.ts';
import type { Strictness } from '../../server/serving/settings.ts';
import { decodeTensor, encodeBytes, encodeFloats } from '../../server/serving/tensorBytes.ts';

const oracle: {
  dates: [string, string | null][];
  numbers: [number, number | null][];
  tensors: Record<string, { bytes: string; values: unknown[] }>;
} = JSON.parse(readFileSync(new URL('./oracle/cells.json', import.meta.url), 'utf8'));

const column = (input: InputColumn['input'], levels?: readonly string[]): InputColumn => ({
  name: 'c',
  kind: 'numeric',
  input,
  levels: levels && new Set(levels),
});
const read = (
  input: InputColumn['input'],
  value: unknown,
  strictness: Strictness = 'strict',
  text = false,
) => {
  try {
    return readCell(column(input), value, 4, { strictness, text });
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
};

describe('dates', () => {
  it.each(oracle.dates)('%s is %s', (text: string, expected: string | null) => {
    expect(read('date', text)).toBe(expected ?? 'request-value');
    expect(read('date', text, 'coerce')).toBe(expected ?? text);
  });

  it.each([20240531, true, {}, ['2024-05-31']])('%j is none', (value) => {
    expect(read('date', value)).toBe('request-value');
  });

  it('may be missing', () => {
    expect([null, ''].map((value) => read('date', value))).toEqual(['', '']);
  });
});

describe('numbers', () => {
  it.each(oracle.numbers)('%d is %d in float32', (value: number, expected: number | null) => {
    const cell = read('float', value);
    expect(typeof cell === 'number' ? Math.fround(cell) : cell).toBe(expected ?? Number.NaN);
  });

  it.each([
    ['12.5', 12.5],
    [' -3e2 ', -300],
    ['.5', 0.5],
    ['TRUE', 1],
    ['inf', Number.NaN],
    ['', Number.NaN],
    ['1_000', 'request-value'],
    ['12abc', 'request-value'],
    ['0x10', 'request-value'],
  ])('%j in text is %s, and nothing at all in strict JSON', (text, expected) => {
    expect(read('float', text, 'coerce')).toBe(expected);
    expect(read('float', text, 'strict', true)).toBe(expected);
    expect(read('float', text)).toBe('request-value');
  });

  it('take booleans and the words for what JSON cannot say', () => {
    expect([true, false, 'NaN', '-Infinity', null].map((value) => read('float', value))).toEqual([
      1,
      0,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
    expect(read('float', 'abc', 'none')).toBeNaN();
    expect(read('float', {}, 'none')).toBe('request-value');
  });
});

describe('text', () => {
  it('stays as it is; numbers and booleans are written as training reads them', () => {
    expect(['Köln ', '007', 7, 2.5, 1e21, true, null, ''].map((value) => read('string', value))).toEqual([
      'Köln ',
      '007',
      '7',
      '2.5',
      '1e+21',
      'true',
      '',
      '',
    ]);
    expect(read('string', ['a'])).toBe('request-value');
  });

  it('of a column that refuses unseen levels must be one of those of training', () => {
    const refusing = column('string', ['', 'a']);
    const reading = { strictness: 'strict', text: false } as const;
    expect(readCell(refusing, 'a', 0, reading)).toBe('a');
    expect(() => readCell(refusing, 'b', 0, reading)).toThrowError('Column `c` holds `b`');
  });
});

describe('tensors as bytes', () => {
  it.each(Object.entries(oracle.tensors))('%s is as NumPy writes it', (type, { bytes, values }) => {
    expect(decodeTensor(type, Buffer.from(bytes, 'base64'))).toEqual(values);
  });

  it('of text round-trip; cut ones and unknown types are none', () => {
    const texts = ['', 'Köln', '日本 🙂', '\0'];
    const bytes = encodeBytes(texts);
    expect(decodeTensor('BYTES', bytes)).toEqual(texts);
    for (let cut = 1; cut < 4; cut++) expect(decodeTensor('BYTES', bytes.subarray(0, -cut))).toBeUndefined();
    expect(decodeTensor('BYTES', Buffer.from([255, 255, 255, 255]))).toBeUndefined();
    expect(decodeTensor('BYTES', Buffer.from([1, 0, 0, 0, 0xff]))).toBeUndefined();
    expect(decodeTensor('FP32', Buffer.alloc(3))).toBeUndefined();
    expect(decodeTensor('constructor', Buffer.alloc(4))).toBeUndefined();
    expect(encodeFloats(Float32Array.of(1.5)).toString('hex')).toBe('0000c03f');
  });
});
