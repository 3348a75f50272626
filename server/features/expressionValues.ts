/** Values of row expressions in the model file, and what DuckDB makes of the same values, null and NaN included. */
import type { GraphBuilder } from '../onnx/graph.ts';
import type { TensorLiteral } from '../onnx/literal.ts';
import { apply, cast, int64, where } from '../onnx/operators.ts';

interface Origin {
  /** No column enters, so that the tensor is [1, 1] where all others are [n, 1]. */
  readonly constant?: boolean;
}

/** A double, an int64 of microseconds since 1970 (UTC), or a string (or its code). */
export interface Held extends Origin {
  readonly type: 'number' | 'datetime' | 'text';
  readonly tensor: string;
  /** Bool: where it is null, and what the tensor holds has no meaning; absent: nowhere. */
  readonly missing?: string;
  /** A number that float32 can hold, so that it is neither NaN nor infinite. */
  readonly single?: boolean;
  /** A text as it was written. */
  readonly literal?: string;
}

/** Two bools; null where neither holds. */
export interface Truth extends Origin {
  readonly type: 'boolean';
  readonly yes: string;
  readonly no: string;
}

export type Value = Held | Truth | { readonly type: 'null' };

export class ValueGraph {
  readonly graph: GraphBuilder;
  readonly #levels: readonly string[] | undefined;

  /** With `levels`, a text is its int64 code there from 1 on: 0 is missing, all others have one code more. */
  constructor(graph: GraphBuilder, levels?: readonly string[]) {
    this.graph = graph;
    this.#levels = levels;
  }

  node(operator: string, ...inputs: readonly string[]): string {
    return apply(this.graph, operator, inputs);
  }

  not(a: string): string {
    return this.node('Not', a);
  }

  either(a: string, b: string): string {
    return this.node('Or', a, b);
  }

  both(a: string, b: string): string {
    return this.node('And', a, b);
  }

  number(value: number): Held {
    const tensor = this.#constant({ type: 'double', data: Float64Array.of(value) });
    return { type: 'number', tensor, single: Number.isFinite(Math.fround(value)), constant: true };
  }

  moment(value: bigint): Held {
    const tensor = this.#constant({ type: 'int64', data: BigInt64Array.of(value) });
    return { type: 'datetime', tensor, constant: true };
  }

  text(value: string): Held {
    const levels = this.#levels;
    const tensor =
      levels === undefined
        ? this.#constant({ type: 'string', data: [value] })
        : // What is no level, such as an empty text, equals nothing.
          this.#constant({ type: 'int64', data: BigInt64Array.of(BigInt(levels.indexOf(value) + 1 || -1)) });
    return { type: 'text', tensor, literal: value, constant: true };
  }

  truth(value: boolean): Truth {
    return { type: 'boolean', yes: this.bool(value), no: this.bool(!value), constant: true };
  }

  bool(value: boolean): string {
    return this.#constant({ type: 'bool', data: Uint8Array.of(Number(value)) });
  }

  /** A text column: its strings, or their codes. */
  entered(tensor: string): Held {
    const nothing = this.#levels === undefined ? this.text('').tensor : int64(this.graph, 0);
    return { type: 'text', tensor, missing: this.node('Equal', tensor, nothing) };
  }

  nullOf(type: Held['type']): Held {
    const value = {
      number: () => this.number(0),
      datetime: () => this.moment(0n),
      text: () => this.text(''),
    };
    const { literal: _, ...nothing } = value[type]();
    return { ...nothing, missing: this.bool(true) };
  }

  /** Booleans count as 1 and 0. */
  held(value: Value): Held {
    if (value.type === 'null') return this.nullOf('number');
    if (value.type !== 'boolean') return value;
    const missing = this.not(this.either(value.yes, value.no));
    return {
      type: 'number',
      tensor: cast(this.graph, value.yes, 'double'),
      missing,
      single: true,
      ...origin(value),
    };
  }

  /** Where one of them is null. */
  missingOf(...values: readonly Held[]): Pick<Held, 'missing'> {
    const masks = values.flatMap(({ missing }) => missing ?? []);
    return masks.length === 0 ? {} : { missing: masks.reduce((a, b) => this.either(a, b)) };
  }

  /** DuckDB's order, in which NaN is larger than all else. */
  less(a: Held, b: Held): string {
    const plain = this.node('Less', a.tensor, b.tensor);
    if (neverNaN(a) && neverNaN(b)) return plain;
    const last = this.both(this.not(this.node('IsNaN', a.tensor)), this.node('IsNaN', b.tensor));
    return this.either(plain, last);
  }

  /** NaN is equal to itself. */
  equal(a: Held, b: Held): string {
    const plain = this.node('Equal', a.tensor, b.tensor);
    if (neverNaN(a) && neverNaN(b)) return plain;
    return this.either(plain, this.both(this.node('IsNaN', a.tensor), this.node('IsNaN', b.tensor)));
  }

  /** A number as a float tensor; what becomes infinite by that is null. */
  rounded(value: Held): Held {
    const tensor = cast(this.graph, value.tensor, 'float');
    if (neverNaN(value)) return { ...value, tensor };
    const overflows = this.both(this.node('IsInf', tensor), this.not(this.node('IsInf', value.tensor)));
    const missing = value.missing === undefined ? overflows : this.either(value.missing, overflows);
    return { ...value, tensor, missing };
  }

  /** A bool as it holds, null where one of the values is. */
  known(holds: string, ...values: readonly Held[]): Truth {
    const { missing } = this.missingOf(...values);
    const no = this.not(holds);
    if (missing === undefined) return { type: 'boolean', yes: holds, no, ...origin(...values) };
    const present = this.not(missing);
    return {
      type: 'boolean',
      yes: this.both(holds, present),
      no: this.both(no, present),
      ...origin(...values),
    };
  }

  and(a: Truth, b: Truth): Truth {
    return { type: 'boolean', yes: this.both(a.yes, b.yes), no: this.either(a.no, b.no), ...origin(a, b) };
  }

  or(a: Truth, b: Truth): Truth {
    return opposite(this.and(opposite(a), opposite(b)));
  }

  isNull(value: Value): Truth {
    if (value.type === 'null') return this.truth(true);
    if (value.type !== 'boolean' && value.missing === undefined) return this.truth(false);
    const absent =
      value.type === 'boolean' ? this.not(this.either(value.yes, value.no)) : (value.missing ?? '');
    return { type: 'boolean', yes: absent, no: this.not(absent), ...origin(value) };
  }

  /** `a` where the bool holds, else `b`; `of` says whether a column enters the bool. */
  chooseTruth(holds: string, a: Truth, b: Truth, of: Origin): Truth {
    const among = (x: string, y: string) => this.#among(holds, x, y);
    return { type: 'boolean', yes: among(a.yes, b.yes), no: among(a.no, b.no), ...origin(a, b, of) };
  }

  /** The same for two values of one type. */
  chooseHeld(holds: string, a: Held, b: Held, of: Origin): Held {
    const mask = ({ missing }: Held) => missing ?? this.bool(false);
    const never = a.missing === undefined && b.missing === undefined;
    return {
      type: a.type,
      tensor: where(this.graph, holds, a.tensor, b.tensor),
      ...(never ? {} : { missing: this.#among(holds, mask(a), mask(b)) }),
      single: a.single === true && b.single === true,
      ...origin(a, b, of),
    };
  }

  #among(holds: string, a: string, b: string): string {
    return this.either(this.both(holds, a), this.both(this.not(holds), b));
  }

  #constant(value: Pick<TensorLiteral, 'type' | 'data'>): string {
    return this.graph.constant({ ...value, shape: [1, 1] });
  }
}

export function opposite({ yes, no, ...rest }: Truth): Truth {
  return { ...rest, yes: no, no: yes };
}

/** Of what is made of these values. */
export function origin(...values: readonly Origin[]): Origin {
  return values.every(({ constant }) => constant === true) ? { constant: true } : {};
}

function neverNaN({ type, single }: Held): boolean {
  return type !== 'number' || single === true;
}
