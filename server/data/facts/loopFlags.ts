/**
 * V8's settings for processes that pass over millions of rows in loops which run once. Its middle compiler (Node 24.21)
 * takes such a loop over while it runs and often never hands it on: one of 400 million steps took .56 s or 2.8 s by
 * chance. Without it every loop reaches the last compiler. That one works beside the loop by default, which on two busy
 * processors crawls on until it has had its turn; for the few milliseconds that it takes the loop had better wait.
 */
import { setFlagsFromString } from 'node:v8';

let isLong = false;

/** From now on, in all threads of this process. */
export function expectLongLoops(): void {
  isLong = true;
  setFlagsFromString('--no-maglev');
  setFlagsFromString('--no-concurrent-osr');
}

/**
 * V8's own settings until what is returned is called, for a thread that starts meanwhile: Node holds its own code
 * compiled for these alone, and without it a start takes half as long again.
 */
export function pauseLongLoops(): () => void {
  if (!isLong) return () => undefined;
  setFlagsFromString('--maglev');
  setFlagsFromString('--concurrent-osr');
  return expectLongLoops;
}
