/** Times in milliseconds, as they are reported. */
export interface Percentiles {
  readonly count: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Of every measured time: nothing is sampled or put into buckets. All are 0 when there are none. */
export function percentiles(timesMs: readonly number[]): Percentiles {
  const sorted = Float64Array.from(timesMs).sort();
  const at = (share: number): number =>
    rounded(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0);
  const sum = sorted.reduce((total, ms) => total + ms, 0);
  return {
    count: sorted.length,
    meanMs: rounded(sorted.length === 0 ? 0 : sum / sorted.length),
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    maxMs: at(1),
  };
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
