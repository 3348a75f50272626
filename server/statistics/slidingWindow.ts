/** Aggregates over a moving stretch of sorted events, as windowed features and point-in-time joins need them: each event is taken in and let go once. */

/** By group, and within it by instant; equally long. Groups are any whole numbers. */
export interface Sorted {
  readonly group: Int32Array;
  readonly at: Float64Array;
}

/** Of each asking row: its events are those from `from` to before `to`. Neither ever falls from row to row. */
export interface Stretches {
  readonly from: Int32Array;
  readonly to: Int32Array;
}

export interface WindowShape {
  /** How far back it reaches; everything where absent. In the unit of the instants, as `shift`. */
  readonly width?: number;
  /** How long before the asking row it ends. */
  readonly shift?: number;
  /** Of the last events in it so many are left out. */
  readonly skip?: number;
  /** Events of its very end count; else only those before. */
  readonly closed?: boolean;
}

/** The events of the same group with instants in [at - shift - width, at - shift), for each asking row. */
export function findStretches(events: Sorted, asking: Sorted, shape: WindowShape = {}): Stretches {
  const { width = Number.POSITIVE_INFINITY, shift = 0, skip = 0, closed = false } = shape;
  const count = asking.at.length;
  const all = events.at.length;
  const from = new Int32Array(count);
  const to = new Int32Array(count);
  let start = 0;
  let low = 0;
  let high = 0;
  for (let index = 0; index < count; index++) {
    const group = asking.group[index] ?? 0;
    while (start < all && (events.group[start] ?? 0) < group) start++;
    low = Math.max(low, start);
    high = Math.max(high, start);
    const end = (asking.at[index] ?? 0) - shift;
    while (high < all && events.group[high] === group && isBefore(events.at[high] ?? 0, end, closed)) high++;
    while (low < high && (events.at[low] ?? 0) < end - width) low++;
    from[index] = low;
    to[index] = Math.max(low, high - skip);
  }
  return { from, to };
}

function isBefore(at: number, end: number, closed: boolean): boolean {
  return at < end || (closed && at === end);
}

/** Of the events' values those that are there; NaN is missing. */
export function countPresent(values: Float64Array, { from, to }: Stretches): Float64Array {
  const before = new Int32Array(values.length + 1);
  for (let event = 0; event < values.length; event++)
    before[event + 1] = (before[event] ?? 0) + (Number.isNaN(values[event]) ? 0 : 1);
  return mapStretches({ from, to }, (low, high) => (before[high] ?? 0) - (before[low] ?? 0));
}

/** How many events there are. */
export function countEvents(stretches: Stretches): Float64Array {
  return mapStretches(stretches, (from, to) => to - from);
}

/** 0 where there are none. */
export function sumPresent(events: Sorted, values: Float64Array, stretches: Stretches): Float64Array {
  const sums = new RunningSum(events, values, (value) => [value, 0]);
  return mapStretches(stretches, (from, to) => {
    const [high, low] = sums.over(from, to);
    return high + low;
  });
}

/** NaN where there are none. */
export function meanPresent(events: Sorted, values: Float64Array, stretches: Stretches): Float64Array {
  const sums = sumPresent(events, values, stretches);
  const counts = countPresent(values, stretches);
  return sums.map((sum, index) => (counts[index] === 0 ? Number.NaN : sum / (counts[index] ?? 1)));
}

/** Of the square of the sum of so many parts, what rounding of doubled precision can leave. */
const smallest = 1e-27;

/** The sample standard deviation (n - 1); NaN below two values. */
export function deviationPresent(events: Sorted, values: Float64Array, stretches: Stretches): Float64Array {
  const counts = countPresent(values, stretches);
  const sums = new RunningSum(events, values, (value) => [value, 0]);
  const squares = new RunningSum(events, values, (value) => product(value, value));
  let index = 0;
  return mapStretches(stretches, (from, to) => {
    const n = counts[index++] ?? 0;
    if (n < 2) return Number.NaN;
    const sum = sums.over(from, to);
    const [square, rest] = squares.over(from, to);
    const [high, low] = product(sum[0], sum[0]);
    const mean = divide([high, low + 2 * sum[0] * sum[1]], n);
    const spread = square - mean[0] + (rest - mean[1]);
    return spread <= smallest * square ? 0 : Math.sqrt(spread / (n - 1));
  });
}

/** The event with the smallest value (of `sign` -1, the largest), the first of them; -1 where there is none. */
export function findExtreme(values: Float64Array, { from, to }: Stretches, sign: 1 | -1): Int32Array {
  const out = new Int32Array(from.length).fill(-1);
  // Events that may still become the extreme, by rising value.
  const queue = new Int32Array(values.length);
  let first = 0;
  let end = 0;
  let taken = 0;
  for (let index = 0; index < out.length; index++) {
    const low = from[index] ?? 0;
    taken = Math.max(taken, low);
    for (; taken < (to[index] ?? 0); taken++) {
      const value = sign * (values[taken] ?? Number.NaN);
      if (Number.isNaN(value)) continue;
      while (end > first && sign * (values[queue[end - 1] ?? 0] ?? 0) > value) end--;
      queue[end++] = taken;
    }
    while (first < end && (queue[first] ?? 0) < low) first++;
    if (first < end) out[index] = queue[first] ?? -1;
  }
  return out;
}

/** Between neighbours in proportion, as numpy's default; NaN where there is no value. `share` in [0, 1]. */
export function quantilePresent(values: Float64Array, { from, to }: Stretches, share: number): Float64Array {
  const ordered = values.filter((value) => !Number.isNaN(value)).sort();
  const held = new RankCounts(ordered);
  const out = new Float64Array(from.length).fill(Number.NaN);
  let gone = 0;
  let taken = 0;
  for (let index = 0; index < out.length; index++) {
    const low = from[index] ?? 0;
    for (; gone < Math.min(low, taken); gone++) held.add(values[gone] ?? Number.NaN, -1);
    gone = Math.max(gone, low);
    taken = Math.max(taken, low);
    for (; taken < (to[index] ?? 0); taken++) held.add(values[taken] ?? Number.NaN, 1);
    if (held.size === 0) continue;
    const place = share * (held.size - 1);
    const below = held.at(Math.floor(place));
    const above = held.at(Math.ceil(place));
    out[index] = below + (above - below) * (place - Math.floor(place));
  }
  return out;
}

/** A number as the sum of two, the second below the first's precision. */
type Doubled = readonly [number, number];

/**
 * Sums from a group's first event on, in doubled precision, so that their difference is the sum of a stretch to the
 * last digit, and depends on nothing after it nor on other groups.
 */
class RunningSum {
  readonly #group: Int32Array;
  readonly #high: Float64Array;
  readonly #low: Float64Array;

  constructor({ group }: Sorted, values: Float64Array, part: (value: number) => Doubled) {
    this.#group = group;
    this.#high = new Float64Array(values.length);
    this.#low = new Float64Array(values.length);
    let sum: Doubled = [0, 0];
    for (let event = 0; event < values.length; event++) {
      if (event > 0 && group[event] !== group[event - 1]) sum = [0, 0];
      const value = values[event] ?? Number.NaN;
      if (!Number.isNaN(value)) sum = add(sum, part(value));
      [this.#high[event], this.#low[event]] = sum;
    }
  }

  over(from: number, to: number): Doubled {
    if (to <= from) return [0, 0];
    const end = this.#at(to - 1);
    if (from === 0 || this.#group[from - 1] !== this.#group[from]) return end;
    const [high, low] = this.#at(from - 1);
    return add(end, [-high, -low]);
  }

  #at(event: number): Doubled {
    return [this.#high[event] ?? 0, this.#low[event] ?? 0];
  }
}

/** Knuth's two-sum, with the rests beside. */
function add([a, rest]: Doubled, [b, more]: Doubled): Doubled {
  const sum = a + b;
  const part = sum - a;
  const low = a - (sum - part) + (b - part) + (rest + more);
  const high = sum + low;
  return [high, low - (high - sum)];
}

/** Dekker's product: exact but for overflow. */
function product(a: number, b: number): Doubled {
  const high = a * b;
  const [a1, a2] = halves(a);
  const [b1, b2] = halves(b);
  return [high, a1 * b1 - high + a1 * b2 + a2 * b1 + a2 * b2];
}

function halves(a: number): Doubled {
  const wide = 134_217_729 * a; // 2^27 + 1
  const high = wide - (wide - a);
  return [high, a - high];
}

function divide([high, low]: Doubled, by: number): Doubled {
  const first = high / by;
  const [back, rest] = product(first, by);
  return [first, (high - back - rest + low) / by];
}

/** How often each of some values is held, asked by rank (a Fenwick tree). */
class RankCounts {
  size = 0;
  readonly #ordered: Float64Array;
  readonly #tree: Int32Array;
  readonly #top: number;

  /** `ordered`: every value that may come, ascending. */
  constructor(ordered: Float64Array) {
    this.#ordered = ordered;
    this.#tree = new Int32Array(ordered.length + 1);
    this.#top = 2 ** Math.floor(Math.log2(Math.max(1, ordered.length)));
  }

  add(value: number, by: 1 | -1): void {
    if (Number.isNaN(value)) return;
    this.size += by;
    for (let place = this.#rank(value) + 1; place < this.#tree.length; place += place & -place)
      this.#tree[place] = (this.#tree[place] ?? 0) + by;
  }

  /** The value of that rank among those held, from 0. */
  at(rank: number): number {
    let place = 0;
    let left = rank;
    for (let step = this.#top; step >= 1; step /= 2) {
      const next = place + step;
      const held = this.#tree[next];
      if (held === undefined || held > left) continue;
      place = next;
      left -= held;
    }
    return this.#ordered[place] ?? Number.NaN;
  }

  /** Where the value stands first. */
  #rank(value: number): number {
    let low = 0;
    let high = this.#ordered.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ordered[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function mapStretches({ from, to }: Stretches, of: (from: number, to: number) => number): Float64Array {
  const out = new Float64Array(from.length);
  for (let index = 0; index < out.length; index++) out[index] = of(from[index] ?? 0, to[index] ?? 0);
  return out;
}
