import type { Engine, FleetState } from './engine.ts';
import { usedUpRates } from './gates.ts';

/** A provider's rate holds tasks of a fleet back here: since when without a pause, until when, and when that was seen last. */
export interface HeldBack {
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly seenMs: number;
}

/**
 * How long a rate still counts after it let a start through: one of ten a second does so all the time, and yet a long queue waits
 * for it. Longer than from one full look at a shard to the next, with which the others are told again.
 */
export const GRACE_MS = 2500;

/** Tasks wait in a fleet: sees whether rates of its providers let none of them start. Tells whether one does so anew. */
export function noteHeldBack(engine: Engine, { fleet, heldBack }: FleetState): boolean {
  const nowMs = engine.clock.nowMs();
  let isNew = false;
  for (const { provider, untilMs } of usedUpRates(engine, fleet)) {
    const before = heldBack.get(provider);
    const goesOn = before !== undefined && isHeldBack(before, nowMs);
    heldBack.set(provider, { sinceMs: goesOn ? before.sinceMs : nowMs, untilMs, seenMs: nowMs });
    isNew ||= !goesOn;
  }
  return isNew;
}

/** Not for as long as a slow rate allows no start, but only while tasks wait for it. */
export function isHeldBack({ seenMs }: HeldBack, nowMs: number): boolean {
  return seenMs + GRACE_MS > nowMs;
}
