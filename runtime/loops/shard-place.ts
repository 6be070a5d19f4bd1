import type { Applied, Batch, Gap } from '../store/store.ts';

/** What every batch to a shard says besides its operations and the records that it stands for. */
export type BatchHeader = Pick<Batch, 'number' | 'after' | 'beat'>;

/** Where a shard is, as its link knows it: how far in this scheduler's journal, after which batch, and how much it has done. */
export class ShardPlace {
  #position = -1;
  #after = 0;
  #newest: number;
  #beat = 0;
  #number: number;

  /** `number`: above those of this scheduler's last life, so that `claimed` never answers for that one. */
  constructor(newest: number, number: number) {
    this.#newest = newest;
    this.#number = number;
  }

  /** The record that the shard is at after the calls that are under way. */
  get position(): number {
    return this.#position;
  }

  /** Newest record of the journal about this shard. */
  get newest(): number {
    return this.#newest;
  }

  /** The largest beat of the shard that was seen. */
  get beat(): number {
    return this.#beat;
  }

  /** A record of the journal is about this shard. */
  recorded(lsn: number): void {
    this.#newest = Math.max(this.#newest, lsn);
  }

  /** Where a batch takes it: before the next record that waits, else to the newest. */
  upTo(nextLsn: number | undefined): number {
    return Math.max(this.#position, nextLsn === undefined ? this.#newest : nextLsn - 1);
  }

  header(): BatchHeader {
    this.#number += 1;
    return { number: this.#number, after: this.#after, beat: this.#beat };
  }

  /** The next batch comes after this one, whatever becomes of it. */
  sent({ number }: BatchHeader): void {
    this.#after = number;
  }

  movedTo(position: number): void {
    this.#position = position;
  }

  answered({ beat }: Applied): void {
    this.#beat = Math.max(this.#beat, beat);
  }

  /** The shard says where it is. */
  learn({ position, number, beat }: Gap): void {
    this.#position = position;
    this.#after = number;
    // No two batches that the shard may know have the same number.
    this.#number = Math.max(this.#number, number);
    this.#beat = beat;
    // The journal lost what the store has seen of it: go on above.
    this.recorded(position);
  }
}
