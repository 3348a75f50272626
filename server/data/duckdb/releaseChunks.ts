/**
 * Gives the memory of what was read from DuckDB back to it. Its chunks are freed when V8 collects the objects that stand
 * for them, which are so small that V8 seldom does: a column of millions of rows would lie there while the next ones
 * are read, and each would need memory that the system has to clear first (a tenth of the time of reading).
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: (options: { type: 'minor' }) => void = runInNewContext('gc');
// See loopFlags.ts: threads start sooner with V8's own settings.
setFlagsFromString('--no-expose-gc');

/** Few chunks are not worth the half millisecond. */
const many = 64;

/** When the last of so many has been looked at. */
export function releaseChunks(chunks: number): void {
  if (chunks >= many) collect({ type: 'minor' });
}
