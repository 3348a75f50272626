/** The state of an unfinished fit as bytes: the network, its optimiser, and where stopping and the schedule stand. */
import type { NetworkState } from './network.ts';

export interface FitState {
  readonly network: NetworkState;
  /** Epochs done. */
  readonly done: number;
  /** Best early-stop score, the epochs that had it, and the network as it was. */
  readonly best?: Best;
  /** `plateau`: how often the rate has fallen, the best score it has seen, and epochs since. */
  readonly plateau: { readonly falls: number; readonly best: number | null; readonly since: number };
}

export interface Best {
  readonly score: number;
  readonly done: number;
  readonly parameters: Float32Array;
  readonly statistics: Float32Array;
}

interface Head {
  readonly fingerprint: string;
  readonly done: number;
  readonly steps: number;
  readonly plateau: FitState['plateau'];
  readonly best?: { readonly score: number; readonly done: number };
  /** Floats of each list. */
  readonly lengths: readonly number[];
}

/** Length of a JSON head padded to four bytes, the head, then the lists. `fingerprint` tells whose state it is. */
export function encodeState(state: FitState, fingerprint: string): Uint8Array {
  const { network, best } = state;
  const lists = [network.parameters, network.first, network.second, network.statistics];
  if (best) lists.push(best.parameters, best.statistics);
  const head: Head = {
    fingerprint,
    done: state.done,
    steps: network.steps,
    plateau: state.plateau,
    ...(best && { best: { score: best.score, done: best.done } }),
    lengths: lists.map((list) => list.length),
  };
  const json = JSON.stringify(head);
  const text = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 4) * 4));
  const floats = head.lengths.reduce((sum, length) => sum + length, 0);
  const bytes = new Uint8Array(4 + text.length + 4 * floats);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  let at = 4 + text.length;
  for (const list of lists) {
    bytes.set(new Uint8Array(list.buffer, list.byteOffset, list.byteLength), at);
    at += list.byteLength;
  }
  return bytes;
}

/** Undefined where the bytes belong to another fit (other rows, settings or seed) or are not whole. */
export function decodeState(bytes: Uint8Array, fingerprint: string): FitState | undefined {
  if (bytes.length < 4) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const head = readHead(bytes.subarray(4, 4 + length));
  if (head?.fingerprint !== fingerprint) return undefined;
  let at = 4 + length;
  if (at + 4 * head.lengths.reduce((sum, floats) => sum + floats, 0) !== bytes.length) return undefined;
  const lists = head.lengths.map((floats) => {
    // `slice` of a Node Buffer would be a view of all that its pool holds.
    const list = new Float32Array(Uint8Array.from(bytes.subarray(at, at + 4 * floats)).buffer);
    at += 4 * floats;
    return list;
  });
  const [parameters, first, second, statistics, bestParameters, bestStatistics] = lists;
  if (!parameters || !first || !second || !statistics) return undefined;
  return {
    network: { parameters, first, second, statistics, steps: head.steps },
    done: head.done,
    plateau: head.plateau,
    ...(head.best &&
      bestParameters &&
      bestStatistics && {
        best: { ...head.best, parameters: bestParameters, statistics: bestStatistics },
      }),
  };
}

function readHead(bytes: Uint8Array): Head | undefined {
  try {
    // Written by encodeState; a state of another fit differs in its fingerprint.
    return JSON.parse(new TextDecoder().decode(bytes)) as Head;
  } catch {
    return undefined;
  }
}
