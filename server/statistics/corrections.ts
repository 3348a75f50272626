/** Adjusted p-values for many tests at once. */

/** Benjamini and Hochberg (1995): controls the expected share of false discoveries. NaN stays NaN and is not counted. */
export function benjaminiHochberg(p: readonly number[]): number[] {
  const order = ascending(p);
  const adjusted = [...p];
  let least = 1;
  for (let rank = order.length; rank >= 1; rank--) {
    const index = order[rank - 1] ?? 0;
    least = Math.min(least, ((p[index] ?? 1) * order.length) / rank);
    adjusted[index] = least;
  }
  return adjusted;
}

/** Holm (1979): controls the chance of any false discovery. NaN stays NaN and is not counted. */
export function holm(p: readonly number[]): number[] {
  const order = ascending(p);
  const adjusted = [...p];
  let most = 0;
  order.forEach((index, rank) => {
    most = Math.max(most, Math.min(1, (p[index] ?? 1) * (order.length - rank)));
    adjusted[index] = most;
  });
  return adjusted;
}

function ascending(p: readonly number[]): number[] {
  return [...p.keys()].filter((index) => !Number.isNaN(p[index])).sort((a, b) => (p[a] ?? 0) - (p[b] ?? 0));
}
