import { checkOperation } from '../store/check-batch.ts';
import { StoreFailure } from '../store/store-failure.ts';
import {
  OPERATIONS_MAX,
  type Applied,
  type Batch,
  type Gap,
  type Operation,
  type Reply,
  type Shard,
  type Store,
} from '../store/store.ts';
import { jittered, pause, type Clock } from './clock.ts';
import { LinkWaiters } from './link-waiters.ts';
import type { TokenFloor } from './token-floor.ts';

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

/** A claim and who waits for it. `lost`: whether anything was handed out is not known. */
export interface PendingClaim {
  readonly operation: Extract<Operation, { op: 'claim' }>;
  readonly done: (reply: Extract<Reply, { kind: 'claims' }>) => void;
  readonly lost: () => void;
}

interface Waiting {
  readonly operation: Operation;
  readonly lsn: number | undefined;
  readonly resolve: (reply: Reply | 'journaled') => void;
  readonly reject: (error: StoreFailure) => void;
}

/** The first attempt of a life comes before its connection, which is there some milliseconds later. */
const RETRY_MS = 25;
const RETRY_DOUBLINGS = 6;

export class ShardLink {
  readonly shard: Shard;
  #context: LinkContext;
  #state: LinkState = 'lost';
  #queue: Waiting[] = [];
  /** Where the shard is after the calls that are on their way, and the number of the last of them. */
  #position = -1;
  #after = 0;
  /** Newest record of the journal about this shard. */
  #newest: number;
  #beat = 0;
  #joins = 0;
  #number: number;
  /** Batches whose answers were lost, until the shard says whether it had them; and what it had done. */
  #unanswered: { readonly number: number; readonly operations: readonly Operation[] }[] = [];
  #done: readonly Operation[] = [];
  /** Numbers of the batches with claims whose answers were lost. */
  #unheard: number[] = [];
  #connection = -1;
  /** Calls on their way, the oldest first; at most `CALLS_MAX`. */
  #calls: Promise<void>[] = [];
  #wakes = false;
  /** Records that must be durable before the next call. */
  #waits = 0;
  #claimWanted = false;
  #closed = false;
  #waiters: LinkWaiters;

  constructor(shard: Shard, newest: number, context: LinkContext) {
    this.shard = shard;
    this.#newest = newest;
    this.#context = context;
    this.#waiters = new LinkWaiters(context.clock);
    // Above those of this scheduler's last life, so that `claimed` never answers for that one.
    this.#number = Math.floor(context.clock.nowMs());
  }

  get state(): LinkState {
    return this.#state;
  }

  /** How often it went up: what was seen before the last time may be forgotten. */
  get joins(): number {
    return this.#joins;
  }

  /** The largest beat of the shard that it has seen. */
  get beat(): number {
    return this.#beat;
  }

  get queued(): number {
    return this.#queue.length;
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
    return this.#newest;
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
    this.#newest = Math.max(this.#newest, lsn);
    // The replay goes up to the newest record at its beginning; what comes later waits for its end.
    if (this.#state === 'lost' || this.#closed) return Promise.resolve('journaled');
    if (durable !== undefined) void this.#wait(durable);
    return this.#enqueue(operation, lsn);
  }

  /** Record `lsn` says what the shard knows already. */
  recorded(lsn: number): void {
    this.#newest = Math.max(this.#newest, lsn);
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
    while (this.#state === 'up' && (this.#wakes || this.#calls.length > 0 || this.#queue.length > 0))
      await pause(this.#context.clock, 5);
  }

  close(): void {
    this.#closed = true;
    this.#refuseAll();
    this.#waiters.tell();
  }

  /** A batch of the replay; the shard moves from `prevLsn` to `lsn`. */
  async replayBatch(operations: readonly Operation[], prevLsn: number, lsn: number): Promise<Applied> {
    const batch = { ...this.#header(), prevLsn, lsn, operations };
    this.#after = batch.number;
    const answer = await this.#apply(batch);
    if (answer.kind === 'gap') throw new StoreFailure('unavailable', 'the store was lost again during the replay');
    this.#position = lsn;
    return answer;
  }

  async #wait(durable: Promise<void>): Promise<void> {
    this.#waits += 1;
    await durable;
    this.#waits -= 1;
    this.#wake();
  }

  #enqueue(operation: Operation, lsn?: number): Promise<Reply | 'journaled'> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ operation, lsn, resolve, reject });
      this.#wake();
    });
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

  /** One call is on its way as a rule: what is asked meanwhile costs less together. */
  #mayCall(): boolean {
    if (this.#state !== 'up' || this.#closed || this.#waits > 0) return false;
    return (
      this.#calls.length === 0 || (this.#calls.length < CALLS_MAX && this.#queue.length >= this.#context.callWorth)
    );
  }

  #call(): void {
    if (this.#context.store.connections() !== this.#connection) {
      this.#lose();
      return;
    }
    const turn = this.#turn(this.#calls.at(-1));
    if (turn === undefined) return;
    const call = turn.finally(() => {
      this.#calls = this.#calls.filter((other) => other !== call);
      if (this.#queue.length > 0 || this.#claimWanted) this.#wake();
    });
    this.#calls.push(call);
    if (this.#mayCall()) this.#call();
  }

  /** Sends what waits, if anything does. */
  #turn(before: Promise<void> | undefined): Promise<void> | undefined {
    const { claims } = this.#context;
    this.#claimWanted = false;
    const waiting = this.#queue.length;
    const isHalf = this.#calls.length === 0 && waiting >= 2 * this.#context.callWorth;
    const taken = this.#queue.splice(0, Math.min(isHalf ? waiting >> 1 : waiting, OPERATIONS_MAX - CLAIM_ROOM));
    const asked = taken.map(({ operation }) => operation);
    const room = isHalf ? Math.min(asked.length, CLAIM_ROOM) : OPERATIONS_MAX - asked.length;
    const pending = claims(this, asked, room);
    if (taken.length === 0 && pending.length === 0) return;
    const batch: Batch = {
      ...this.#header(),
      prevLsn: this.#position,
      lsn: this.#nextPosition(),
      operations: [...asked, ...pending.map(({ operation }) => operation)],
    };
    this.#position = batch.lsn;
    this.#after = batch.number;
    return this.#answered(batch, taken, pending, before);
  }

  async #answered(
    batch: Batch,
    taken: readonly Waiting[],
    pending: readonly PendingClaim[],
    before: Promise<void> | undefined,
  ): Promise<void> {
    const answer = await this.#apply(batch).catch((error: unknown) => asFailure(error));
    if (before !== undefined) await before;
    if (answer instanceof StoreFailure || answer.kind === 'gap') {
      this.#failed(taken, pending, batch, answer);
      return;
    }
    const allowed = this.#noteTokens(answer);
    if (allowed !== undefined) await allowed;
    this.#deliver(taken, pending, answer);
    this.#context.applied(this, answer);
  }

  #deliver(taken: readonly Waiting[], pending: readonly PendingClaim[], { replies }: Applied): void {
    for (const [index, { resolve }] of taken.entries()) {
      const reply = replies[index];
      if (reply !== undefined) resolve(reply);
    }
    for (const [index, { done, lost }] of pending.entries()) {
      const reply = replies[taken.length + index];
      if (reply?.kind === 'claims') done(reply);
      else lost();
    }
  }

  #failed(taken: readonly Waiting[], pending: readonly PendingClaim[], batch: Batch, answer: Gap | StoreFailure): void {
    // A refused batch has changed nothing; after a failure nobody knows.
    if (answer instanceof StoreFailure && pending.length > 0) this.#unheard.push(batch.number);
    if (answer instanceof StoreFailure) this.#unanswered.push(batch);
    for (const { lost } of pending) lost();
    this.#queue.unshift(...taken);
    // The call before it may have found that out.
    if (this.#state === 'up') this.#lose();
    else this.#refuseAll();
  }

  /** The shard's place after this batch: before the next record that waits, else the newest. */
  #nextPosition(): number {
    const next = this.#queue.find(({ lsn }) => lsn !== undefined)?.lsn;
    return Math.max(this.#position, next === undefined ? this.#newest : next - 1);
  }

  #lose(): void {
    this.#setState('lost');
    this.#refuseAll();
    void this.#recover();
  }

  #refuseAll(): void {
    const waiting = this.#queue;
    this.#queue = [];
    for (const { lsn, resolve, reject } of waiting) {
      if (lsn === undefined) reject(unavailable('lost'));
      else resolve('journaled');
    }
  }

  async #recover(): Promise<void> {
    for (let attempt = 0; !this.#closed; attempt += 1) {
      try {
        await this.#catchUp();
        this.#joins += 1;
        this.#setState('up');
        this.#wake();
        this.#tellDone();
        return;
      } catch (error) {
        asFailure(error);
        if (this.#state !== 'lost') this.#setState('lost');
        this.#refuseAll();
        await pause(
          this.#context.clock,
          jittered(this.#context.clock, RETRY_MS * 2 ** Math.min(attempt, RETRY_DOUBLINGS)),
        );
      }
    }
  }

  #tellDone(): void {
    const done = this.#done;
    this.#done = [];
    if (done.length > 0) this.#context.unheard(this, done);
  }

  async #catchUp(): Promise<void> {
    // What is still on its way may be applied, and moves the shard.
    if (this.#calls.length > 0) await Promise.all(this.#calls);
    this.#connection = this.#context.store.connections();
    const probe = await this.#apply({ ...this.#header(), prevLsn: -1, lsn: 0, operations: [] });
    if (probe.kind !== 'gap') throw new Error('a shard was at a position that cannot be');
    const had = this.#unanswered.filter(({ number }) => number <= probe.number);
    this.#done = [...this.#done, ...had.flatMap(({ operations }) => operations)];
    this.#unanswered = [];
    this.#position = probe.position;
    this.#after = probe.number;
    // No two batches that the shard may know have the same number.
    this.#number = Math.max(this.#number, probe.number);
    this.#beat = probe.beat;
    // The journal lost what the store has seen of it: go on above.
    this.#newest = Math.max(this.#newest, probe.position);
    this.#setState('replaying');
    // Also when nothing of this scheduler's is missing: another one's may be, and it may be away.
    this.#position = await this.#context.replay(this, probe.position);
    await this.#collectUnheard();
  }

  /** What lost answers had handed out goes back: nobody waits for it any more. */
  async #collectUnheard(): Promise<void> {
    if (this.#unheard.length === 0) return;
    const asked = this.#unheard.map((number) => ({ op: 'claimed', number }) as const);
    const { replies } = await this.replayBatch(asked, this.#position, this.#position);
    const claims = replies.flatMap((reply) => (reply.kind === 'claims' ? reply.claims : []));
    const back = claims.map(({ record }) => {
      const { id, token } = record;
      return { op: 'fail', id, token, then: 'release', delayMs: 0, reason: 'unheard', result: '' } as const;
    });
    for (const claim of claims) this.#context.tokens.raise(claim.record.token);
    if (back.length > 0) await this.replayBatch(back, this.#position, this.#position);
    this.#unheard = [];
  }

  #header(): Omit<Batch, 'prevLsn' | 'lsn' | 'operations'> {
    this.#number += 1;
    const { scheduler, tokens } = this.#context;
    return { scheduler, number: this.#number, after: this.#after, tokenFloor: tokens.value, beat: this.#beat };
  }

  async #apply(batch: Batch): Promise<Applied | Gap> {
    const { store, clock, timed } = this.#context;
    const begun = clock.monotonicMs();
    const answer = await store.apply(this.shard, batch);
    timed(batch.operations, (clock.monotonicMs() - begun) / 1000);
    if (answer.kind === 'applied') this.#beat = Math.max(this.#beat, answer.beat);
    return answer;
  }

  /** What is to be waited for before the claims are handed out. */
  #noteTokens({ replies }: Applied): Promise<void> | undefined {
    const { tokens } = this.#context;
    let handedOut = 0;
    for (const reply of replies) {
      if (reply.kind === 'claims') for (const { record } of reply.claims) handedOut = Math.max(handedOut, record.token);
      // Another scheduler handed it out, perhaps in another shard. That of a success is what an agent has said it is.
      else if ('record' in reply && reply.record !== undefined && reply.record.state !== 'succeeded')
        tokens.raise(reply.record.token);
    }
    return handedOut === 0 ? undefined : tokens.allow(handedOut);
  }

  #setState(state: LinkState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#context.state(this, state);
    if (state === 'up') this.#waiters.tell();
  }
}

/** Operations of a batch that are left to claims. */
const CLAIM_ROOM = 64;
const CALLS_MAX = 2;

function unavailable(state: LinkState): StoreFailure {
  return new StoreFailure('unavailable', state === 'replaying' ? 'the store is being rebuilt' : 'the store is away');
}

/** Anything else is our bug, and not to be retried. */
function asFailure(error: unknown): StoreFailure {
  if (error instanceof StoreFailure) return error;
  throw error;
}
