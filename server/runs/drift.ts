/** Two tables compared: both read through the same reader, the second with the kinds that the first one's columns have. */
import { ModelwrightError } from '../catalog/errors.ts';
import { openTable } from '../data/openTable.ts';
import { plainSpec } from '../data/spec.ts';
import type { ColumnKind, TableSpec } from '../data/table.ts';
import { type CompareOptions, compareSamples } from '../monitoring/compare.ts';
import { readSample, type Sample, sampleSizes } from '../monitoring/sample.ts';
import type { DriftSettings } from '../monitoring/settings.ts';
import type { DriftReport } from '../protocol/drift.ts';

export interface DriftRequest {
  /** Absolute paths. */
  readonly reference: string;
  readonly current: string;
  readonly settings: DriftSettings;
  /** Column whose rows belong together: a customer, a day. */
  readonly group?: string;
  readonly signal: AbortSignal;
}

/** Throws what openTable throws, and `drift-no-columns`. */
export async function compareTables(request: DriftRequest): Promise<DriftReport> {
  const reference = await sampleOf(plainSpec(request.reference), request);
  const kinds = kindsOf(reference);
  const current = await sampleOf({ ...plainSpec(request.current), kinds }, request, reference);
  return compareNamed(reference, current, { ...request, names: request });
}

/** The sides must have a column in common. Throws `drift-no-columns`. */
export function compareNamed(
  reference: Sample,
  current: Sample,
  {
    names,
    settings,
    ...options
  }: CompareOptions & {
    readonly names: { readonly reference: string; readonly current: string };
    readonly settings: DriftSettings;
  },
): DriftReport {
  const known = new Set(reference.columns.map(({ name }) => name));
  if (!current.columns.some(({ name }) => known.has(name)))
    throw new ModelwrightError('drift-no-columns', {
      ...names,
      referenceColumns: listed(reference.columns),
      currentColumns: listed(current.columns),
    });
  return compareSamples(reference, current, settings, options);
}

/** So that a column with a few stray words is still compared as the numbers that it should hold. */
export function kindsOf({ columns }: Sample): Record<string, ColumnKind> {
  const kinds: Record<string, ColumnKind> = Object.create(null);
  for (const { name, kind } of columns) kinds[name] = kind;
  return kinds;
}

async function sampleOf(
  spec: TableSpec,
  { settings: { seed }, group, signal }: DriftRequest,
  against?: Sample,
): Promise<Sample> {
  const side = against === undefined ? 'reference' : 'current';
  const table = await openTable(spec, { signal });
  try {
    return await readSample(table, {
      side,
      seed,
      most: sampleSizes[side],
      ...(against === undefined ? {} : { against }),
      ...(group === undefined ? {} : { group }),
    });
  } finally {
    await table.close();
  }
}

/** The first of them, for a sentence. */
export function listed(columns: Sample['columns']): string {
  return columns
    .slice(0, 8)
    .map(({ name }) => name)
    .join(', ');
}
