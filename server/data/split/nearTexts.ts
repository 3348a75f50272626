/** Test texts that nearly repeat a training text: shared runs of three words, on a sample of the texts. */

import type { Dictionary, TableColumn } from '../table.ts';
import { positionsOf, test, train } from './split.ts';

export interface NearFacts {
  readonly column: string;
  /** Test rows looked at, and those among them with a near twin in training. */
  readonly seen: number;
  readonly rows: number;
}

/** Jaccard similarity of the shingles from which texts are near twins: lint.md, reading 12. */
export const nearness = 0.85;
const shingleWords = 3;
/** Shorter texts share their words by chance. */
const leastShingles = 3;
const mostTestRows = 1000;
const mostTrainTexts = 50_000;

/** Looks at a column of free text; undefined for any other, and where a side is empty. `assignment`: the side of each row. */
export function findNearTwins(
  column: TableColumn,
  { levels, codes }: Dictionary,
  assignment: Uint8Array,
): NearFacts | undefined {
  if (column.kind !== 'text') return undefined;
  const tested = spread(positionsOf(assignment, test), mostTestRows).filter((row) => (codes[row] ?? 0) > 0);
  const index = new ShingleIndex();
  const wanted = new Set(Int32Array.from(tested, (row) => codes[row] ?? 0));
  for (const code of wanted) index.add(code, levels[code - 1] ?? '');
  const trained = new Uint8Array(levels.length + 1);
  for (let row = 0; row < codes.length; row++) {
    if (assignment[row] === train) trained[codes[row] ?? 0] = 1;
  }
  const texts = Int32Array.from(trained.keys()).filter((code) => code > 0 && trained[code] === 1);
  const near = new Set<number>();
  for (const code of spread(texts, mostTrainTexts)) {
    for (const twin of index.twinsOf(levels[code - 1] ?? '')) near.add(twin);
  }
  const rows = tested.filter((row) => near.has(codes[row] ?? 0)).length;
  return tested.length === 0 ? undefined : { column: column.name, seen: tested.length, rows };
}

/** Evenly spaced, so that the same table gives the same sample. */
function spread(rows: Int32Array, most: number): Int32Array {
  if (rows.length <= most) return rows;
  return Int32Array.from({ length: most }, (_, i) => rows[Math.floor((i * rows.length) / most)] ?? 0);
}

/** Texts by their shingles, for the texts that are near another one. */
export class ShingleIndex {
  readonly #members = new Map<number, number[]>();
  readonly #sizes = new Map<number, number>();

  add(key: number, text: string): void {
    const shingles = shinglesOf(text);
    if (shingles.size < leastShingles) return;
    this.#sizes.set(key, shingles.size);
    for (const shingle of shingles) {
      const members = this.#members.get(shingle);
      if (members === undefined) this.#members.set(shingle, [key]);
      else members.push(key);
    }
  }

  /** Keys of the texts whose Jaccard similarity with this one is at least `nearness`. */
  twinsOf(text: string): number[] {
    const shingles = shinglesOf(text);
    const shared = new Map<number, number>();
    for (const shingle of shingles) {
      for (const key of this.#members.get(shingle) ?? []) shared.set(key, (shared.get(key) ?? 0) + 1);
    }
    return [...shared].flatMap(([key, both]) => {
      const either = shingles.size + (this.#sizes.get(key) ?? 0) - both;
      return both >= nearness * either ? [key] : [];
    });
  }
}

/** 32-bit hashes (FNV-1a) of each run of three words, case and punctuation aside. */
export function shinglesOf(text: string): Set<number> {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  const shingles = new Set<number>();
  for (let at = 0; at + shingleWords <= words.length; at++) {
    shingles.add(hashText(words.slice(at, at + shingleWords).join(' ')));
  }
  return shingles;
}

function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
