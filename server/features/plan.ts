/** What becomes of each raw column: which numbers and codes it gives, before numbers are filled and scaled. */
import { ModelwrightError } from '../catalog/errors.ts';
import type { ColumnKind, TableColumn } from '../data/table.ts';
import { sharedDictionary, sharedEpochs, sharedNumbers } from '../engines/sharedColumns.ts';
import { fitBins } from './bins.ts';
import { crossCategories, crossKind } from './crosses.ts';
import type { DateFeature } from './dateParts.ts';
import { chooseDateForms } from './dates.ts';
import { featureInputs, rawInputs } from './derived.ts';
import type { FittedCategory } from './fittedCategory.ts';
import type { DerivedInput, FeatureInput, FeatureRequest } from './fittedFeatures.ts';
import { fitWithRareLevels } from './rareLevels.ts';
import { type ColumnSettings, type NumericSettings, settleColumn } from './settings.ts';
import { readTimeZone, type TimeZone } from './timeZone.ts';

/** One raw number on its way to being filled and scaled. */
export interface NumberPlan {
  readonly name: string;
  readonly sources: readonly string[];
  readonly settings: NumericSettings;
  /** Values for training rows, `values[row * stride + offset]`, in place of what the graph gives. */
  readonly crossFitted?: { readonly values: Float32Array; readonly stride: number; readonly offset: number };
}

/** A number that comes round: `first` to `first + period`. */
export interface CyclePlan {
  readonly column: string;
  readonly first: number;
  readonly period: number;
}

export interface FeaturePlan {
  readonly inputs: readonly FeatureInput[];
  readonly derived: readonly DerivedInput[];
  /** Float inputs taken as they are, in order. */
  readonly floats: readonly string[];
  readonly cycles: readonly CyclePlan[];
  /** Products of float inputs: positions among `floats`. */
  readonly products: readonly (readonly number[])[];
  readonly dates: readonly string[];
  /** Of each date column: the clocks by which its parts are read; absent: UTC. */
  readonly zones: readonly (TimeZone | undefined)[];
  readonly dateFeatures: readonly DateFeature[];
  readonly categories: readonly FittedCategory[];
  /** In the order floats, products, cycles (sine, cosine), date features, encodings. */
  readonly numbers: readonly NumberPlan[];
}

export async function planFeatures(request: FeatureRequest): Promise<FeaturePlan> {
  const { table, settings, needs } = request;
  const columns = featureInputs(table, request.columns);
  const settled = new Map(columns.map(({ name }) => [name, settleColumn(settings, name, needs)]));
  const of = (name: string): ColumnSettings => settled.get(name) ?? settleColumn(settings, name, needs);
  const names = (belongs: (input: FeatureInput) => boolean) =>
    columns.filter(belongs).map(({ name }) => name);

  const isBinned = (name: string, kind: ColumnKind) =>
    kind === 'numeric' && of(name).numeric.bins !== undefined;
  const floats = names(
    ({ name, input, kind }) => input === 'float' && kind !== 'cyclic' && !isBinned(name, kind),
  );
  const cycles: CyclePlan[] = [];
  for (const column of names(({ input, kind }) => input === 'float' && kind === 'cyclic')) {
    cycles.push({ column, ...fitCycle(await sharedNumbers(table, column), request.trainRows) });
  }
  const dates = names(({ input }) => input === 'date');
  const zones = dates.map((name) => zoneOf(table.column(name), of(name)));
  const dateFeatures: DateFeature[] = [];
  for (const column of dates) dateFeatures.push(...(await planDate(request, dates, column, of(column))));
  const categories: FittedCategory[] = [];
  for (const { name, kind } of columns.filter(({ input }) => input === 'string')) {
    const column = { name, isOrdinal: kind === 'ordinal' };
    const options = { settings: of(name).categorical, at: categories.length };
    categories.push(...fitWithRareLevels(request, column, await sharedDictionary(table, name), options));
  }
  for (const { name, kind, input } of columns) {
    const { bins } = of(name).numeric;
    if (input === 'float' && kind === 'numeric' && bins) categories.push(await fitBins(request, name, bins));
  }

  const products: number[][] = [];
  for (const crossed of settings.cross ?? []) {
    if (crossKind(crossed, { floats, categories }) === 'numbers') {
      products.push(crossed.map((name) => floats.indexOf(name)));
    } else {
      const general = settleColumn({ ...settings, columns: {} }, '', needs).categorical;
      categories.push(await crossCategories(request, categories, { columns: crossed, settings: general }));
    }
  }

  const derived = (name: string): NumericSettings => {
    const { numeric } = of(name);
    // What is computed from a column is no neighbour of it.
    const fill = numeric.fill === 'knn' || numeric.fill === 'iterative' ? 'median' : numeric.fill;
    return { ...numeric, fill, outliers: 'none', transform: 'none' };
  };
  const numbers: NumberPlan[] = [
    ...floats.map((name) => ({ name, sources: [name], settings: of(name).numeric })),
    ...products.map((factors) => productNumber(factors, floats, derived)),
    ...cycles.flatMap(({ column }) =>
      ['sin', 'cos'].map((form) => ({
        name: `${column} ${form}`,
        sources: [column],
        settings: derived(column),
      })),
    ),
    ...dateFeatures.map((feature) => dateNumber(feature, dates, derived)),
    ...categories.flatMap((category) => encodedNumbers(category, derived(category.column))),
  ];
  return {
    ...rawInputs(request),
    ...{ floats, products, cycles, dates, zones, dateFeatures, categories },
    numbers: withOneIndicator(numbers),
  };
}

function productNumber(
  factors: readonly number[],
  floats: readonly string[],
  settingsOf: (column: string) => NumericSettings,
): NumberPlan {
  const sources = factors.map((factor) => floats[factor] ?? '');
  return { name: sources.join(' × '), sources, settings: settingsOf('') };
}

/** Days without a time of day are the same in every zone. */
function zoneOf(
  { type }: TableColumn,
  { datetime: { timezone } }: Pick<ColumnSettings, 'datetime'>,
): TimeZone | undefined {
  return timezone === undefined || type === 'DATE' ? undefined : readTimeZone(timezone);
}

async function planDate(
  { table, trainRows, needs, later = false }: FeatureRequest,
  dates: readonly string[],
  column: string,
  { datetime }: ColumnSettings,
): Promise<DateFeature[]> {
  const date = dates.indexOf(column);
  const zone = zoneOf(table.column(column), { datetime });
  const forms = chooseDateForms(await sharedEpochs(table, column), trainRows, datetime, {
    asPairs: needs.scale !== 'none',
    later,
    ...(zone && { zone }),
  });
  const features: DateFeature[] = forms.map((form) => ({ date, ...form }));
  if (datetime.elapsed_from === undefined || datetime.elapsed_from === column) return features;
  const since = dates.indexOf(datetime.elapsed_from);
  if (since < 0) {
    throw new ModelwrightError('setting-not-supported', {
      path: 'features.datetime.elapsed_from',
      value: datetime.elapsed_from,
      choices: `the date features: ${dates.join(', ')}`,
    });
  }
  return [...features, { date, since }];
}

function dateNumber(
  feature: DateFeature,
  dates: readonly string[],
  settingsOf: (column: string) => NumericSettings,
): NumberPlan {
  const column = dates[feature.date] ?? '';
  if ('since' in feature) {
    const since = dates[feature.since] ?? '';
    return { name: `${column} days since ${since}`, sources: [column, since], settings: settingsOf(column) };
  }
  const form = feature.form === 'number' ? '' : ` ${feature.form}`;
  return { name: `${column} ${feature.part}${form}`, sources: [column], settings: settingsOf(column) };
}

function encodedNumbers(
  { column, sources = [column], form }: FittedCategory,
  settings: NumericSettings,
): NumberPlan[] {
  if (form.kind !== 'number') return [];
  const { table, crossFitted } = form;
  return table.names.map((name, offset) => ({
    name,
    sources,
    settings,
    ...(crossFitted === undefined
      ? {}
      : { crossFitted: { values: crossFitted, stride: table.names.length, offset } }),
  }));
}

/** The parts of a column are missing together, so one indicator tells it all. */
function withOneIndicator(numbers: readonly NumberPlan[]): NumberPlan[] {
  const told = new Set<string>();
  return numbers.map((number) => {
    const key = JSON.stringify(number.sources);
    const isFirst = !told.has(key);
    told.add(key);
    return isFirst ? number : { ...number, settings: { ...number.settings, indicator: false } };
  });
}

/** Whole numbers come round after the largest (hours 0 to 23: 24), others at it. */
function fitCycle(values: Float32Array, rows: Int32Array): { first: number; period: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let whole = true;
  for (const row of rows) {
    const value = values[row] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    whole &&= Number.isInteger(value);
  }
  if (low > high) return { first: 0, period: 1 };
  return { first: low, period: high - low + (whole ? 1 : 0) || 1 };
}
