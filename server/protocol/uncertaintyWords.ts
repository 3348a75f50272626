/** What intervals or sets of classes hold, in one sentence: the terminal, the card and the panel say it alike. */
import type { RunDocument } from './run.ts';

type Uncertainty = NonNullable<RunDocument['uncertainty']>;
type Figure = Uncertainty['measured'];

/** `Intervals (conformal) that should hold 90 % of the outcomes hold 88.9 % of … (86.8 % to 90.6 %), 3.2 wide on average (…).` */
export function describeUncertainty({ method, coverage, measured, width, size }: Uncertainty): string {
  const what = width === undefined ? 'Sets of classes' : 'Intervals';
  const large = width ?? size;
  const extent =
    large === undefined
      ? ''
      : width === undefined
        ? `; they hold ${withInterval(large, number)} classes on average`
        : `; they are ${withInterval(large, number)} wide on average`;
  const truth = width === undefined ? 'true class' : 'truth';
  const made = method === undefined ? '' : ` (${method})`;
  return `${what}${made} that should hold the ${truth} of ${percent(coverage)} of the rows hold that of ${withInterval(measured, percent)} of the rows tested${extent}.`;
}

function withInterval({ value, low, high }: Figure, write: (value: number) => string): string {
  const [from, to] = [Number(low), Number(high)];
  const interval = Number.isNaN(from) || Number.isNaN(to) ? '' : ` (${write(from)} to ${write(to)})`;
  return `${write(Number(value))}${interval}`;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}
