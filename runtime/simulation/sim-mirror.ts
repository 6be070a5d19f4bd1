import type { JournalFiles } from '../journal/journal-files.ts';
import type { JournalCopy } from '../journal/journal.ts';
import { pause } from '../loops/clock.ts';
import { MirrorFolder } from '../mirror/mirror-folder.ts';
import { mirrorSender, type MirrorEvent } from '../mirror/mirror-sender.ts';
import { MirrorRefused } from '../mirror/mirror.ts';
import type { Host, Life } from './host.ts';
import { overWire, type Wire } from './mirror-wire.ts';
import type { Outside } from './outside.ts';
import { SimFiles } from './sim-files.ts';
import type { World } from './world.ts';

interface MirrorOptions {
  readonly world: World;
  readonly outside: Outside;
  readonly host: Host;
  /** The way to the peer. */
  readonly wire: Wire;
  readonly peer: () => SimMirror;
}

const DIRECTORY = 'mirror';
const WAIT_MS = 1000;
const AGAIN_MS = 1000;
const BYTES_MAX = 10_000_000;

/**
 * Both halves of `journal.mirror: peer` at one machine: what sends its journal and what keeps that of another one are as they are
 * shipped, and files and wire are simulated. Of what brings a lost journal back only the question to the peer is.
 */
export class SimMirror {
  readonly #options: MirrorOptions;
  readonly #files: SimFiles;
  #kept: { readonly life: Life; readonly folder: MirrorFolder } | undefined;
  #journal = '';
  #journals = 0;
  #sessions = 0;
  #isMirrored = false;
  #isInDoubt = false;

  constructor(options: MirrorOptions) {
    this.#options = options;
    this.#files = new SimFiles(options.world, options.host.disk);
  }

  /** A life of its scheduler begins: it takes mirrors from now on. */
  begin(life: Life, filesWith: (files: JournalFiles) => JournalFiles = (files) => files): void {
    this.#isMirrored = false;
    const folder = new MirrorFolder({
      directory: DIRECTORY,
      files: filesWith(this.#files.of(life)),
      bytesMax: BYTES_MAX,
      room: () => Promise.resolve(BYTES_MAX),
      newSession: () => `${this.#options.host.name}-${(this.#sessions += 1)}`,
    });
    this.#kept = { life, folder };
  }

  /** An empty disk is filled with what the peer has, however long it takes to answer. */
  async restore(life: Life): Promise<void> {
    const { world, host } = this.#options;
    for (;;) {
      const answer = await this.#askForAll(life).catch((error: unknown) => this.#isDamage(error));
      if (answer !== undefined) {
        const { journal, segments } = answer;
        this.#journal = journal ?? `${host.name}-${(this.#journals += 1)}`;
        host.disk.replace(segments);
        world.note(journal === undefined ? 'mirror:none' : 'mirror:restored', host.name);
        return;
      }
      world.count('mirror:restore-waits');
      await pause(world.clock(life), AGAIN_MS);
    }
  }

  /** Sends what its journal writes. */
  copy(life: Life): JournalCopy {
    const { world, host, outside } = this.#options;
    const tell = (event: MirrorEvent): void => {
      this.#isMirrored = event.kind === 'mirrored';
      world.note(`mirror:${event.kind}`, host.name);
      if (event.kind === 'unmirrored' && event.ahead) outside.violate('mirror-ahead', `${host.name}: ${event.reason}`);
    };
    const sender = mirrorSender({
      peer: {
        begin: () => this.#ask(life, (folder) => folder.begin(this.#journal)),
        append: (piece) => {
          if (piece.cut) world.note('mirror:cut', host.name);
          return this.#ask(life, (folder) => folder.append(piece));
        },
      },
      clock: world.clock(life),
      files: host.disk.inSegments(),
      waitMs: WAIT_MS,
      tell,
    });
    void sender.first.then(() => {
      if (life.alive) this.#isMirrored = !sender.unmirrored;
    });
    return sender;
  }

  crash(): void {
    this.#files.crash();
  }

  /** The disk is gone, with the mirror on it. */
  lose(): void {
    this.#files.lose();
  }

  /** The disk of its peer is gone, and with it the mirror: until that is whole again nothing is mirrored, whatever it says. */
  doubt(): void {
    this.#isInDoubt = true;
  }

  /** Whether its own disk may be lost, as it says itself. */
  get mayBeLost(): boolean {
    if (this.#isInDoubt && this.isWhole) this.#isInDoubt = false;
    return this.#isMirrored && !this.#isInDoubt;
  }

  /** Whether all that is durable here is durable at the peer, byte by byte, and it says so. */
  get isWhole(): boolean {
    const { host, peer } = this.#options;
    const there = peer();
    return this.#isMirrored && host.disk.inSegments().isIn((name) => there.#durable(name));
  }

  async #askForAll(life: Life) {
    const { peer } = this.#options;
    const contents = await this.#ask(life, (folder) => folder.contents());
    const segments = contents?.segments.map(({ name, bytes }) => {
      const there = peer().#durable(name);
      if (there === undefined || there.length < bytes) throw new Error(`${name} went away while it was brought`);
      return { name, bytes: there.subarray(0, bytes) };
    });
    return { journal: contents?.journal, segments: segments ?? [] };
  }

  #isDamage(error: unknown): undefined {
    const { outside, host } = this.#options;
    if (error instanceof MirrorRefused && error.reason === 'damaged') {
      outside.violate('mirror-damaged', `${host.name}: ${error.message}`);
    }
  }

  #durable(name: string): Buffer | undefined {
    return this.#files.durable(`${DIRECTORY}/${name}`);
  }

  #ask<Answer>(life: Life, make: (folder: MirrorFolder) => Promise<Answer>): Promise<Answer> {
    const { world, wire, peer } = this.#options;
    return overWire(world, wire, {
      process: life,
      make: () => {
        const kept = peer().#kept;
        return kept?.life.alive === true ? make(kept.folder) : undefined;
      },
    });
  }
}
