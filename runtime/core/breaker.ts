/**
 * A circuit breaker for one build of a fleet, or one provider: plain data and the moves between its states.
 *
 * - `closed`: runs start. Outcomes are counted in windows; when a window has at least `volumeMin` outcomes and a share of
 *   errors above `errors`, it opens. A window that is over is forgotten. One with `errorsInRow` opens at so many errors with no
 *   success between them, however far apart they are.
 * - `open`: no run starts until `untilMs`. Outcomes of runs that had started before are ignored.
 * - `half-open`: up to `trials` runs may start. When as many have ended it closes, unless their share of errors is above
 *   `errors`: then, and as soon as it must come to that, it opens again for twice as long as before, at most eight times. A
 *   trial that says nothing is given back with `forget`; when nothing is heard of any for `openForMs`, another one may start.
 */
export interface BreakerSettings {
  /** Share of errors, 0 to 1. */
  readonly errors: number;
  /** Instead of that while it is closed. */
  readonly errorsInRow?: number;
  readonly openForMs: number;
  readonly windowMs: number;
  readonly volumeMin: number;
  readonly trials: number;
}

export const DEFAULT_BREAKER: BreakerSettings = {
  errors: 0.5,
  openForMs: 30_000,
  windowMs: 60_000,
  volumeMin: 10,
  trials: 3,
};

export type Breaker =
  | {
      readonly state: 'closed';
      readonly sinceMs: number;
      readonly succeeded: number;
      readonly failed: number;
      /** Since the last success, over all windows. */
      readonly inRow: number;
    }
  | { readonly state: 'open'; readonly sinceMs: number; readonly untilMs: number; readonly times: number }
  | {
      readonly state: 'half-open';
      readonly sinceMs: number;
      readonly started: number;
      readonly succeeded: number;
      readonly failed: number;
      readonly times: number;
    };

type Closed = Extract<Breaker, { state: 'closed' }>;

const TIMES_MAX = 4;

export function closedBreaker(nowMs: number): Closed {
  return { state: 'closed', sinceMs: nowMs, succeeded: 0, failed: 0, inRow: 0 };
}

/** Whether a run may start now. */
export function mayStart(breaker: Breaker, nowMs: number, settings: BreakerSettings): boolean {
  if (breaker.state === 'closed') return true;
  if (breaker.state === 'open') return isOver(breaker, nowMs);
  const { started: trials, sinceMs } = breaker;
  return trials < settings.trials || isOver({ sinceMs, untilMs: sinceMs + settings.openForMs }, nowMs);
}

/** Also before it began: then the clock was set back, and nobody knows how long it has been. */
function isOver({ sinceMs, untilMs }: { readonly sinceMs: number; readonly untilMs: number }, nowMs: number): boolean {
  return nowMs >= untilMs || nowMs < sinceMs;
}

/** What a breaker is now, for those who are told: one that was open for its time lets runs try, whether or not one came. */
export function asOf(breaker: Breaker, nowMs: number): Breaker {
  if (breaker.state !== 'open' || !isOver(breaker, nowMs)) return breaker;
  const { untilMs, times } = breaker;
  return { state: 'half-open', sinceMs: Math.min(untilMs, nowMs), started: 0, succeeded: 0, failed: 0, times };
}

/** A run starts; call it only when `mayStart`. */
export function started(breaker: Breaker, nowMs: number): Breaker {
  if (breaker.state === 'closed') return breaker;
  if (breaker.state === 'half-open') return { ...breaker, sinceMs: nowMs, started: breaker.started + 1 };
  return { state: 'half-open', sinceMs: nowMs, started: 1, succeeded: 0, failed: 0, times: breaker.times };
}

/** A run has ended. */
export function ended(breaker: Breaker, succeeded: boolean, nowMs: number, settings: BreakerSettings): Breaker {
  if (breaker.state === 'open') return breaker;
  if (breaker.state === 'closed') return counted(breaker, succeeded, nowMs, settings);
  return tried(breaker, succeeded, nowMs, settings);
}

/** A run that began will say nothing: cancelled, given back or lost. */
export function forget(breaker: Breaker): Breaker {
  if (breaker.state !== 'half-open') return breaker;
  return { ...breaker, started: Math.max(breaker.succeeded + breaker.failed, breaker.started - 1) };
}

function counted(breaker: Closed, succeeded: boolean, nowMs: number, settings: BreakerSettings): Breaker {
  const over = nowMs - breaker.sinceMs >= settings.windowMs;
  const window = over ? { ...closedBreaker(nowMs), inRow: breaker.inRow } : breaker;
  if (succeeded) return { ...window, succeeded: window.succeeded + 1, inRow: 0 };
  const next = { ...window, failed: window.failed + 1, inRow: window.inRow + 1 };
  return isTripped(next, settings) ? opened(nowMs, 1, settings) : next;
}

function isTripped({ succeeded, failed, inRow }: Closed, { errors, errorsInRow, volumeMin }: BreakerSettings): boolean {
  if (errorsInRow !== undefined) return inRow >= errorsInRow;
  const volume = succeeded + failed;
  return volume >= volumeMin && failed / volume > errors;
}

function tried(
  breaker: Extract<Breaker, { state: 'half-open' }>,
  succeeded: boolean,
  nowMs: number,
  { trials, ...settings }: BreakerSettings,
): Breaker {
  const next = succeeded
    ? { ...breaker, succeeded: breaker.succeeded + 1 }
    : { ...breaker, failed: breaker.failed + 1 };
  if (next.failed / trials > settings.errors) return opened(nowMs, breaker.times + 1, { trials, ...settings });
  return next.succeeded + next.failed >= trials ? closedBreaker(nowMs) : next;
}

function opened(nowMs: number, times: number, { openForMs }: BreakerSettings): Breaker {
  const capped = Math.min(times, TIMES_MAX);
  return { state: 'open', sinceMs: nowMs, untilMs: nowMs + openForMs * 2 ** (capped - 1), times: capped };
}
