import { StoreFailure } from '../store/store-failure.ts';
import type { Applied, Batch, Gap, Operation, Reply } from '../store/store.ts';
import type { Waiting } from './link-queue.ts';
import type { TokenFloor } from './token-floor.ts';

/** A claim and who waits for it. `lost`: whether anything was handed out is not known. */
export interface PendingClaim {
  readonly operation: Extract<Operation, { op: 'claim' }>;
  readonly done: (reply: Extract<Reply, { kind: 'claims' }>) => void;
  readonly lost: () => void;
}

/** What goes to a shard at once, and who waits for which part of the answer: first those of `taken`, then those of `pending`. */
export interface LinkCall {
  readonly batch: Batch;
  readonly taken: readonly Waiting[];
  readonly pending: readonly PendingClaim[];
}

/**
 * The calls to one shard that are under way, and what nobody has heard of those whose answers were lost: what the shard has done,
 * which it says when it says which batch was its last, and what it has handed out to their claims, which it must be asked.
 */
export class LinkCalls {
  /** The oldest first; at most `CALLS_MAX`. */
  #underWay: Promise<void>[] = [];
  /** Batches whose answers were lost, until the shard says whether it had them; and what it had done. */
  #unanswered: Batch[] = [];
  #done: readonly Operation[] = [];
  /** Numbers of the batches with claims whose answers were lost. */
  #unheard: readonly number[] = [];

  get count(): number {
    return this.#underWay.length;
  }

  /** Whether another one may go. One is under way as a rule: what is asked meanwhile costs less together. */
  hasRoom(isWorthOne: boolean): boolean {
    return this.#underWay.length === 0 || (this.#underWay.length < CALLS_MAX && isWorthOne);
  }

  /** The one before the next: answers are taken in the order of the calls. */
  get last(): Promise<void> | undefined {
    return this.#underWay.at(-1);
  }

  add(turn: Promise<void>, ended: () => void): void {
    const call = turn.finally(() => {
      this.#underWay = this.#underWay.filter((other) => other !== call);
      ended();
    });
    this.#underWay.push(call);
  }

  /** Resolves when none of those that are under way now is any more. */
  ended(): Promise<unknown> {
    return Promise.all(this.#underWay);
  }

  /** A refused batch has changed nothing; after a failure nobody knows. */
  failed({ batch, pending }: LinkCall, answer: Gap | StoreFailure): void {
    if (answer instanceof StoreFailure && pending.length > 0) this.#unheard = [...this.#unheard, batch.number];
    if (answer instanceof StoreFailure) this.#unanswered.push(batch);
    for (const { lost } of pending) lost();
  }

  /** The last batch that the shard had is `number`: it has done those up to there, and none of the others. */
  hadUpTo(number: number): void {
    const had = this.#unanswered.filter((batch) => batch.number <= number);
    this.#unanswered = [];
    this.#done = [...this.#done, ...had.flatMap(({ operations }) => operations)];
  }

  /** What was done, and its answer lost; it is named once. */
  takeDone(): readonly Operation[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }

  /** Numbers of the batches whose claims nobody has heard of; until `heard`. */
  get unheard(): readonly number[] {
    return this.#unheard;
  }

  heard(): void {
    this.#unheard = [];
  }
}

/** Tells everybody who waits for a part of the answer. */
export function answer({ taken, pending }: LinkCall, { replies }: Applied): void {
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

/** What these batches have handed out goes back, as claims that nobody waits for. */
export async function giveBack(
  numbers: readonly number[],
  tokens: TokenFloor,
  apply: (operations: readonly Operation[]) => Promise<Applied>,
): Promise<void> {
  const { replies } = await apply(numbers.map((number) => ({ op: 'claimed', number })));
  const claims = replies.flatMap((reply) => (reply.kind === 'claims' ? reply.claims : []));
  const back = claims.map(({ record }) => {
    const { id, token } = record;
    return { op: 'fail', id, token, then: 'release', delayMs: 0, reason: 'unheard', result: '' } as const;
  });
  for (const { record } of claims) tokens.raise(record.token);
  if (back.length > 0) await apply(back);
}

const CALLS_MAX = 2;
