/** The sides of a split as codes, and the rows on one of them. */

/** Codes of `Split.assignment`. */
export const absent = 0;
export const train = 1;
export const valid = 2;
export const test = 3;

/** Rows on one side. */
export function countSide(assignment: Uint8Array, side: number): number {
  let count = 0;
  // A side is often one stretch, and what lies before and behind it is passed over quickly.
  const last = assignment.lastIndexOf(side);
  for (let i = Math.max(0, assignment.indexOf(side)); i <= last; i++) if (assignment[i] === side) count++;
  return count;
}

/** Positions of the rows on one side, ascending. */
export function positionsOf(assignment: Uint8Array, side: number): Int32Array {
  const positions = new Int32Array(countSide(assignment, side));
  let at = 0;
  for (let i = 0; i < assignment.length; i++) if (assignment[i] === side) positions[at++] = i;
  return positions;
}
