import type { Clock } from '../clock.ts';

const NOON_MS = Date.UTC(2026, 5, 1, 12);

/**
 * Time that passes only when a test lets it: hours take milliseconds, and nothing depends on how busy the machine is.
 * Everything that is due runs in order, and what it sets off has come to rest before the next.
 */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  #due: { readonly at: number; readonly order: number; readonly run: () => void }[] = [];

  constructor(nowMs: number = NOON_MS) {
    this.#now = nowMs;
  }

  nowMs(): number {
    return this.#now;
  }

  monotonicMs(): number {
    return this.#now;
  }

  random(): number {
    return 0.5;
  }

  after(ms: number, run: () => void): () => void {
    this.#order += 1;
    const event = { at: this.#now + Math.max(0, ms), order: this.#order, run };
    this.#due.push(event);
    return () => {
      this.#due = this.#due.filter((one) => one !== event);
    };
  }

  soon(run: () => void): void {
    queueMicrotask(run);
  }

  /** Lets so many milliseconds pass. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await rest();
    while (this.#runNext(end)) await rest();
    this.#now = end;
  }

  /** Lets time pass until a promise is kept; throws when nothing is left that could keep it. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let isKept = false;
    const kept = (): void => {
      isKept = true;
    };
    promise.then(kept, kept);
    await rest();
    while (!isKept) {
      if (!this.#runNext(Infinity)) throw new Error('nothing is due any more, and the promise is not kept');
      await rest();
    }
    return promise;
  }

  #runNext(end: number): boolean {
    const [next] = this.#due.sort((a, b) => a.at - b.at || a.order - b.order);
    if (next === undefined || next.at > end) return false;
    this.#due.shift();
    this.#now = Math.max(this.#now, next.at);
    next.run();
    return true;
  }
}

/** All that was set off has come as far as it can without time. */
function rest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
