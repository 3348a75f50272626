/** Calendar parts of epoch seconds, computed inside the model file in whole numbers, so exactly. */
import type { DatePart } from '../catalog/columns.ts';
import { missingEpoch } from '../data/table.ts';
import type { GraphBuilder } from '../onnx/graph.ts';
import {
  apply,
  cast,
  concat,
  double,
  float,
  int64,
  integers,
  lookUp,
  pick,
  where,
} from '../onnx/operators.ts';
import { appendZone, type TimeZone } from './timeZone.ts';

/** Parts that come round: the smallest value and how many there are. */
export const cycles: Readonly<
  Partial<Record<DatePart, { readonly first: number; readonly period: number }>>
> = {
  quarter: { first: 1, period: 4 },
  month: { first: 1, period: 12 },
  week: { first: 1, period: 53 },
  day: { first: 1, period: 31 },
  dayofyear: { first: 1, period: 366 },
  weekday: { first: 0, period: 7 },
  hour: { first: 0, period: 24 },
  minute: { first: 0, period: 60 },
  second: { first: 0, period: 60 },
  minuteofday: { first: 0, period: 1440 },
};

/** One feature of a date column: a part as a number, one half of its cycle, or days since another date column. */
export type DateFeature =
  | { readonly date: number; readonly part: DatePart; readonly form: 'number' | 'sin' | 'cos' }
  | { readonly date: number; readonly since: number };

/**
 * Appends the features of epochs [n, zones] (int64, missing -2^63) as float [n, features], NaN where missing. `date` and
 * `since` are columns of `epochs`; the parts of each are those that clocks of its zone show, of UTC without one.
 */
export function appendDateFeatures(
  graph: GraphBuilder,
  epochs: string,
  zones: readonly (TimeZone | undefined)[],
  features: readonly DateFeature[],
): string {
  const dates = zones.length;
  const missing = apply(graph, 'Equal', [epochs, int64(graph, missingEpoch)]);
  const known = where(graph, missing, int64(graph, 0), epochs);
  const parts = partTensors(graph, appendZones(graph, known, zones));
  const blocks = new Map<string, string>();
  const wanted = features.map((feature) => {
    if ('since' in feature) return appendElapsed(graph, { epochs: known, missing, dates }, feature);
    const key = `${feature.part} ${feature.form}`;
    const block = blocks.get(key) ?? appendForm(graph, parts(feature.part), feature, missing);
    blocks.set(key, block);
    return pick(graph, block, [feature.date], dates);
  });
  return concat(graph, wanted);
}

function appendZones(graph: GraphBuilder, epochs: string, zones: readonly (TimeZone | undefined)[]): string {
  if (zones.every((zone) => zone === undefined)) return epochs;
  const columns = zones.map((zone, index) => {
    const column = pick(graph, epochs, [index], zones.length);
    return zone === undefined ? column : appendZone(graph, column, zone);
  });
  return concat(graph, columns);
}

/** A part of all date columns as float [n, dates]; sine and cosine come from tables, exact at any batch size. */
function appendForm(
  graph: GraphBuilder,
  part: string,
  { part: name, form }: Extract<DateFeature, { part: DatePart }>,
  missing: string,
): string {
  const cycle = cycles[name];
  const value =
    form === 'number' || cycle === undefined
      ? cast(graph, part, 'float')
      : lookUp(
          graph,
          float(
            graph,
            Array.from({ length: cycle.period }, (_, index) =>
              Math[form]((2 * Math.PI * index) / cycle.period),
            ),
          ),
          integers(graph).subtract(part, cycle.first),
        );
  return where(graph, missing, float(graph, Number.NaN), value);
}

/** Days between two date columns, [n, 1]. */
function appendElapsed(
  graph: GraphBuilder,
  source: { epochs: string; missing: string; dates: number },
  { date, since }: { date: number; since: number },
): string {
  const column = (tensor: string, index: number) => pick(graph, tensor, [index], source.dates);
  const seconds = integers(graph).subtract(column(source.epochs, date), column(source.epochs, since));
  const days = apply(graph, 'Div', [cast(graph, seconds, 'double'), double(graph, 86_400)]);
  const missing = apply(graph, 'Or', [column(source.missing, date), column(source.missing, since)]);
  return where(graph, missing, float(graph, Number.NaN), cast(graph, days, 'float'));
}

/** Each part of epochs as int64 of the same shape, appended when first asked for. */
function partTensors(graph: GraphBuilder, epochs: string): (part: DatePart) => string {
  const { add, subtract, multiply, divide, modulo, equal, less, atLeast } = integers(graph);
  const known = new Map<string, string>();
  const once = (name: string, make: () => string) => {
    const tensor = known.get(name) ?? make();
    known.set(name, tensor);
    return tensor;
  };
  // Days from 1 March of the year 0: positive, so that division rounds down (Hinnant, chrono-compatible dates).
  const shifted = () => once('shifted', () => add(epochs, daysBefore1970 * 86_400));
  const days = () => once('days', () => divide(shifted(), 86_400));
  const seconds = () => once('seconds', () => subtract(shifted(), multiply(days(), 86_400)));
  const era = () => once('era', () => divide(days(), 146_097));
  const dayOfEra = () => once('dayOfEra', () => subtract(days(), multiply(era(), 146_097)));
  const yearOfEra = () =>
    once('yearOfEra', () => {
      const day = dayOfEra();
      const leapDays = subtract(subtract(divide(day, 36_524), divide(day, 1_460)), divide(day, 146_096));
      return divide(add(day, leapDays), 365);
    });
  const dayFromMarch = () =>
    once('dayFromMarch', () => {
      const year = yearOfEra();
      const leapDays = subtract(divide(year, 4), divide(year, 100));
      return subtract(dayOfEra(), add(multiply(year, 365), leapDays));
    });
  const monthFromMarch = () => once('monthFromMarch', () => divide(add(multiply(dayFromMarch(), 5), 2), 153));
  const inJanuaryOrFebruary = () => once('beforeMarch', () => atLeast(monthFromMarch(), 10));
  const select = (condition: string, yes: string, no: string) => where(graph, condition, yes, no);

  const make: Readonly<Record<DatePart, () => string>> = {
    year() {
      const marchYear = add(yearOfEra(), multiply(era(), 400));
      return select(inJanuaryOrFebruary(), add(marchYear, 1), marchYear);
    },
    quarter: () => add(divide(subtract(part('month'), 1), 3), 1),
    month: () => select(inJanuaryOrFebruary(), subtract(monthFromMarch(), 9), add(monthFromMarch(), 3)),
    day() {
      const monthStart = divide(add(multiply(monthFromMarch(), 153), 2), 5);
      return add(subtract(dayFromMarch(), monthStart), 1);
    },
    dayofyear() {
      const year = yearOfEra();
      const everyFourth = apply(graph, 'And', [
        equal(modulo(year, 4), 0),
        apply(graph, 'Or', [less(int64(graph, 0), modulo(year, 100)), equal(year, 0)]),
      ]);
      const fromMarch = add(add(dayFromMarch(), 60), cast(graph, everyFourth, 'int64'));
      return select(inJanuaryOrFebruary(), subtract(dayFromMarch(), 305), fromMarch);
    },
    week() {
      // A week belongs to the year that its Thursday lies in.
      const toThursday = subtract(int64(graph, 3), part('weekday'));
      const ofThursday = partTensors(graph, add(epochs, multiply(toThursday, 86_400)));
      return add(divide(subtract(ofThursday('dayofyear'), 1), 7), 1);
    },
    weekday: () => modulo(add(days(), 2), 7),
    weekend: () => cast(graph, atLeast(part('weekday'), 5), 'int64'),
    hour: () => divide(seconds(), 3_600),
    minute: () => modulo(part('minuteofday'), 60),
    second: () => modulo(seconds(), 60),
    minuteofday: () => divide(seconds(), 60),
  };
  const part = (name: DatePart): string => once(name, make[name]);
  return part;
}

/** From 1 March of the year 0 to 1 January 1970. */
const daysBefore1970 = 719_468;
