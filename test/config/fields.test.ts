/** The schema against the list of fields that the language promises: names, values, keys and defaults. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fieldAt, fields } from '../../server/config/fields.ts';
import { defaultOf } from '../../server/config/resolve.ts';
import { isMap } from '../../server/config/schema/nodes.ts';

interface Row {
  readonly path: string;
  readonly type: string;
  readonly byDefault: string;
  readonly doc: string;
  readonly primary: boolean;
}

const rows: readonly Row[] = readFileSync(new URL('fields.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.includes(' | '))
  .map((line) => {
    const [name = '', type = '', byDefault = '', ...doc] = line
      .replaceAll('\\|', '¦')
      .split(' | ')
      .map((cell) => cell.replaceAll('¦', '|'));
    return {
      path: name.replace(' §', ''),
      type,
      byDefault,
      doc: doc.join(' | '),
      primary: name.endsWith('§'),
    };
  });

const fieldOf = (path: string) => {
  const field = fieldAt(path);
  if (!field) throw new Error(`no field ${path}`);
  return field;
};

test('the list has every section of the language', () => {
  expect(rows.length).toBe(223);
  expect(new Set(rows.map((row) => row.path.split('.')[0])).size).toBe(28);
});

describe.each(rows)('$path', ({ path, type, byDefault, doc }) => {
  test('stands in the schema with its doc', () => {
    expect(fieldOf(path).doc).toBe(doc);
  });

  test('has the words and keys of its type', () => {
    compare(type, path);
  });

  test('has its default', () => {
    const field = fieldOf(path);
    if (field.defaultText === byDefault) return;
    const effective = defaultOf(path);
    if (byDefault === '-') expect(field.default).toBeUndefined();
    else expect(withWords(effective, path), byDefault).toEqual(expect.objectContaining(asValue(byDefault)));
  });
});

test('what a plain value of a section stands for is its marked field', () => {
  for (const { path } of rows.filter((row) => row.primary)) {
    const [section = '', key = ''] = path.split('.');
    const [holder, primary] = key === 'optimizer' ? [path, 'type'] : [section, key];
    expect(fieldOf(holder).primary, path).toBe(primary);
  }
});

test('every field has a doc, a type and bounds in order', () => {
  for (const field of fields) {
    expect(field.doc, field.path).not.toBe('');
    expect(field.type, field.path).not.toBe('');
    const { min = -1e300, max = 1e300 } = field.bounds ?? {};
    expect(min, field.path).toBeLessThanOrEqual(max);
  }
});

test('fields are found by path, through free keys, list items and variants', () => {
  expect(fieldAt('data.columns.age.type')?.path).toBe('data.columns.*.type');
  expect(fieldAt(['data', 'columns', 'a.b', 'min'])?.path).toBe('data.columns.*.min');
  expect(fieldAt('data.derive.0.expr')?.path).toBe('data.derive.*.expr');
  expect(fieldAt('variants.small.model.gbdt.trees')?.path).toBe('model.gbdt.trees');
  expect(fieldAt('features.columns.age.impute')?.path).toBe('features.columns.*.impute');
  expect(fieldAt('model.gbdt.constructor')).toBeUndefined();
  expect(fieldAt('nothing')).toBeUndefined();
});

/** Defaults that other settings give, such as `data.group`, stand in the schema as words. */
function withWords(value: unknown, path: string): unknown {
  if (!isMap(value)) return { value };
  const words = fields
    .filter((field) => field.path.startsWith(`${path}.`) && field.default === undefined && field.defaultText)
    .map((field) => [field.path.slice(path.length + 1), field.defaultText]);
  return { ...Object.fromEntries(words), ...value };
}

/** `auto (none for trees)` is auto, `{k: 5}` a map; the rest is read as YAML. */
function asValue(text: string): Record<string, unknown> {
  const plain = text.replace(/^([\w.]+)(?: \(.*\)|: .*)$/s, '$1').replace(/ \([^)]*\)$/, '');
  const value = percentAsRatio(parse(plain));
  return isMap(value) ? { ...value } : { value };
}

function percentAsRatio(value: unknown): unknown {
  if (typeof value === 'string' && /^\d+%$/.test(value)) return Number(value.slice(0, -1)) / 100;
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, percentAsRatio(each)]));
}

/** Where the list names a kind of value among the words, or a rule of its own tells a wrong word better. */
const deviations: Readonly<Record<string, readonly string[]>> = {
  'tune.using': ['valid', 'cv', 'test', 'train'],
  'model.transfer.freeze': ['all', 'none'],
  'train.checkpoint.resume': ['auto', 'never'],
  'serve.rollback.to': ['previous'],
};

/** A type of the list, such as `int or {folds, kind: enum(auto|kfold)}`, against the field at `path`. */
function compare(type: string, path: string): void {
  const words = /^enum\((.*?)\)/.exec(type)?.[1] ?? / or enum\((.*?)\)/.exec(type)?.[1];
  if (words) expect(fieldOf(path).values, path).toEqual(deviations[path] ?? words.split('|'));
  const map = braces(type);
  const nested = /(^| )(list|map)</.test(type.slice(0, type.indexOf('{'))) ? `${path}.*` : path;
  if (map === undefined || map.includes('env:')) return;
  const keys = splitKeys(map);
  const owned = fields
    .filter(
      (field) => field.path.startsWith(`${nested}.`) && !field.path.slice(nested.length + 1).includes('.'),
    )
    .map((field) => field.path.slice(nested.length + 1));
  if (['data.source', 'model.threshold', 'lint.rules'].includes(path))
    expect(owned).toEqual(expect.arrayContaining(keys.map(([key]) => key)));
  else expect(owned.toSorted(), path).toEqual(keys.map(([key]) => key).toSorted());
  for (const [key, inner] of keys) if (inner) compare(inner, `${nested}.${key}`);
}

function braces(type: string): string | undefined {
  const start = type.indexOf('{');
  if (start < 0) return undefined;
  let depth = 0;
  for (let i = start; i < type.length; i++) {
    if (type[i] === '{') depth++;
    if (type[i] === '}' && --depth === 0) return type.slice(start + 1, i);
  }
  return undefined;
}

function splitKeys(body: string): readonly (readonly [key: string, type: string])[] {
  const parts = [''];
  let depth = 0;
  for (const character of body) {
    if ('{<(['.includes(character)) depth++;
    if ('}>)]'.includes(character)) depth--;
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => {
    const [key = '', ...type] = part.trim().split(': ');
    return [key, type.join(': ')] as const;
  });
}
