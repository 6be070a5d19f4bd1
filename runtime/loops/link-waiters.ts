import type { Clock } from './clock.ts';

/**
 * Those who wait for a link to be up, each for a time of its own. None of them asks meanwhile, however many they are: they are
 * told. One who was told, or whose time is over, is forgotten. As many wait as there are calls that are held.
 */
export class LinkWaiters {
  #clock: Clock;
  #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#waiting.size;
  }

  /** Resolves when they are told, or after so many milliseconds. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        stop();
        this.#waiting.delete(wake);
        resolve();
      };
      const stop = this.#clock.after(ms, wake);
      this.#waiting.add(wake);
    });
  }

  /** Tells all, in the order in which they came. */
  tell(): void {
    for (const wake of this.#waiting) wake();
  }
}
