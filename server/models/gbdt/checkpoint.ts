/** The state of an unfinished fit as bytes: trees so far and where early stopping stands. */
import * as layout from './kernels/layout.ts';

export interface FitState {
  readonly trees: Uint8Array[];
  /** Iterations done. */
  done: number;
  /** Best early-stop score so far, and the number of iterations that had it; undefined before the first. */
  best?: { readonly score: number; readonly done: number };
}

interface StateHead {
  readonly fingerprint: string;
  readonly done: number;
  readonly best?: { readonly score: number; readonly done: number };
  /** Bytes of each tree. */
  readonly lengths: readonly number[];
}

/** Length of a JSON head, the head, then the trees. `fingerprint` tells whose state it is. */
export function encodeState(state: FitState, fingerprint: string): Uint8Array {
  const head: StateHead = {
    fingerprint,
    done: state.done,
    ...(state.best && { best: state.best }),
    lengths: state.trees.map((tree) => tree.length),
  };
  const text = new TextEncoder().encode(JSON.stringify(head));
  const bytes = new Uint8Array(4 + text.length + head.lengths.reduce((sum, length) => sum + length, 0));
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  let at = 4 + text.length;
  for (const tree of state.trees) {
    bytes.set(tree, at);
    at += tree.length;
  }
  return bytes;
}

/** Undefined where the bytes belong to another fit (other rows, columns, parameters or seed) or are not whole. */
export function decodeState(bytes: Uint8Array, fingerprint: string): FitState | undefined {
  const head = readHead(bytes);
  if (!head || head.fingerprint !== fingerprint) return undefined;
  let at = 4 + headLength(bytes);
  if (at + head.lengths.reduce((sum, length) => sum + length, 0) !== bytes.length) return undefined;
  const trees = head.lengths.map((length) => {
    const tree = bytes.slice(at, at + length);
    at += length;
    return tree;
  });
  if (trees.some((tree) => tree.length % layout.NODE_BYTES !== 0)) return undefined;
  return { trees, done: head.done, ...(head.best && { best: head.best }) };
}

function headLength(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
}

function readHead(bytes: Uint8Array): StateHead | undefined {
  if (bytes.length < 4 || bytes.length < 4 + headLength(bytes)) return undefined;
  try {
    // Written by encodeState; a state of another fit differs in its fingerprint.
    return JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headLength(bytes)))) as StateHead;
  } catch {
    return undefined;
  }
}
