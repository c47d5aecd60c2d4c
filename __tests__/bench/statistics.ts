/** Value below which a share of a sorted list lies: the nearest rank, so that it is one of the values. */
export function percentile(sorted: readonly number[], share: number): number {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  const value = sorted[rank - 1];
  if (value === undefined) throw new Error("a percentile of nothing");
  return value;
}

/** One-sided, 95 %. */
export const Z_95 = 1.645;

/**
 * Lower bound of Wilson's score interval for a share that was seen as `successes` of `runs`.
 * https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
 */
export function wilsonLowerBound(successes: number, runs: number, z = Z_95): number {
  const seen = successes / runs;
  const middle = seen + z ** 2 / (2 * runs);
  const reach = z * Math.sqrt((seen * (1 - seen)) / runs + z ** 2 / (4 * runs ** 2));
  return (middle - reach) / (1 + z ** 2 / runs);
}
