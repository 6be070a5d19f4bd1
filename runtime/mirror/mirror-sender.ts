import { MAGIC } from '../journal/segment.ts';
import type { JournalBatch, JournalCopy, JournalPart } from '../journal/journal.ts';
import { jittered, pause, type Clock } from '../loops/clock.ts';
import { MirrorRefused, PIECE_BYTES_MAX, type MirrorPiece, type MirrorState, type Place } from './mirror.ts';
import type { MirrorPeer } from './mirror-peer.ts';
import { endsAt, framePlaces, isSamePlace, readPiece, type PartFiles } from './places.ts';

export interface MirrorSenderOptions {
  readonly peer: MirrorPeer;
  readonly clock: Clock;
  /** Where the journal's segments are. */
  readonly files: PartFiles;
  /** How long a batch waits for the peer, before answers go out without it. */
  readonly waitMs: number;
  readonly tell: (event: MirrorEvent) => void;
  readonly onSync?: (seconds: number) => void;
}

export type MirrorEvent =
  { readonly kind: 'mirrored' } | { readonly kind: 'unmirrored'; readonly reason: string; readonly ahead: boolean };

export interface MirrorSender extends JournalCopy {
  readonly unmirrored: boolean;
  /** What the journal has and the peer lacks. */
  lagBytes(): number;
  /** How the first session went: resolves when the peer has all there is, refuses it, or has not answered in time. */
  readonly first: Promise<MirrorEvent>;
  close(): void;
}

const RETRY_MS = 25;
const RETRY_DOUBLINGS = 5;
/** After a refusal, which does not pass by itself. */
const REFUSED_MS = 2000;
/** How often a quiet journal looks whether its peer is there. */
const LOOK_MS = 5000;

/** The mirror has records that were durable, and the journal does not. */
class MirrorAhead extends Error {}

/**
 * Sends one journal to its peer, piece by piece and one after the other: first what the peer lacks, from the files, then each
 * batch as it is written, from memory.
 *
 * States: mirrored, in which a batch is let go when the peer has synced it; unmirrored, in which it is let go at once. It becomes
 * unmirrored when a batch has waited for `waitMs`, or the peer refuses; and mirrored again when the peer has everything and took
 * its last piece in less than that. All the while it goes on trying.
 */
export function mirrorSender(options: MirrorSenderOptions): MirrorSender {
  return new Sender(options);
}

class Sender implements MirrorSender {
  readonly #options: MirrorSenderOptions;
  readonly first: Promise<MirrorEvent>;
  #settleFirst: (event: MirrorEvent) => void = () => undefined;
  #parts: () => readonly JournalPart[] = () => [];
  #batch: JournalBatch | undefined;
  /** Lets the batch go. */
  #release: (() => void) | undefined;
  #session: string | undefined;
  /** Where the mirror ends, proved to be a place of this journal. */
  #place: Place | undefined;
  #cut = false;
  #unmirrored = false;
  #reason = '';
  /** What went wrong last, since all was well. */
  #trouble = '';
  #lastMs = 0;
  #news = false;
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(options: MirrorSenderOptions) {
    this.#options = options;
    this.first = new Promise((resolve) => {
      this.#settleFirst = resolve;
    });
  }

  get unmirrored(): boolean {
    return this.#unmirrored;
  }

  begin(parts: () => readonly JournalPart[]): void {
    const { clock, waitMs } = this.#options;
    this.#parts = parts;
    const stop = clock.after(waitMs, () => this.#giveUp(`it has not answered within ${waitMs} ms`));
    void this.first.then(stop);
    void this.#run();
  }

  take(batch: JournalBatch): Promise<void> {
    this.#batch = batch;
    this.#news = true;
    this.#wake?.();
    if (this.#unmirrored || this.#closed) return Promise.resolve();
    const { clock, waitMs } = this.#options;
    return new Promise((resolve) => {
      const stop = clock.after(waitMs, () => this.#giveUp(`it has not synced a batch within ${waitMs} ms`));
      this.#release = () => {
        stop();
        resolve();
      };
    });
  }

  lagBytes(): number {
    const place = this.#place;
    return this.#parts().reduce((sum, { name, bytes }) => {
      if (place === undefined || name > place.segment) return sum + bytes;
      return name === place.segment ? sum + Math.max(0, bytes - place.at) : sum;
    }, 0);
  }

  close(): void {
    this.#closed = true;
    this.#letGo();
    this.#wake?.();
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    for (let failures = 0; !this.#closed;) {
      try {
        await this.#beginSession();
        do {
          await this.#sendAll();
          failures = 0;
          this.#noteCaughtUp();
        } while (await this.#hasMore());
      } catch (error) {
        this.#session = undefined;
        this.#trouble = error instanceof Error ? error.message : String(error);
        const lasts = doesLast(error);
        if (lasts) this.#giveUp(REFUSES, error instanceof MirrorAhead);
        failures += 1;
        const ms = lasts ? REFUSED_MS : RETRY_MS * 2 ** Math.min(failures, RETRY_DOUBLINGS);
        if (!this.#closed) await pause(clock, jittered(clock, ms));
      }
    }
  }

  async #beginSession(): Promise<void> {
    const state = await this.#timed(() => this.#options.peer.begin());
    const place = await this.#agreedPlace(state);
    this.#cut = place !== undefined && !isSamePlace(place, state.end) && place.segment === state.end?.segment;
    this.#place = place;
    this.#session = state.session;
  }

  /** The last place of the mirror that is one of this journal; `undefined` when it begins anew. */
  async #agreedPlace({ end, sure }: MirrorState): Promise<Place | undefined> {
    if (end === undefined) return undefined;
    if (isSamePlace(end, this.#place)) return end;
    const parts = this.#parts();
    if (end.segment < (parts[0]?.name ?? '')) return undefined;
    const part = parts.find(({ name }) => name === end.segment);
    if (part !== undefined) {
      for (const place of [end, sure]) {
        if (place !== undefined && (await endsAt(this.#options.files, part.file, part.bytes, place))) return place;
      }
    }
    throw new MirrorAhead(
      `the mirror has records up to ${end.lsn} (${end.segment}, byte ${end.at}) that this journal lacks`,
    );
  }

  async #sendAll(): Promise<void> {
    for (let piece = await this.#nextPiece(); piece !== undefined; piece = await this.#nextPiece()) {
      const sent = piece;
      const place = await this.#timed(() => this.#options.peer.append(sent));
      if (place.segment !== sent.segment || place.at !== sent.at + sent.bytes.length) {
        throw new Error(`it says that it ends at ${place.segment}, byte ${place.at}`);
      }
      this.#place = place;
      this.#cut = false;
      this.#options.onSync?.(this.#lastMs / 1000);
      if (this.#closed) return;
    }
  }

  async #nextPiece(): Promise<MirrorPiece | undefined> {
    const parts = this.#parts();
    const [oldest] = parts;
    if (oldest === undefined || this.#session === undefined) return undefined;
    const from = this.#whereToGoOn(parts);
    const bytes = this.#fromMemory(from) ?? (await this.#fromFile(from));
    if (bytes === undefined) return undefined;
    return {
      session: this.#session,
      segment: from.part.name,
      at: from.at,
      cut: this.#cut,
      oldest: oldest.name,
      bytes,
    };
  }

  /** What is at the end of its segment goes on in the next one. */
  #whereToGoOn(parts: readonly JournalPart[]): { readonly part: JournalPart; readonly at: number } {
    const place = this.#place;
    let index = parts.findIndex(({ name }) => name === place?.segment);
    let at = index === -1 ? MAGIC.length : (place?.at ?? MAGIC.length);
    index = Math.max(0, index);
    while (index < parts.length - 1 && at >= (parts[index]?.bytes ?? 0)) {
      index += 1;
      at = MAGIC.length;
    }
    const part = parts[index];
    if (part === undefined) throw new Error('the journal has no segment');
    return { part, at };
  }

  #fromMemory({ part, at }: { readonly part: JournalPart; readonly at: number }): Buffer | undefined {
    const batch = this.#batch;
    if (batch === undefined || batch.name !== part.name || at < batch.at) return undefined;
    const rest = batch.bytes.subarray(at - batch.at);
    if (rest.length <= PIECE_BYTES_MAX) return rest.length === 0 ? undefined : rest;
    return rest.subarray(0, framePlaces(rest.subarray(0, PIECE_BYTES_MAX)).at(-1)?.end);
  }

  async #fromFile({ part, at }: { readonly part: JournalPart; readonly at: number }): Promise<Buffer | undefined> {
    if (at >= part.bytes) return undefined;
    const bytes = await readPiece(this.#options.files, part.file, at, part.bytes).catch((error: unknown) => {
      // It was given up meanwhile: the next look finds the segment that is the oldest now.
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (bytes === undefined) throw new MirrorRefused('session', 'a segment was given up while it was read');
    if (bytes.length === 0) throw new MirrorRefused('damaged', `${part.file} cannot be read at byte ${at}`);
    return bytes;
  }

  async #timed<T>(ask: () => Promise<T>): Promise<T> {
    const { clock } = this.#options;
    const begun = clock.monotonicMs();
    const answer = await ask();
    this.#lastMs = clock.monotonicMs() - begun;
    return answer;
  }

  #noteCaughtUp(): void {
    if (!this.#hasBatch() || this.#lastMs > this.#options.waitMs) return;
    this.#letGo();
    this.#settleFirst({ kind: 'mirrored' });
    this.#trouble = '';
    if (!this.#unmirrored) return;
    this.#unmirrored = false;
    this.#reason = '';
    this.#options.tell({ kind: 'mirrored' });
  }

  /** Whether the peer has the batch that was taken last. */
  #hasBatch(): boolean {
    const [batch, place] = [this.#batch, this.#place];
    if (batch === undefined) return true;
    return place?.segment === batch.name && place.at === batch.at + batch.bytes.length;
  }

  #letGo(): void {
    this.#release?.();
    this.#release = undefined;
  }

  #giveUp(what: string, ahead = false): void {
    if (this.#closed) return;
    const reason = this.#trouble === '' ? what : `${what}: ${this.#trouble}`;
    const event: MirrorEvent = { kind: 'unmirrored', reason, ahead };
    // Away may become refused; that it is still away is no news.
    if (!this.#unmirrored || (what !== this.#reason && what === REFUSES)) this.#options.tell(event);
    this.#unmirrored = true;
    this.#reason = what;
    this.#settleFirst(event);
    this.#letGo();
  }

  /** Waits for the next batch; without one the peer is looked for now and then. */
  #hasMore(): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (more: boolean): void => {
        stop();
        this.#wake = undefined;
        this.#news = false;
        resolve(more && !this.#closed);
      };
      const stop = this.#options.clock.after(LOOK_MS, () => done(false));
      this.#wake = () => done(true);
      if (this.#news || this.#closed) done(true);
    });
  }
}

const REFUSES = 'it refuses';

/** A new session may mend these. */
const PASSING: ReadonlySet<string> = new Set(['session', 'place', 'failed']);

function doesLast(error: unknown): boolean {
  return error instanceof MirrorAhead || (error instanceof MirrorRefused && !PASSING.has(error.reason));
}
