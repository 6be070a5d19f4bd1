import type { AppendOptions, Journal, JournalCopy, JournalRecord } from '../journal/journal.ts';
import { JournalFull } from '../journal/journal-full.ts';
import { SimSegments } from './sim-segments.ts';
import type { World } from './world.ts';

/** One scheduler's disk: what of its journal outlives it. */
export class SimDisk {
  readonly #world: World;
  readonly #written: JournalRecord[] = [];
  #durable = 0;
  /** Slower than usual. */
  slow = false;
  full = false;
  /** The next fsync fails: the process ends, and what it had written since the last one is gone. */
  failing = false;
  /** The same as bytes, where it is mirrored. */
  #segments: SimSegments | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  /** Loses what was not durable, but for a random part of its beginning: records behind it are never there without those before. */
  crash(): void {
    this.failing = false;
    const tail = this.#written.filter(({ lsn }) => lsn > this.#durable);
    const kept = this.#world.random.whole(0, tail.length);
    if (tail.length > kept) this.#world.note('fault:tail-lost', String(tail.length - kept));
    this.#written.length -= tail.length - kept;
    this.#durable = this.#written.at(-1)?.lsn ?? this.#durable;
    this.#segments?.crash(this.#written);
  }

  /** From now on there are bytes to be mirrored. To be called before it is opened. */
  inSegments(): SimSegments {
    this.#segments ??= new SimSegments();
    return this.#segments;
  }

  get isEmpty(): boolean {
    return this.#written.length === 0;
  }

  /** Loses everything; or has, for nothing, what was mirrored. */
  replace(segments: readonly { readonly name: string; readonly bytes: Buffer }[]): void {
    const records = this.inSegments().replace(segments);
    this.#written.splice(0, this.#written.length, ...records);
    this.#durable = records.at(-1)?.lsn ?? 0;
  }

  /** The journal as the next life of the scheduler finds it. */
  open(process: { readonly alive: boolean }, onFatal: () => void, copy?: JournalCopy): Journal {
    const world = this.#world;
    const written = this.#written;
    const open = new Set<string>();
    let lsn = written.at(-1)?.lsn ?? 0;
    let syncing = false;
    let waiting: { readonly lsn: number; readonly resolve: () => void }[] = [];
    const durableNow = (): number => this.#durable;
    const sync = (): void => {
      if (syncing || lsn <= durableNow()) return;
      syncing = true;
      const upTo = lsn;
      const copied = copy === undefined ? undefined : this.#copy(copy, upTo);
      const settle = (): void => {
        if (!process.alive) return;
        syncing = false;
        this.#segments?.settle();
        this.#durable = Math.max(this.#durable, upTo);
        const ready = waiting.filter((one) => one.lsn <= this.#durable);
        waiting = waiting.filter((one) => one.lsn > this.#durable);
        for (const { resolve } of ready) resolve();
        sync();
      };
      world.after(this.slow ? world.random.between(20, 3000) : world.random.between(0.2, 5), () => {
        if (!process.alive) return;
        if (this.failing) {
          world.note('fault:fsync-error');
          onFatal();
          return;
        }
        if (copied === undefined) settle();
        else void copied.then(settle);
      });
    };
    const durable = (wanted: number): Promise<void> => {
      if (wanted <= durableNow()) return Promise.resolve();
      return new Promise((resolve) => {
        waiting.push({ lsn: wanted, resolve });
      });
    };
    copy?.begin(() => this.inSegments().parts());
    return {
      get lsn() {
        return lsn;
      },
      get durableLsn() {
        return durableNow();
      },
      get stats() {
        return { bytes: 0, bytesMax: 1, openRecords: open.size, pendingMs: 0 };
      },
      append: (payload: Uint8Array, options: AppendOptions) => {
        if (this.full && options.class === 'submit') {
          world.note('fault:disk-full');
          throw new JournalFull('the disk is full');
        }
        lsn += 1;
        // What its promises still run after a kill writes nothing, as that of a real process would.
        if (!process.alive) return lsn;
        written.push({ lsn, payload });
        if (options.open !== undefined) open.add(options.open);
        sync();
        return lsn;
      },
      settle: (name) => {
        open.delete(name);
      },
      durable,
      async *read(afterLsn) {
        for (const record of [...written]) if (record.lsn > afterLsn && record.lsn <= durableNow()) yield record;
      },
      raise: (to) => {
        lsn = Math.max(lsn, to);
      },
      close: () => durable(written.at(-1)?.lsn ?? 0),
    };
  }

  /** What is written and not durable, up to a record, goes to the mirror. Numbers that were raised bring nothing. */
  #copy(copy: JournalCopy, upTo: number): Promise<void> | undefined {
    const records = this.#written.filter(({ lsn }) => lsn > this.#durable && lsn <= upTo);
    return records.length === 0 ? undefined : copy.take(this.inSegments().write(records, this.#durable));
  }
}
