/**
 * Jain's index of fairness: 1 when all shares are alike, 1/n when one has everything. `NaN` without shares, as there is nothing
 * to be fair about. Source: R. Jain, D. Chiu, W. Hawe, DEC-TR-301 (1984).
 */
export function jainIndex(shares: readonly number[]): number {
  const sum = shares.reduce((total, share) => total + share, 0);
  const squares = shares.reduce((total, share) => total + share * share, 0);
  return (sum * sum) / (shares.length * squares);
}
