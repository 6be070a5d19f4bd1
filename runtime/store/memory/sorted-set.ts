/** A member with its score; the order is by score, then by member in code units (as bytes, for ASCII members). */
interface Entry {
  readonly member: string;
  readonly score: number;
}

const BLOCK_MAX = 512;

/**
 * A sorted set as the store's servers have it: one score for each member, found by score, by rank and, among equal scores, by
 * a stretch of members. Kept as blocks of at most 512 entries in order, so that adding and removing move little.
 */
export class SortedSet {
  #scores = new Map<string, number>();
  #blocks: Entry[][] = [];

  get size(): number {
    return this.#scores.size;
  }

  score(member: string): number | undefined {
    return this.#scores.get(member);
  }

  add(member: string, score: number): void {
    const old = this.#scores.get(member);
    if (old === score) return;
    if (old !== undefined) this.#take({ member, score: old });
    this.#scores.set(member, score);
    this.#put({ member, score });
  }

  remove(member: string): void {
    const score = this.#scores.get(member);
    if (score === undefined) return;
    this.#scores.delete(member);
    this.#take({ member, score });
  }

  /** Members with a score from `min` to `max`. */
  count(min: number, max: number): number {
    return this.#rank(max, '', true) - this.#rank(min, '');
  }

  /** At most `limit` members with a score from `min` to `max`, in order, after leaving out `offset`. */
  range(min: number, max: number, offset: number, limit: number): string[] {
    const start = this.#rank(min, '') + offset;
    const end = Math.min(this.#rank(max, '', true), start + limit);
    return this.#slice(start, end);
  }

  /** The same from the end. */
  rangeReverse(min: number, max: number, offset: number, limit: number): string[] {
    const end = this.#rank(max, '', true) - offset;
    const start = Math.max(this.#rank(min, ''), end - limit);
    return end <= start ? [] : this.#slice(start, end).reverse();
  }

  /** At most `limit` members from `from` to before `to`, in a set whose scores are all 0. */
  lexRange(from: string, to: string, limit: number): string[] {
    const start = this.#rank(0, from);
    return this.#slice(start, Math.min(this.#rank(0, to), start + limit));
  }

  lexCount(from: string, to: string): number {
    return this.#rank(0, to) - this.#rank(0, from);
  }

  /** How many come before a member that is there. */
  rank(member: string): number {
    return this.#rank(this.#scores.get(member) ?? 0, member);
  }

  clone(): SortedSet {
    const copy = new SortedSet();
    copy.#scores = new Map(this.#scores);
    copy.#blocks = this.#blocks.map((block) => [...block]);
    return copy;
  }

  entries(): readonly Entry[] {
    return this.#blocks.flat();
  }

  #put(entry: Entry): void {
    const at = Math.min(this.#blockOf(entry), Math.max(0, this.#blocks.length - 1));
    const block = this.#blocks[at];
    if (block === undefined) {
      this.#blocks.push([entry]);
      return;
    }
    block.splice(lowerBound(block, entry), 0, entry);
    if (block.length > BLOCK_MAX) this.#blocks.splice(at + 1, 0, block.splice(BLOCK_MAX / 2));
  }

  #take(entry: Entry): void {
    const at = this.#blockOf(entry);
    const block = this.#blocks[at];
    block?.splice(lowerBound(block, entry), 1);
    if (block?.length === 0) this.#blocks.splice(at, 1);
  }

  /** The first block whose last entry is not before the entry; one past the end when there is none. */
  #blockOf(entry: Entry): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const last = this.#blocks[middle]?.at(-1);
      if (last !== undefined && before(last, entry)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** How many entries come before a score and member; with `after`, before everything above the score. */
  #rank(score: number, member: string, after = false): number {
    const entry = after ? { score: nextAbove(score), member: '' } : { score, member };
    const at = this.#blockOf(entry);
    let rank = 0;
    for (let index = 0; index < at; index += 1) rank += this.#blocks[index]?.length ?? 0;
    const block = this.#blocks[at];
    return block === undefined ? rank : rank + lowerBound(block, entry);
  }

  #slice(start: number, end: number): string[] {
    const found: string[] = [];
    let skipped = 0;
    for (const block of this.#blocks) {
      if (skipped >= end) break;
      const from = Math.max(0, start - skipped);
      for (let index = from; index < block.length && skipped + index < end; index += 1) {
        const entry = block[index];
        if (entry !== undefined) found.push(entry.member);
      }
      skipped += block.length;
    }
    return found;
  }
}

function before(left: Entry, right: Entry): boolean {
  return left.score < right.score || (left.score === right.score && left.member < right.member);
}

function lowerBound(block: readonly Entry[], entry: Entry): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const one = block[middle];
    if (one !== undefined && before(one, entry)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Scores are whole numbers; `Infinity` is its own. */
function nextAbove(score: number): number {
  return score + 0.5;
}
