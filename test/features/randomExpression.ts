/** Random row expressions that type-check, of the columns n, m (numbers), flag, d, e (dates), s, t (texts). */
import type { Random } from '../../server/statistics/random.ts';

export type Kind = 'number' | 'boolean' | 'text' | 'date';

/** An expression of some kind, which may read the given features: each is called `<kind> <index>`. */
export function randomExpression(
  random: Random,
  features: readonly { readonly name: string }[],
): [Kind, string] {
  const kind = pick(random, ['number', 'number', 'boolean', 'text', 'date'] as const);
  return [kind, new Writer(random, features).write(kind, 3)];
}

class Writer {
  readonly #random: Random;
  readonly #features: readonly { readonly name: string }[];

  constructor(random: Random, features: readonly { readonly name: string }[]) {
    this.#random = random;
    this.#features = features;
  }

  write(kind: Kind, depth: number): string {
    if (depth === 0 || this.#random.uniform() < 0.2) return this.#leaf(kind);
    const any = this.#random.uniform();
    if (any < 0.12) return this.#branch(kind, depth - 1);
    return this[kind](depth - 1);
  }

  number(depth: number): string {
    const n = () => this.write('number', depth);
    const date = () => this.write('date', depth);
    return this.#one(
      () => `(${n()} ${this.#of('+', '-', '*', '/')} ${n()})`,
      () => `(${n()} ${this.#of('+', '-', '*', '/')} ${n()})`,
      () => `(-${n()})`,
      () => `abs(${n()})`,
      () => `log(${n()})`,
      () => `clip(${n()}, ${n()}, ${n()})`,
      () => `${this.#of('min', 'max')}(${n()}, ${n()}, ${n()})`,
      () => `(${date()} - ${date()})`,
      () => `days(${date()}, ${date()})`,
      () => `days(${date()})`,
      () => `${this.#of('hour', 'weekday')}(${date()})`,
      () => `(${this.write('boolean', depth)} + ${n()})`,
    );
  }

  boolean(depth: number): string {
    const b = () => this.write('boolean', depth);
    const n = () => this.write('number', depth);
    const date = () => this.write('date', depth);
    const text = () => this.write('text', depth);
    const order = () => this.#of('==', '!=', '<', '<=', '>', '>=');
    const not = () => this.#of('', 'not ');
    return this.#one(
      () => `(${b()} ${this.#of('and', 'or')} ${b()})`,
      () => `(not ${b()})`,
      () => `(${n()} ${order()} ${n()})`,
      () => `(${date()} ${order()} ${this.#of(date, () => "'2024-03-01'")()})`,
      () => `(${text()} ${this.#of('==', '!=')} ${text()})`,
      () => `(${b()} ${order()} ${b()})`,
      () => `(${b()} == ${n()})`,
      () => `(${n()} ${not()}in ${n()}..${n()})`,
      () => `(${date()} ${not()}in ${date()}..${date()})`,
      () => `(${text()} ${not()}in [${text()}, ${text()}])`,
      () => `(${n()} ${not()}in [${n()}, ${n()}, 20.1])`,
      () => `(${this.write(this.#of('number', 'boolean', 'text', 'date'), depth)} is ${not()}null)`,
      () => `isnull(${this.write(this.#of('number', 'boolean', 'text', 'date'), depth)})`,
      () =>
        `matches(${text()}, ${this.#of("'^p'", "'(?i)PRO'", "'\\w+ \\w'", "'o$'", "'a|ß'", "''", "'[^a-z]'")})`,
      () => `${this.#of('min', 'max')}(${b()}, ${b()})`,
    );
  }

  text(depth: number): string {
    return this.#branch('text', depth);
  }

  date(depth: number): string {
    const date = () => this.write('date', depth);
    return this.#one(
      () => `(${date()} ${this.#of('+', '-')} ${this.write('number', depth)})`,
      () => `${this.#of('min', 'max')}(${date()}, ${date()})`,
      () => this.#branch('date', depth),
    );
  }

  #branch(kind: Kind, depth: number): string {
    const value = () => this.write(kind, depth);
    return this.#one(
      () => `if(${this.write('boolean', depth)}, ${value()}, ${value()})`,
      () => `if(${this.write('boolean', depth)}, ${value()}, null)`,
      () => `if(${this.write('boolean', depth)}, null, ${value()})`,
      () => `coalesce(${value()}, ${value()}, ${value()})`,
      () => `coalesce(null, ${value()})`,
    );
  }

  #leaf(kind: Kind): string {
    const known = this.#features.filter(({ name }) => name.startsWith(`${kind} `));
    if (known.length > 0 && this.#random.uniform() < 0.15) return `\`${pick(this.#random, known).name}\``;
    const columns = { number: ['n', 'm'], boolean: ['flag'], text: ['s', 't'], date: ['d', 'e'] }[kind];
    if (this.#random.uniform() < 0.7) return pick(this.#random, columns);
    const literals = {
      number: ['0', '1', '-2.5', '20.1', '0.1', '1e30', '1e300', '86400', '5%', '3', '1e-320'],
      boolean: ['true', 'false'],
      text: ["'pro'", "'naïve'", "''", "'it''s'", "'10'"],
      date: ['2024-02-29', '2024-03-01T12:30:45', '1969-12-31T23:59:59.25', '1600-01-01'],
    }[kind];
    return pick(this.#random, literals);
  }

  #of<T>(...values: readonly T[]): T {
    return pick(this.#random, values);
  }

  #one(...forms: readonly (() => string)[]): string {
    return pick(this.#random, forms)();
  }
}

function pick<T>(random: Random, from: readonly T[]): T {
  const found = from[Math.floor(random.uniform() * from.length)];
  if (found === undefined) throw new Error('nothing to choose from');
  return found;
}
