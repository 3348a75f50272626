/** A first look at a large source: some thousand rows from stretches all over it, for an answer while the whole is read. */
import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Database } from '../duckdb/database.ts';
import type { TableSpec } from '../table.ts';
import { sampleLines } from './sampleLines.ts';
import { sampleParquet } from './sampleParquet.ts';
import { evenly, type FileSample, type SampleRequest, wantedRows } from './sampleRequest.ts';
import { findSources, formatOf, type SourceFile } from './sources.ts';

export interface SampledSource {
  /** What to open instead of the whole. */
  readonly spec: TableSpec;
  /** Rows read. */
  readonly seen: number;
  /** Rows of the source: an estimate, to two digits, but for few files of Parquet or Arrow. */
  readonly total: number;
}

const wantedStretches = 10;
/** Smaller sources are as quickly read as a whole. */
const smallRows = 4 * wantedRows;
const smallBytes = 4 * 1024 ** 2;

/**
 * A table like that of `spec` with few of its rows, copied to `folder` where that is needed; of many files from some of
 * them. `database` answers questions about files. Undefined where the source is small, or of a format without places to jump to.
 */
export async function sampleSource(
  spec: TableSpec,
  { folder, database }: { folder: string; database: Database },
): Promise<SampledSource | undefined> {
  const files = findSources(spec.source);
  const chosen = spread(files);
  const sizes = await Promise.all(files.map(async ({ path }) => (await stat(path)).size));
  const bytes = sum(sizes);
  const samples: (FileSample & { readonly file: SourceFile })[] = [];
  for (const [index, file] of chosen.entries()) {
    const sample = await sampleFile(file.path, spec, {
      rows: Math.ceil(wantedRows / chosen.length),
      stretches: Math.ceil(wantedStretches / chosen.length),
      to: join(folder, `sample${index}${extname(file.path)}`),
      small: bytes < smallBytes,
      database,
    });
    if (sample === undefined) return undefined;
    samples.push({ ...sample, file });
  }
  const seen = sum(samples.map((sample) => sample.seen));
  const known = sum(samples.map((sample) => sample.total));
  const isEstimate = chosen.length < files.length || samples.some(({ estimated }) => estimated);
  const whole =
    known * (bytes / sum(sizes.filter((_, index) => chosen.includes(files[index] as SourceFile))));
  const total = isEstimate ? Number(whole.toPrecision(2)) : known;
  if (total < smallRows) return undefined;
  return { spec: sampledSpec(spec, samples), seen, total };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** Of each part of a predefined split at most so many files as there are stretches, evenly spread. */
function spread(files: readonly SourceFile[]): readonly SourceFile[] {
  return [0, 1, 2, 3].flatMap((part) => {
    const own = files.filter((file) => file.part === part);
    if (own.length <= wantedStretches) return own;
    return evenly(wantedStretches, own.length - 1).flatMap((at) => own[at] ?? []);
  });
}

async function sampleFile(
  path: string,
  spec: TableSpec,
  request: SampleRequest & { readonly small: boolean; readonly database: Database },
): Promise<FileSample | undefined> {
  const format = await formatOf(path, spec.format);
  switch (format) {
    case 'parquet':
      return sampleParquet(path, request);
    case 'csv':
    case 'tsv':
    case 'json':
      return request.small || !isByteText(spec) ? undefined : sampleLines(path, { ...request, format });
    case 'sqlite':
      return request.small || spec.read.query !== undefined
        ? undefined
        : (await import('./sampleSqlite.ts')).sampleSqlite(path, request);
    case 'arrow':
      return request.small ? undefined : (await import('./sampleArrow.ts')).sampleArrow(path, request);
  }
}

/** UTF-8 and its like, in which a line feed is one byte that stands for nothing else. */
function isByteText({ read: { encoding } }: TableSpec): boolean {
  return encoding === undefined || !/utf.?16|utf.?32/i.test(encoding);
}

function sampledSpec(
  spec: TableSpec,
  samples: readonly (FileSample & { readonly file: SourceFile })[],
): TableSpec {
  const named = (part: number) => samples.filter(({ file }) => file.part === part).map(({ path }) => path);
  const [valid] = named(2);
  const [test] = named(3);
  const [{ query } = {}] = samples;
  const stretches = samples.flatMap(({ path, stretches }) =>
    stretches === undefined ? [] : [[path, stretches] as const],
  );
  return {
    ...spec,
    source:
      'train' in spec.source
        ? {
            train: named(1),
            ...(valid === undefined ? {} : { valid }),
            ...(test === undefined ? {} : { test }),
          }
        : named(0),
    read: { ...spec.read, ...(query === undefined ? {} : { query }) },
    some: Object.fromEntries(stretches),
  };
}
