/** Reads ISO date strings inside the model file: malformed ones are missing, and none can fail a batch. */
import { missingEpoch } from '../data/table.ts';
import { cutName } from '../onnx/cut.ts';
import type { GraphBuilder } from '../onnx/graph.ts';
import { apply, concat, int64, integers, lookUp, where } from '../onnx/operators.ts';

/** Years that count; outside them a date is missing. */
const firstYear = 1600;
const lastYear = 2399;

/**
 * Appends the reading of `YYYY-MM-DDTHH:MM:SS` (or `YYYY-MM-DD`, midnight) for string inputs [n, 1]; returns int64
 * [n, inputs] of epoch seconds, missing -2^63. Each column passes its cut point `<column>#epoch`; `columns` are the
 * names of all raw inputs.
 */
export function appendEpochs(
  graph: GraphBuilder,
  inputs: readonly string[],
  columns: ReadonlySet<string>,
): string {
  const epochs = parseEpochs(graph, concat(graph, inputs));
  const cuts = inputs.map((input, index) => {
    const name = cutName(input, 'epoch', columns);
    return apply(graph, 'Gather', [epochs, int64(graph, [index])], { axis: 1 }, { name });
  });
  return concat(graph, cuts);
}

function parseEpochs(graph: GraphBuilder, texts: string): string {
  const { add, multiply, equal, less, atLeast } = integers(graph);
  const halves = split(graph, texts, 'T00:00:00', 'T');
  // A guard at the end makes every split long enough for its look-ups, and its count tells texts with more parts.
  const date = split(graph, halves.part(0), '-x-x-x', '-');
  const time = split(graph, halves.part(1), ':x:x:x', ':');

  // All count from 0 here; -1 is malformed.
  const year = readNumber(graph, date.part(0), firstYear, lastYear);
  const month = readNumber(graph, date.part(1), 1, 12);
  const day = readNumber(graph, date.part(2), 1, 31);
  const hour = readNumber(graph, time.part(0), 0, 23);
  const minute = readNumber(graph, time.part(1), 0, 59);
  const second = readNumber(graph, time.part(2), 0, 59);

  const table = (values: readonly number[], index: string) => lookUp(graph, int64(graph, values), index);
  const leap = table(calendar.leap, year);
  const never = int64(graph, 0);
  const monthLength = add(table(calendar.monthLength, month), where(graph, equal(month, 1), leap, never));
  const monthStart = add(table(calendar.monthStart, month), where(graph, atLeast(month, 2), leap, never));
  const days = add(add(table(calendar.newYear, year), monthStart), day);
  const minutes = add(multiply(add(multiply(days, 24), hour), 60), minute);
  const seconds = add(multiply(minutes, 60), second);

  const conditions = [
    atLeast(apply(graph, 'Min', [year, month, day, hour, minute, second]), 0),
    less(day, monthLength),
    less(halves.count, 4),
    equal(date.count, 6),
    equal(time.count, 6),
  ];
  const valid = conditions.reduce((all, condition) => apply(graph, 'And', [all, condition]));
  return where(graph, valid, seconds, int64(graph, missingEpoch));
}

function split(graph: GraphBuilder, texts: string, guard: string, delimiter: string) {
  const guarded = apply(graph, 'StringConcat', [
    texts,
    graph.constant({ type: 'string', shape: [1], data: [guard] }),
  ]);
  const [parts = '', count = ''] = graph.node('StringSplit', [guarded], { delimiter }, { outputs: 2 });
  return {
    count,
    part: (index: number) => apply(graph, 'Gather', [parts, int64(graph, index)], { axis: -1 }),
  };
}

/** Text `first` to `last`, all of the same number of digits, to 0, 1, 2 …; anything else is -1. */
function readNumber(graph: GraphBuilder, texts: string, first: number, last: number): string {
  const values = Array.from({ length: last - first + 1 }, (_, index) => index);
  const digits = String(last).length;
  const keys = values.map((value) => String(first + value).padStart(digits, '0'));
  return apply(
    graph,
    'LabelEncoder',
    [texts],
    { keys_strings: keys, values_int64s: values, default_int64: -1 },
    { domain: 'ai.onnx.ml' },
  );
}

const years = Array.from({ length: lastYear - firstYear + 1 }, (_, index) => firstYear + index);
const days = (year: number, month: number) => Date.UTC(year, month, 1) / 86_400_000;
const commonYear = 2001;
const months = Array.from({ length: 12 }, (_, month) => month);

/** Days from 1970 to each new year, leap days of each year; days before and in each month of a common year. */
const calendar = {
  newYear: years.map((year) => days(year, 0)),
  leap: years.map((year) => days(year + 1, 0) - days(year, 0) - 365),
  monthStart: months.map((month) => days(commonYear, month) - days(commonYear, 0)),
  monthLength: months.map((month) => days(commonYear, month + 1) - days(commonYear, month)),
};
