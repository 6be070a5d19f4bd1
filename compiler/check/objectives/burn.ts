/**
 * Burn-rate alerts as they are generated (SRE workbook): an alert fires when errors use up the budget `burn` times too
 * fast over the long window. The short window only ends the alert sooner.
 */
export interface Burn {
  readonly windowMs: number;
  readonly burn: number;
  readonly severity: 'page' | 'ticket';
}

const HOUR = 3_600_000;

/** From the shortest window to the longest. */
export const BURNS: readonly [Burn, Burn, Burn, Burn] = [
  { windowMs: HOUR, burn: 14.4, severity: 'page' },
  { windowMs: 6 * HOUR, burn: 6, severity: 'page' },
  { windowMs: 24 * HOUR, burn: 3, severity: 'ticket' },
  { windowMs: 72 * HOUR, burn: 1, severity: 'ticket' },
];

/** Share of failures above which the alert fires. */
export function threshold(success: number, burn: Burn): number {
  return burn.burn * (1 - success);
}
