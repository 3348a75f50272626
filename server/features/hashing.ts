/** Levels by their hash: many levels share a fixed number of codes, so that none of them grows with the data. */
import { createHash } from 'node:crypto';
import type { FittedLevels } from './levels.ts';

/**
 * Codes 1..`buckets` in place of one a level: 1 + the first four bytes of the level's SHA-256, little-endian, modulo
 * `buckets`. Missing and unseen levels stay what they are: the file holds the training levels, not the hash.
 */
export function hashLevels(levels: FittedLevels, buckets: number): FittedLevels {
  const bucket = buckets + 1;
  const codeOf = [0, ...levels.known.map((level) => 1 + (hashOf(level) % buckets)), bucket];
  const counts = new Float64Array(bucket + 1);
  levels.counts.forEach((rows, code) => {
    const hashed = codeOf[code] ?? bucket;
    counts[hashed] = (counts[hashed] ?? 0) + rows;
  });
  return {
    known: Array.from({ length: buckets }, (_, index) => `hash ${index}`),
    codes: new Map([...levels.codes].map(([level, code]) => [level, codeOf[code] ?? bucket])),
    unseen: codeOf[levels.unseen] ?? levels.unseen,
    refusesUnseen: levels.refusesUnseen,
    counts,
  };
}

function hashOf(level: string): number {
  return createHash('sha256').update(level).digest().readUInt32LE(0);
}
