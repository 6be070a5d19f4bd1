import { createHash } from 'node:crypto';
import type { Clock } from '../loops/clock.ts';
import { randomNumbers, type RandomNumbers } from './random.ts';

/**
 * One world in one process: its time moves only from event to event, and everything that happens by chance comes from one seed.
 * The same seed gives the same trace.
 */
export class World {
  readonly random: RandomNumbers;
  /** For what was added later and only some seeds have: the others go on as they did. */
  readonly aside: RandomNumbers;
  /** The same, for the fleet whose agents are called. */
  readonly pushed: RandomNumbers;
  /** The same, for journals that are mirrored. */
  readonly mirrored: RandomNumbers;
  /** Milliseconds since 1970. */
  now = START_MS;
  readonly reached = new Map<string, number>();
  #events = new EventHeap();
  #order = 0;
  #trace = createHash('sha256');
  #lines = 0;
  #untraced = '';
  #outside: Promise<void> | undefined;
  readonly #recentMax: number;
  /** The last things that happened, for who looks for a fault. */
  readonly recent: string[] = [];

  constructor(seed: number, recentMax = 200) {
    this.#recentMax = recentMax;
    this.random = randomNumbers(seed);
    this.aside = randomNumbers(~seed);
    this.pushed = randomNumbers(seed ^ PUSHED_SEEDS);
    this.mirrored = randomNumbers(seed ^ MIRRORED_SEEDS);
  }

  /** Runs once, after so many milliseconds; returns the way to prevent it. */
  after(ms: number, run: () => void): () => void {
    this.#order += 1;
    const event: WorldEvent = { at: this.now + Math.max(0, ms), order: this.#order, run };
    this.#events.push(event);
    return () => {
      event.run = undefined;
    };
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Time of one process. When the process is dead nothing of it runs any more. */
  clock(process: { readonly alive: boolean; readonly skewMs: number }): Clock {
    return {
      nowMs: () => Math.floor(this.now) + process.skewMs,
      monotonicMs: () => this.now,
      random: () => this.random.next(),
      after: (ms, run) =>
        this.after(ms, () => {
          if (process.alive) run();
        }),
      soon: queueMicrotask,
    };
  }

  note(kind: string, text = ''): void {
    this.count(kind);
    const line = `${Math.round(this.now - START_MS)} ${kind} ${text}`;
    this.#lines += 1;
    this.#untraced += line;
    if (this.#untraced.length > UNTRACED_MAX) this.#digest();
    this.recent.push(line);
    if (this.recent.length > this.#recentMax) this.recent.shift();
  }

  /** Happened, and says nothing that the trace would not say anyway. */
  count(kind: string): void {
    this.reached.set(kind, (this.reached.get(kind) ?? 0) + 1);
  }

  /** Digest of all that happened. */
  trace(): string {
    this.#digest();
    return `${this.#lines}-${this.#trace.copy().digest('hex').slice(0, 16)}`;
  }

  #digest(): void {
    this.#trace.update(this.#untraced);
    this.#untraced = '';
  }

  /** Time stands still until the work is done, one after the other: something outside this world answers, like a server. */
  standStill(work: () => Promise<void>): void {
    const before = this.#outside;
    this.#outside = before === undefined ? work() : before.then(work);
  }

  /**
   * Lets everything happen up to a time. What an event sets off is over before the next one: between two immediates Node lets
   * every promise go on that can. They are queued in bursts, since each turn of Node's loop costs more than an event.
   */
  run(until: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let queued = 0;
      let size = 1;
      let over = false;
      const end = (settle: () => void): void => {
        over = true;
        settle();
      };
      const burst = (): void => {
        size = Math.min(2 * size, BURST_MAX);
        for (queued = 0; queued < size; queued += 1) setImmediate(turn);
      };
      const turn = (): void => {
        queued -= 1;
        if (!over && this.#outside === undefined) {
          try {
            if (!this.#happen(until)) end(resolve);
          } catch (error) {
            end(() => reject(error instanceof Error ? error : new Error(String(error))));
          }
        }
        if (over || queued > 0) return;
        const outside = this.#outside;
        if (outside === undefined) burst();
        else {
          outside.then(
            () => {
              this.#outside = undefined;
              burst();
            },
            (error: unknown) => end(() => reject(error instanceof Error ? error : new Error(String(error)))),
          );
        }
      };
      burst();
    });
  }

  /** The next event; false when there is none before `until`, which it is then. */
  #happen(until: number): boolean {
    const event = this.#events.pop(until);
    if (event === undefined) {
      this.now = until;
      return false;
    }
    if (event.run === undefined) return true;
    this.now = event.at;
    event.run();
    return true;
  }
}

const PUSHED_SEEDS = 0x5bd1e995;
const MIRRORED_SEEDS = 0x1b873593;
const START_MS = 1_800_000_000_000;
const UNTRACED_MAX = 16_384;
const BURST_MAX = 64;

interface WorldEvent {
  readonly at: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/** Events by time, and by the order in which they were made. */
class EventHeap {
  #heap: WorldEvent[] = [];

  push(event: WorldEvent): void {
    const heap = this.#heap;
    heap.push(event);
    for (let at = heap.length - 1; at > 0;) {
      const up = (at - 1) >> 1;
      if (!this.#before(at, up)) break;
      this.#swap(at, up);
      at = up;
    }
  }

  /** The first event, unless it is later than `until`. */
  pop(until: number): WorldEvent | undefined {
    const heap = this.#heap;
    const [first] = heap;
    if (first === undefined || first.at > until) return undefined;
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) {
      heap[0] = last;
      this.#sink();
    }
    return first;
  }

  #sink(): void {
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let least = at;
      if (left < this.#heap.length && this.#before(left, least)) least = left;
      if (right < this.#heap.length && this.#before(right, least)) least = right;
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #before(a: number, b: number): boolean {
    const one = this.#heap[a];
    const two = this.#heap[b];
    if (one === undefined || two === undefined) return false;
    return one.at < two.at || (one.at === two.at && one.order < two.order);
  }

  #swap(a: number, b: number): void {
    const one = this.#heap[a];
    const two = this.#heap[b];
    if (one === undefined || two === undefined) return;
    this.#heap[a] = two;
    this.#heap[b] = one;
  }
}
