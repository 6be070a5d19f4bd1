/**
 * Names of the series that are recorded of each objective. Alerts, dashboards and analyses of rollouts read these and never
 * compute a share of their own. A window is `5m`, `30m`, `1h`, `2h`, `6h`, `1d`, `3d`, or `period`: the objective's own.
 */
export const sloSeries = {
  /** Bad events a second. */
  bad: (window: string) => `nova_slo:bad:rate${window}`,
  /** All events a second. */
  total: (window: string) => `nova_slo:total:rate${window}`,
  /** Share of bad events, 0..1; nothing while there are no events. */
  ratio: (window: string) => `nova_slo:error_ratio:rate${window}`,
  /** What is left of the errors that may happen in the period: 1 is all of them, below 0 the promise is broken. */
  budget: 'nova_slo:error_budget:remaining',
} as const;

/** Windows that are recorded. */
export const sloWindows = ['5m', '30m', '1h', '2h', '6h', '1d', '3d', 'period'] as const;

/** A number without the noise of binary fractions: 1 - 0.99 is 0.01. */
export function rounded(value: number): number {
  return Number(value.toPrecision(12));
}
