/** Two tables compared: both read through the same reader, the second with the kinds that the first one's columns have. */
import { ModelwrightError } from '../catalog/errors.ts';
import { plainSpec } from '../data/spec.ts';
import type { ColumnKind, TableSpec } from '../data/table.ts';
import { openTable } from '../data/tables/openTable.ts';
import { compareSamples } from '../monitoring/compare.ts';
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
  /** `fraction`: of the whole comparison. */
  readonly onProgress?: (stage: string, fraction: number) => void;
}

/** Shares of the time of a large comparison. */
const begins = { reference: 0, current: 0.4, columns: 0.5 } as const;

/** Throws what openTable throws, and `drift-no-columns`. */
export async function compareTables(request: DriftRequest): Promise<DriftReport> {
  const { onProgress } = request;
  onProgress?.('reading the reference', begins.reference);
  const reference = await sampleOf(plainSpec(request.reference), request);
  const kinds = kindsOf(reference);
  onProgress?.('reading the current rows', begins.current);
  const current = await sampleOf({ ...plainSpec(request.current), kinds }, request, reference);
  refuseStrangers(request, reference.columns, current.columns);
  return compareSamples(reference, current, request.settings, {
    signal: request.signal,
    onProgress: (fraction) => onProgress?.('comparing', begins.columns + (1 - begins.columns) * fraction),
  });
}

/** Throws `drift-no-columns` where the sides share none. */
export function refuseStrangers(
  names: { readonly reference: string; readonly current: string },
  reference: readonly Named[],
  current: readonly Named[],
): void {
  const known = new Set(reference.map(({ name }) => name));
  if (current.some(({ name }) => known.has(name))) return;
  throw new ModelwrightError('drift-no-columns', {
    reference: names.reference,
    current: names.current,
    referenceColumns: listed(reference),
    currentColumns: listed(current),
  });
}

interface Named {
  readonly name: string;
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
export function listed(columns: readonly Named[]): string {
  return columns
    .slice(0, 8)
    .map(({ name }) => name)
    .join(', ');
}
