/** Quantiles of sorted values: linear between order statistics, as NumPy's default. */

/** `sorted`: ascending, without NaN. NaN where there are none. */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
  return valueAt(sorted, share * (sorted.length - 1));
}

/** At a position between 0 and `sorted.length - 1`, for those who know it exactly: a share may miss it by a rounding. */
export function valueAt(sorted: ArrayLike<number>, position: number): number {
  const low = Math.floor(position);
  const below = sorted[low] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  // Infinities have no difference.
  return below === above ? below : below + (above - below) * (position - low);
}
