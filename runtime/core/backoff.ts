import type { TableAccept } from '../../spec/contract/routing-table.ts';

/**
 * How long to wait before the next run: `firstMs`, then `factor` times as long after each further failure, at most `maxMs`.
 * With full jitter any time up to that, so that tasks that failed together do not come back together. `failures` is at least 1;
 * `random` is drawn from 0 (inclusive) to 1 (exclusive).
 */
export function backoffMs(backoff: TableAccept['backoff'], failures: number, random: number): number {
  const { firstMs, factor, maxMs, jitter } = backoff;
  const longest = Math.min(maxMs, firstMs * factor ** Math.max(0, failures - 1));
  return Math.round(jitter === 'full' ? longest * random : longest);
}
