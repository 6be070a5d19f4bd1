import type { StoreFailure } from '../store/store-failure.ts';
import { OPERATIONS_MAX, type Operation, type Reply } from '../store/store.ts';

/** An operation and who waits for its answer. `lsn`: the record of the journal that says it, if one does. */
export interface Waiting {
  readonly operation: Operation;
  readonly lsn: number | undefined;
  readonly resolve: (reply: Reply | 'journaled') => void;
  readonly reject: (error: StoreFailure) => void;
}

/** What waits to go to one shard, in the order in which it came. */
export class LinkQueue {
  #waiting: Waiting[] = [];

  get length(): number {
    return this.#waiting.length;
  }

  put(operation: Operation, lsn?: number): Promise<Reply | 'journaled'> {
    return new Promise((resolve, reject) => this.#waiting.push({ operation, lsn, resolve, reject }));
  }

  /**
   * What goes into the next call, the oldest first, and how many claims have room there. Only half goes of what is worth two
   * calls: of `worthTwo` and more.
   */
  take(worthTwo: number): { readonly taken: readonly Waiting[]; readonly room: number } {
    const waiting = this.#waiting.length;
    const isHalf = waiting >= worthTwo;
    const taken = this.#waiting.splice(0, Math.min(isHalf ? waiting >> 1 : waiting, OPERATIONS_MAX - CLAIM_ROOM));
    return { taken, room: isHalf ? Math.min(taken.length, CLAIM_ROOM) : OPERATIONS_MAX - taken.length };
  }

  /** What was taken, and did not go. */
  putBack(taken: readonly Waiting[]): void {
    this.#waiting.unshift(...taken);
  }

  /** The oldest record of the journal that waits. */
  get nextLsn(): number | undefined {
    return this.#waiting.find(({ lsn }) => lsn !== undefined)?.lsn;
  }

  /** Nothing waits any more: questions are refused, and what a record says is brought by the replay. */
  refuse(failure: () => StoreFailure): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { lsn, resolve, reject } of waiting) {
      if (lsn === undefined) reject(failure());
      else resolve('journaled');
    }
  }
}

/** Operations of a batch that are left to claims. */
const CLAIM_ROOM = 64;
