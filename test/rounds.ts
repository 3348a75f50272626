/** How often a randomised test repeats: few times in `npm test`, all of them in `npm run soak`. */

export function rounds<T>(few: T, all: T): T {
  return process.env['MODELWRIGHT_SOAK'] === undefined ? few : all;
}

/**
 * The soaks of random edits and of kills are long enough to be cut: `MODELWRIGHT_SOAK_PIECE=3/10` is the third of ten
 * pieces. Which one this is goes into the seed, so that the pieces together are the whole.
 */
export function pieceOfSoak(): { readonly piece: number; readonly of: number } {
  const [piece = 1, of = 1] = (process.env['MODELWRIGHT_SOAK_PIECE'] ?? '').split('/').map(Number);
  return piece >= 1 && of >= piece ? { piece, of } : { piece: 1, of: 1 };
}
