/** How often a randomised test repeats: few times in `npm test`, all of them in `npm run soak`. */

export function rounds(few: number, all: number): number {
  return process.env['MODELWRIGHT_SOAK'] === undefined ? few : all;
}
