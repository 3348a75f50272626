/** The part of an experiment that decides which rows and columns there are, with absolute paths. */
import { dirname, resolve } from 'node:path';
import { ModelwrightError } from '../catalog/errors.ts';
import type { Experiment, JoinSettings } from '../config/experiment.ts';
import { joinName } from '../config/joins.ts';
import { isDate } from '../config/schema/values.ts';
import type { ColumnKind, JoinSpec, TableSpec } from './table.ts';

/** `directory`: the experiment file's folder, to which its paths are relative. */
export function tableSpec(experiment: Experiment, directory: string): TableSpec {
  const { data, features, problem } = experiment;
  const predictionTime = problem?.prediction_time;
  if (data.source === undefined) {
    throw new ModelwrightError('bad-usage', {
      reason: '`data` is not set: there is nothing to read.',
      command: 'modelwright run',
    });
  }
  return {
    source: withTestFile(absolute(data.source, directory), experiment, directory),
    format: data.format,
    read: readOptions(data.read),
    derive: data.derive,
    ...(features.derive.length === 0 ? {} : { features: features.derive }),
    ...(data.join.length === 0 ? {} : { joins: data.join.map((join) => joinSpec(join, directory)) }),
    ...(predictionTime === undefined ? {} : { predictionTime }),
    ...(data.filter === undefined ? {} : { filter: data.filter }),
    kinds: declaredKinds(experiment),
    ...(data.as_of === undefined ? {} : { asOf: data.as_of }),
    ...(data.time === undefined ? {} : { time: data.time }),
    directory,
  };
}

function joinSpec(join: JoinSettings, directory: string): JoinSpec {
  const { source, keys, as_of, how = 'left', tolerance } = join;
  return {
    source: pathIn(directory, source),
    name: joinName(join),
    keys: typeof keys === 'string' ? [keys] : keys,
    ...(as_of === undefined ? {} : { as_of }),
    how,
    ...(tolerance === undefined ? {} : { tolerance }),
  };
}

/** A file or glob with nothing known about it: for `profile DATA` and `init`. `path` is absolute. */
export function plainSpec(path: string): TableSpec {
  return { source: [path], format: 'auto', read: {}, derive: [], kinds: {}, directory: dirname(path) };
}

function absolute(source: NonNullable<Experiment['data']['source']>, directory: string): TableSpec['source'] {
  const path = (text: string) => pathIn(directory, text);
  if (typeof source === 'string') return [path(source)];
  if (!('train' in source)) return source.map(path);
  return {
    train: [path(source.train)],
    ...(source.valid === undefined ? {} : { valid: path(source.valid) }),
    ...(source.test === undefined ? {} : { test: path(source.test) }),
  };
}

/** An address stays one, so that the error names what was written. */
function pathIn(directory: string, text: string): string {
  return /^[a-z][a-z0-9+]+:\/\//i.test(text) ? text : resolve(directory, text);
}

/** `split.test` may be a file, which then holds the test rows; one of `data.source` comes first. */
function withTestFile(
  source: TableSpec['source'],
  { split }: Experiment,
  directory: string,
): TableSpec['source'] {
  if (typeof split.test !== 'string' || isDate(split.test)) return source;
  const test = pathIn(directory, split.test);
  return 'train' in source ? { test, ...source } : { train: source, test };
}

/** The schema has checked `data.read`; what is not of its type here was not written. */
function readOptions(read: Readonly<Record<string, unknown>>): TableSpec['read'] {
  const { delimiter, header, encoding, decimal, null_values, query } = read;
  return {
    ...(typeof delimiter === 'string' ? { delimiter: delimiter === '\\t' ? '\t' : delimiter } : {}),
    ...(typeof header === 'boolean' ? { header } : {}),
    ...(typeof encoding === 'string' ? { encoding } : {}),
    ...(typeof decimal === 'string' ? { decimal } : {}),
    ...(Array.isArray(null_values) ? { null_values: null_values.map(String) } : {}),
    ...(typeof query === 'string' ? { query } : {}),
  };
}

/** `features.types` over `data.columns.*.type` over `data.read.types`. */
function declaredKinds({ data, features }: Experiment): Record<string, ColumnKind> {
  const kinds: Record<string, ColumnKind> = {};
  const types = data.read['types'];
  if (typeof types === 'object' && types !== null) {
    for (const [name, type] of Object.entries(types)) kinds[name] = kindOfSqlType(String(type));
  }
  for (const [name, { type }] of Object.entries(data.columns)) if (type !== undefined) kinds[name] = type;
  return { ...kinds, ...features.types };
}

function kindOfSqlType(type: string): ColumnKind {
  if (/^(TINY|SMALL|BIG|HUGE|U\w*)?INT|^(DOUBLE|FLOAT|REAL|DECIMAL|NUMERIC)/i.test(type)) return 'numeric';
  if (/^(DATE|TIMESTAMP)/i.test(type)) return 'datetime';
  return /^BOOL/i.test(type) ? 'boolean' : 'categorical';
}
