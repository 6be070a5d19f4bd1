/**
 * How often tasks may start, as the generic cell rate algorithm: one number for each route, the time (in microseconds) at
 * which it would be back at rest. Allows a burst of `count`, and `count` in each `perMs` after it.
 */
export interface StartRate {
  readonly count: number;
  readonly perMs: number;
}

/** So many starts a second: as many of them at once as are whole. */
export function startsPerSecond(perSecond: number): StartRate {
  const count = Math.max(1, Math.floor(perSecond));
  return { count, perMs: Math.ceil((count * 1000) / perSecond) };
}

/** A part (0 to 1, not 0) of a rate: fewer starts at once, and one after a longer time where that would be none. */
export function slower({ count, perMs }: StartRate, part: number): StartRate {
  const whole = Math.max(1, Math.floor(count * part));
  return { count: whole, perMs: Math.ceil((whole * perMs) / (count * part)) };
}

/** The new state when one more may start now, else nothing. `restUs` is 0 before the first. */
export function takeStart(rate: StartRate, restUs: number, nowUs: number): number | undefined {
  const next = Math.max(restUs, nowUs) + intervalUs(rate);
  return next - nowUs <= rate.perMs * 1000 ? next : undefined;
}

/** When the next may start, in milliseconds; 0 for now. */
export function nextStartMs(rate: StartRate, restUs: number, nowUs: number): number {
  if (takeStart(rate, restUs, nowUs) !== undefined) return 0;
  return Math.ceil((restUs + intervalUs(rate)) / 1000) - rate.perMs;
}

function intervalUs({ count, perMs }: StartRate): number {
  return Math.max(1, Math.floor((perMs * 1000) / count));
}
