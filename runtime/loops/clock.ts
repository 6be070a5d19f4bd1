/** Time and chance, as arguments: the simulation has its own. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Milliseconds that never go back. */
  monotonicMs(): number;
  /** From 0 (inclusive) to 1 (exclusive). */
  random(): number;
  /** Runs once, after so many milliseconds. Returns the way to prevent it. Does not keep the process alive. */
  after(ms: number, run: () => void): () => void;
  /** Runs once, when all that has arrived by now has been looked at. */
  soon(run: () => void): void;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  random: () => Math.random(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  // After what the sockets have brought: a microtask runs behind each of their messages.
  soon: (run) => {
    setImmediate(run);
  },
};

/** Resolves after so many milliseconds. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}

/** Waits no longer than that. */
export async function within(clock: Clock, ms: number, all: Promise<unknown>): Promise<void> {
  await Promise.race([all, pause(clock, ms)]);
}

/** Somewhere between half and all of `ms`, so that what failed together does not come back together. */
export function jittered(clock: Clock, ms: number): number {
  return ms * (0.5 + clock.random() / 2);
}
