import type { JournalFiles } from '../journal/journal-files.ts';
import type { Journal, JournalCopy } from '../journal/journal.ts';
import { startScheduler, type RunningScheduler } from '../loops/scheduler.ts';
import type { Store } from '../store/store.ts';
import { SimDisk } from './sim-disk.ts';
import type { SimMirror } from './sim-mirror.ts';
import type { SimServer } from './sim-server.ts';
import type { PushCall } from '../loops/push-call.ts';
import { FAIR_WEATHER, simStore, type StoreWeather } from './sim-store.ts';
import { simTable, type TableShape } from './table.ts';
import type { World } from './world.ts';

/** A bug to be planted: it changes what a scheduler sees of its store, its disk, its mirror or the agents that it calls. */
export interface Mutant {
  readonly store?: (store: Store) => Store;
  readonly journal?: (journal: Journal, disk: SimDisk) => Journal;
  readonly push?: (call: PushCall) => PushCall;
  readonly mirror?: (copy: JournalCopy) => JournalCopy;
  readonly mirrorFiles?: (files: JournalFiles) => JournalFiles;
}

export interface Life {
  alive: boolean;
  skewMs: number;
  scheduler?: RunningScheduler;
}

export interface HostOptions {
  readonly world: World;
  readonly server: SimServer;
  readonly names: readonly string[];
  readonly shape: TableShape;
  readonly mutant: Mutant | undefined;
  /** The way of one life to the agents that are called, where there are any. */
  readonly pushOf?: (life: { readonly alive: boolean }) => PushCall | undefined;
  /** An input that was accepted gives way to another one under its key, and a scheduler says so. */
  readonly onConflict: (id: string, digest: string) => void;
}

const SKEW_MS = 30_000;
const CLOSE_MS = 5000;
const CUT_MS = 20;
const CANARY_MS = 3000;

/** A machine on which one scheduler lives, again and again. */
export class Host {
  readonly name: string;
  readonly disk: SimDisk;
  readonly weather: StoreWeather = { ...FAIR_WEATHER };
  /** Where journals are mirrored. */
  mirror: SimMirror | undefined;
  readonly #options: HostOptions;
  #version: 1 | 2 = 1;
  /** An upgrade that is still under way goes no further: the table is what `heal` said. */
  #healed = false;
  #life: Life = { alive: false, skewMs: 0 };
  /** A task of its own has come through since `heal`. */
  isWell = false;

  constructor(name: string, options: HostOptions) {
    this.name = name;
    this.#options = options;
    this.disk = new SimDisk(options.world);
  }

  get scheduler(): RunningScheduler | undefined {
    return this.#life.alive ? this.#life.scheduler : undefined;
  }

  async start(): Promise<void> {
    const { world, server, names, shape, mutant, pushOf, onConflict } = this.#options;
    const life: Life = { alive: true, skewMs: world.random.chance(0.2) ? this.#drawSkew() : 0 };
    this.#life = life;
    this.mirror?.begin(life, mutant?.mirrorFiles);
    if (this.mirror !== undefined && this.disk.isEmpty) await this.mirror.restore(life);
    const copy = this.mirror?.copy(life);
    const store = simStore(world, server, this.weather, life);
    const onFatal = (): void => {
      if (this.#life === life) this.crash(world.random.between(50, 5000));
    };
    const journal = this.disk.open(life, onFatal, copy && (mutant?.mirror?.(copy) ?? copy));
    const version = this.#version;
    const push = pushOf?.(life);
    life.scheduler = await startScheduler({
      name: this.name,
      schedulers: names,
      table: simTable(shape, version),
      store: mutant?.store?.(store) ?? store,
      journal: mutant?.journal?.(journal, this.disk) ?? journal,
      clock: world.clock(life),
      ...(push !== undefined && { push: mutant?.push?.(push) ?? push }),
      canaryEveryMs: CANARY_MS,
      observer: {
        canary: (outcome) => {
          world.count(`canary:${outcome}`);
          if (outcome === 'ok') this.isWell = this.#healed;
        },
        keyConflict: ({ id, digest }) => {
          world.note('key-conflict', `${this.name} ${id}`);
          onConflict(id, digest);
        },
      },
      // Half of all lives have two calls on their way as soon as there is anything to send.
      bounds: {
        tickMs: 250,
        idleTickMs: 1000,
        holdMs: 30_000,
        patienceMs: 3000,
        callWorth: world.random.chance(0.5) ? 1 : 64,
      },
    });
    // It may have changed while the journal was read.
    if (this.#version !== version) life.scheduler.use(simTable(shape, this.#version));
  }

  /** kill -9, and back after a while. */
  crash(awayMs: number): void {
    if (!this.#life.alive) return;
    const { world } = this.#options;
    world.note('fault:scheduler-crash', this.name);
    this.kill();
    this.disk.crash();
    this.mirror?.crash();
    world.after(awayMs, () => void this.start());
  }

  /** A new machine comes after a while, with nothing on its disk. */
  loseDisk(awayMs: number): void {
    const { world } = this.#options;
    world.note('fault:disk-lost', this.name);
    this.kill();
    this.disk.replace([]);
    this.mirror?.lose();
    world.after(awayMs, () => void this.start());
  }

  /** Ends in good order, and comes back with another version of the routing table. */
  async upgrade(version: 1 | 2, awayMs: number): Promise<void> {
    const life = this.#life;
    if (life.scheduler === undefined || this.#healed) return;
    const { world, shape } = this.#options;
    world.note('fault:upgrade', this.name);
    // Half of them leave no time for the calls that are under way.
    const callsMs = shape.pushed && world.pushed.chance(0.5) ? CUT_MS : undefined;
    await Promise.race([life.scheduler.close(callsMs), world.pause(CLOSE_MS)]);
    // It may have crashed meanwhile.
    if (life !== this.#life || !life.alive) return;
    if (!this.#healed) this.#version = version;
    this.kill();
    this.disk.crash();
    this.mirror?.crash();
    world.after(awayMs, () => void this.start());
  }

  /** The newer routing table without a restart. */
  reload(version: 1 | 2): void {
    if (this.#healed) return;
    this.#version = version;
    this.scheduler?.use(simTable(this.#options.shape, version));
  }

  jumpClock(): void {
    this.#life.skewMs = this.#drawSkew();
  }

  kill(): void {
    this.#life.alive = false;
  }

  /** Nothing is wrong any more, and this is the table from now on. */
  heal(version: 1 | 2): void {
    this.reload(version);
    this.#healed = true;
    Object.assign(this.weather, FAIR_WEATHER);
    Object.assign(this.disk, { slow: false, full: false, failing: false });
  }

  #drawSkew(): number {
    return this.#options.world.random.whole(-SKEW_MS, SKEW_MS);
  }
}
