import { checkOperation } from '../store/check-batch.ts';
import { StoreFailure } from '../store/store-failure.ts';
import type { Applied, Batch, Gap, Operation, Reply, Shard, Store } from '../store/store.ts';
import { jittered, pause, type Clock } from './clock.ts';
import { answer, giveBack, LinkCalls, type LinkCall, type PendingClaim } from './link-calls.ts';
import { LinkQueue } from './link-queue.ts';
import { LinkWaiters } from './link-waiters.ts';
import { ShardPlace } from './shard-place.ts';
import { noteTokens, type TokenFloor } from './token-floor.ts';

/**
 * The one line to one shard: operations gather while a call is on its way, and go together in the next. Only when a call's worth
 * of them has gathered does a second one follow the first, so that the store need not wait for us nor we for it. What would be
 * worth two calls goes in two halves: those who wait for one answer come back together, and would be one crowd for ever. Answers
 * are taken in the order of the calls. The link knows how far the shard has seen this scheduler's journal, notices when the store
 * has forgotten something, and asks for a replay.
 *
 * States: `up`; `lost` after a failure or with a new connection, until the shard's position is known; `replaying` until what it
 * has forgotten is there again. Outside `up` questions are refused (`StoreFailure`), and submissions are answered `journaled`:
 * the replay brings them.
 */
export interface LinkContext {
  readonly scheduler: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly tokens: TokenFloor;
  /** So many operations that wait are worth a call of their own before the last one is answered. */
  readonly callWorth: number;
  /**
   * Holds the shard until all schedulers have seen what it has lost, and brings to it what the journal has above `position`.
   * Returns the LSN that the shard is at afterwards.
   */
  readonly replay: (link: ShardLink, position: number) => Promise<number>;
  /** Claims to put into the batch that leaves now, as far as there is room. */
  readonly claims: (link: ShardLink, operations: readonly Operation[], room: number) => readonly PendingClaim[];
  readonly applied: (link: ShardLink, applied: Applied) => void;
  readonly state: (link: ShardLink, state: LinkState) => void;
  /** The shard has done these, as it turns out when it is up again: the answers were lost, and those who asked were refused. */
  readonly unheard: (link: ShardLink, operations: readonly Operation[]) => void;
  readonly timed: (operations: readonly Operation[], seconds: number) => void;
}

export type LinkState = 'up' | 'lost' | 'replaying';

/** The first attempt of a life comes before its connection, which is there some milliseconds later. */
const RETRY_MS = 25;
const RETRY_DOUBLINGS = 6;

export class ShardLink {
  readonly shard: Shard;
  #context: LinkContext;
  #state: LinkState = 'lost';
  #queue = new LinkQueue();
  #calls = new LinkCalls();
  #waiters: LinkWaiters;
  #place: ShardPlace;
  #joins = 0;
  #failure: StoreFailure | undefined;
  #connection = -1;
  #wakes = false;
  /** Records that must be durable before the next call. */
  #waits = 0;
  #claimWanted = false;
  #closed = false;

  constructor(shard: Shard, newest: number, context: LinkContext) {
    this.shard = shard;
    this.#context = context;
    this.#waiters = new LinkWaiters(context.clock);
    this.#place = new ShardPlace(newest, Math.floor(context.clock.nowMs()));
  }

  get state(): LinkState {
    return this.#state;
  }

  /** How often it went up: what was seen before the last time may be forgotten. */
  get joins(): number {
    return this.#joins;
  }

  /** Why it was lost, until it is up again. */
  get failure(): StoreFailure | undefined {
    return this.#failure;
  }

  /** The largest beat of the shard that it has seen. */
  get beat(): number {
    return this.#place.beat;
  }

  /** Whether questions are taken. */
  get isUp(): boolean {
    return this.#state === 'up' && !this.#closed;
  }

  /** How many wait for it to be up. */
  get waiting(): number {
    return this.#waiters.count;
  }

  /** Newest record of the journal about this shard. */
  get newest(): number {
    return this.#place.newest;
  }

  /** Resolves when the link is up, rejects with a `StoreFailure` when it is not after so many milliseconds, or closed. */
  async up(ms: number): Promise<void> {
    const { clock } = this.#context;
    const until = clock.monotonicMs() + ms;
    while (!this.isUp) {
      const leftMs = until - clock.monotonicMs();
      if (this.#closed || leftMs <= 0) throw unavailable(this.#state);
      await this.#waiters.wait(leftMs);
    }
  }

  /**
   * Sends an operation that needs no journal. Rejects with a `StoreFailure` when the store does not answer, and with a `RangeError`
   * when the store does not take it: that is the end of one question, and not of all that would go with it.
   */
  ask(operation: Operation): Promise<Reply> {
    // Nothing leaves a link that is closed: what is asked of it would wait for ever.
    if (!this.isUp) return Promise.reject(unavailable(this.#state));
    try {
      checkOperation(operation);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#enqueue(operation) as Promise<Reply>;
  }

  /**
   * Sends what record `lsn` says; to be called in the order of the records, at once after each was appended. With `durable` nothing
   * is sent to the shard before that: what it says must not be known to anybody whose record may be lost.
   */
  submit(operation: Operation, lsn: number, durable?: Promise<void>): Promise<Reply | 'journaled'> {
    this.#place.recorded(lsn);
    // The replay goes up to the newest record at its beginning; what comes later waits for its end.
    if (this.#state === 'lost' || this.#closed) return Promise.resolve('journaled');
    if (durable !== undefined) void this.#wait(durable);
    return this.#enqueue(operation, lsn);
  }

  /** Record `lsn` says what the shard knows already. */
  recorded(lsn: number): void {
    this.#place.recorded(lsn);
  }

  /** Somebody waits for work, and there may be some. */
  wantClaim(): void {
    this.#claimWanted = true;
    this.#wake();
  }

  /** Learns where the shard is, replays what it lacks, and goes up. To be called once. */
  open(): void {
    void this.#recover();
  }

  /** Resolves when nothing waits any more, or the store is away. */
  async idle(): Promise<void> {
    while (this.#state === 'up' && (this.#wakes || this.#calls.count > 0 || this.#queue.length > 0))
      await pause(this.#context.clock, 5);
  }

  close(): void {
    this.#closed = true;
    this.#refuseAll();
    this.#waiters.tell();
  }

  /** A batch of the replay; the shard moves from `prevLsn` to `lsn`. */
  async replayBatch(operations: readonly Operation[], prevLsn: number, lsn: number): Promise<Applied> {
    const batch = this.#batch(operations, prevLsn, lsn);
    this.#place.sent(batch);
    const applied = await this.#apply(batch);
    if (applied.kind === 'gap') throw new StoreFailure('unavailable', 'the store was lost again during the replay');
    this.#place.movedTo(lsn);
    return applied;
  }

  async #wait(durable: Promise<void>): Promise<void> {
    this.#waits += 1;
    await durable;
    this.#waits -= 1;
    this.#wake();
  }

  #enqueue(operation: Operation, lsn?: number): Promise<Reply | 'journaled'> {
    const answered = this.#queue.put(operation, lsn);
    this.#wake();
    return answered;
  }

  #wake(): void {
    if (this.#wakes || !this.#mayCall()) return;
    this.#wakes = true;
    // What arrives together goes together; so does what the answer to one batch sets off.
    this.#context.clock.soon(() => {
      this.#wakes = false;
      if (this.#mayCall()) this.#call();
    });
  }

  #mayCall(): boolean {
    if (this.#state !== 'up' || this.#closed || this.#waits > 0) return false;
    return this.#calls.hasRoom(this.#queue.length >= this.#context.callWorth);
  }

  #call(): void {
    if (this.#context.store.connections() !== this.#connection) {
      this.#failure = new StoreFailure('unavailable', 'its connection was lost, and is there again');
      this.#lose();
      return;
    }
    const call = this.#nextCall();
    if (call === undefined) return;
    this.#calls.add(this.#answered(call, this.#calls.last), () => {
      if (this.#queue.length > 0 || this.#claimWanted) this.#wake();
    });
    if (this.#mayCall()) this.#call();
  }

  /** With what waits, if anything does. */
  #nextCall(): LinkCall | undefined {
    const { claims, callWorth } = this.#context;
    this.#claimWanted = false;
    const { taken, room } = this.#queue.take(this.#calls.count === 0 ? 2 * callWorth : Infinity);
    const asked = taken.map(({ operation }) => operation);
    const pending = claims(this, asked, room);
    if (taken.length === 0 && pending.length === 0) return undefined;
    const operations = [...asked, ...pending.map(({ operation }) => operation)];
    const batch = this.#batch(operations, this.#place.position, this.#place.upTo(this.#queue.nextLsn));
    this.#place.movedTo(batch.lsn);
    this.#place.sent(batch);
    return { batch, taken, pending };
  }

  async #answered(call: LinkCall, before: Promise<void> | undefined): Promise<void> {
    const applied = await this.#apply(call.batch).catch((error: unknown) => asFailure(error));
    if (before !== undefined) await before;
    if (applied instanceof StoreFailure || applied.kind === 'gap') {
      this.#failed(call, applied);
      return;
    }
    const allowed = noteTokens(this.#context.tokens, applied.replies);
    if (allowed !== undefined) await allowed;
    answer(call, applied);
    this.#context.applied(this, applied);
  }

  #failed(call: LinkCall, why: Gap | StoreFailure): void {
    this.#calls.failed(call, why);
    this.#queue.putBack(call.taken);
    // The call before it may have found that out.
    if (this.#state === 'up') {
      this.#failure = why instanceof StoreFailure ? why : new StoreFailure('unavailable', FORGOTTEN);
      this.#lose();
    } else this.#refuseAll();
  }

  #lose(): void {
    this.#setState('lost');
    this.#refuseAll();
    void this.#recover();
  }

  #refuseAll(): void {
    this.#queue.refuse(() => unavailable('lost'));
  }

  async #recover(): Promise<void> {
    for (let attempt = 0; !this.#closed; attempt += 1) {
      try {
        await this.#catchUp();
        this.#joins += 1;
        this.#failure = undefined;
        this.#setState('up');
        this.#wake();
        const done = this.#calls.takeDone();
        if (done.length > 0) this.#context.unheard(this, done);
        return;
      } catch (error) {
        this.#failure = asFailure(error);
        if (this.#state !== 'lost') this.#setState('lost');
        this.#refuseAll();
        await pause(
          this.#context.clock,
          jittered(this.#context.clock, RETRY_MS * 2 ** Math.min(attempt, RETRY_DOUBLINGS)),
        );
      }
    }
  }

  async #catchUp(): Promise<void> {
    // What is still on its way may be applied, and moves the shard.
    if (this.#calls.count > 0) await this.#calls.ended();
    this.#connection = this.#context.store.connections();
    const probe = await this.#apply(this.#batch([], -1, 0));
    if (probe.kind !== 'gap') throw new Error('a shard was at a position that cannot be');
    this.#calls.hadUpTo(probe.number);
    this.#place.learn(probe);
    this.#setState('replaying');
    // Also when nothing of this scheduler's is missing: another one's may be, and it may be away.
    this.#place.movedTo(await this.#context.replay(this, probe.position));
    await this.#giveBackUnheard();
  }

  /** What lost answers had handed out goes back: nobody waits for it any more. */
  async #giveBackUnheard(): Promise<void> {
    const numbers = this.#calls.unheard;
    if (numbers.length === 0) return;
    const { position } = this.#place;
    await giveBack(numbers, this.#context.tokens, (operations) => this.replayBatch(operations, position, position));
    this.#calls.heard();
  }

  #batch(operations: readonly Operation[], prevLsn: number, lsn: number): Batch {
    const { scheduler, tokens } = this.#context;
    return { scheduler, ...this.#place.header(), tokenFloor: tokens.value, prevLsn, lsn, operations };
  }

  async #apply(batch: Batch): Promise<Applied | Gap> {
    const { store, clock, timed } = this.#context;
    const begun = clock.monotonicMs();
    const applied = await store.apply(this.shard, batch);
    timed(batch.operations, (clock.monotonicMs() - begun) / 1000);
    if (applied.kind === 'applied') this.#place.answered(applied);
    return applied;
  }

  #setState(state: LinkState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#context.state(this, state);
    if (state === 'up') this.#waiters.tell();
  }
}

const FORGOTTEN = 'it has forgotten what it was told: it was emptied or begun anew, or some of its keys are gone';

function unavailable(state: LinkState): StoreFailure {
  return new StoreFailure('unavailable', state === 'replaying' ? 'the store is being rebuilt' : 'the store is away');
}

/** Anything else is our bug, and not to be retried. */
function asFailure(error: unknown): StoreFailure {
  if (error instanceof StoreFailure) return error;
  throw error;
}
