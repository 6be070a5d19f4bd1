/**
 * Burn-rate alerts as they are generated (SRE workbook): an alert fires when errors use up the budget `burn` times too
 * fast over the long window and over the short one. The short window only ends the alert sooner.
 */
export interface Burn {
  readonly windowMs: number;
  readonly shortMs: number;
  readonly burn: number;
  readonly forMs: number;
  readonly severity: 'page' | 'ticket';
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** From the shortest window to the longest. */
export const BURNS: readonly [Burn, Burn, Burn, Burn] = [
  { windowMs: HOUR, shortMs: 5 * MINUTE, burn: 14.4, forMs: 2 * MINUTE, severity: 'page' },
  { windowMs: 6 * HOUR, shortMs: 30 * MINUTE, burn: 6, forMs: 15 * MINUTE, severity: 'page' },
  { windowMs: 24 * HOUR, shortMs: 2 * HOUR, burn: 3, forMs: HOUR, severity: 'ticket' },
  { windowMs: 72 * HOUR, shortMs: 6 * HOUR, burn: 1, forMs: 3 * HOUR, severity: 'ticket' },
];

/** Share of failures above which the alert fires. */
export function threshold(success: number, burn: Burn): number {
  return burn.burn * (1 - success);
}

/** Failures that an alert waits for, however few tasks there are: one failure at night wakes nobody. */
export function failuresMin(success: number): number {
  return success >= 0.999 ? 3 : 5;
}
