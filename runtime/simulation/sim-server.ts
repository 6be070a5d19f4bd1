import { isDeepStrictEqual } from 'node:util';
import { memoryStore, type MemoryStore, type Snapshot } from '../store/memory/memory-store.ts';
import type { Applied, Batch, Gap, Shard } from '../store/store.ts';
import type { World } from './world.ts';

/** A real store behind the simulated server: it is told everything, and what it answers is what schedulers hear. */
export interface RealStore {
  apply(shard: Shard, batch: Batch, nowUs: number): Promise<Applied | Gap>;
  /** All that it holds, for `restore`. */
  snapshot(): Promise<unknown>;
  restore(snapshot: unknown): Promise<void>;
  wipe(): Promise<void>;
}

type Loss = 'same' | 'old' | 'nothing';

const SNAPSHOTS_MAX = 4;

interface Kept {
  readonly memory: Snapshot;
  readonly real: { is?: unknown };
}

interface Logged {
  readonly shard: Shard;
  readonly batch: Batch;
  readonly nowUs: number;
}

export type Listener = (shard: Shard, batch: Batch, answer: Applied | Gap) => void;

/** The server: what it holds, and what happens to it. */
export class SimServer {
  /** The model; with a real store beside it, the two must answer alike. */
  readonly memory: MemoryStore;
  readonly #world: World;
  readonly #real: RealStore | undefined;
  /** Of its one past: what came after a snapshot that it went back to never was. */
  #kept: Kept[] = [];
  /** What was applied since the last of them. */
  #log: Logged[] = [];
  #nowUs = 0;
  /** How far its clock is ahead of the world's. */
  skewMs = 0;
  /** Rises when it starts anew. */
  generation = 1;
  up = true;
  readonly hints = new Set<(shard: string) => void>();
  readonly #listeners: Listener[] = [];

  constructor(world: World, real?: RealStore) {
    this.#world = world;
    this.#real = real;
    this.memory = memoryStore({ nowUs: () => this.#nowUs });
  }

  /** Called after each batch, when nothing else has happened yet. */
  onApplied(listener: Listener): void {
    this.#listeners.push(listener);
  }

  apply(shard: Shard, batch: Batch, answered: (answer: Applied | Gap) => void): void {
    const nowUs = Math.floor((this.#world.now + this.skewMs) * 1000);
    this.#log.push({ shard, batch, nowUs });
    const expected = this.#model(shard, batch, nowUs);
    for (const { op } of batch.operations) this.#world.count(`op:${op}`);
    this.#countEvents(expected);
    for (const listener of this.#listeners) listener(shard, batch, expected);
    const real = this.#real;
    if (real === undefined) {
      answered(expected);
      return;
    }
    this.#outside(async () => {
      const answer = await real.apply(shard, batch, nowUs);
      if (!isDeepStrictEqual(answer, expected)) {
        throw new Error(`the stores differ: ${JSON.stringify({ batch, answer, expected })}`);
      }
      answered(answer);
    });
  }

  keepSnapshot(): void {
    const kept: Kept = { memory: this.memory.snapshot(), real: {} };
    this.#kept = [...this.#kept.slice(1 - SNAPSHOTS_MAX), kept];
    this.#log = [];
    this.#outside(async (real) => {
      kept.real.is = await real.snapshot();
    });
  }

  /** Gone, and back with what it had, with what it had some time ago, or with nothing. */
  restart(with_: Loss, awayMs: number): void {
    this.#away(awayMs, () => this.lose(with_));
  }

  /** The same without a new connection: FLUSHALL, or a snapshot loaded in place. */
  lose(with_: Loss): void {
    this.#world.note(`fault:store-${with_}`);
    if (with_ === 'nothing') {
      this.memory.wipe();
      this.#kept = [];
      this.#outside((real) => real.wipe());
      this.keepSnapshot();
    }
    if (with_ === 'old') this.#restore(this.#world.random.whole(0, this.#kept.length - 1));
  }

  /** A replica takes over that has not seen the last so many batches. */
  failover(lost: number, awayMs: number): void {
    this.#away(awayMs, () => {
      const seen = this.#log.slice(0, Math.max(0, this.#log.length - lost));
      this.#world.note('fault:store-failover', String(this.#log.length - seen.length));
      this.#restore(this.#kept.length - 1);
      for (const { shard, batch, nowUs } of seen) this.#model(shard, batch, nowUs);
      this.#outside(async (real) => {
        for (const { shard, batch, nowUs } of seen) await real.apply(shard, batch, nowUs);
      });
      this.#log = seen;
    });
  }

  #away(awayMs: number, back: () => void): void {
    this.up = false;
    this.generation += 1;
    this.#world.after(awayMs, () => {
      this.up = true;
      this.generation += 1;
      back();
    });
  }

  #restore(at: number): void {
    const kept = this.#kept[at];
    if (kept === undefined) return;
    this.#kept = this.#kept.slice(0, at + 1);
    this.memory.restore(kept.memory);
    this.#log = [];
    this.#outside((real) => real.restore(kept.real.is));
  }

  #model(shard: Shard, batch: Batch, nowUs: number): Applied | Gap {
    this.#nowUs = nowUs;
    return this.memory.applyNow(shard, batch);
  }

  #countEvents(answer: Applied | Gap): void {
    if (answer.kind === 'gap') return;
    for (const reply of answer.replies) {
      if (reply.kind === 'ticked') for (const { kind } of reply.events) this.#world.count(`tick:${kind}`);
    }
  }

  /** Done by the real store, if there is one, while time stands still. */
  #outside(work: (real: RealStore) => Promise<void>): void {
    const real = this.#real;
    if (real !== undefined) this.#world.standStill(() => work(real));
  }
}
