/**
 * How many calls of one push fleet are made at once: at first as many as its `slots`, one more after each full round that went well,
 * half after each that was not taken. A fleet that was away is called as often as before when it is back: that nobody was there says
 * nothing of what it bears.
 */
export interface Limit {
  slots: number;
  /** How many calls have gone well since `slots` was changed. */
  good: number;
  /** What it was when somebody was there last; absent while somebody is. */
  before?: number;
  /** There is room for more. */
  readonly grown: () => void;
}

const SLOTS_MAX = 1000;

/** A call has gone well. */
export function grow(limit: Limit): void {
  limit.good += 1;
  const before = limit.before ?? 0;
  delete limit.before;
  if (before > limit.slots) setSlots(limit, before);
  else if (limit.good >= limit.slots) setSlots(limit, Math.min(SLOTS_MAX, limit.slots + 1));
  else return;
  limit.grown();
}

/** The fleet says that it has enough. */
export function halve(limit: Limit): void {
  delete limit.before;
  setSlots(limit, Math.max(1, limit.slots / 2));
}

/** Nobody was there. Whether it is news. */
export function miss(limit: Limit): boolean {
  const before = limit.before ?? limit.slots;
  const isNews = limit.before === undefined;
  halve(limit);
  limit.before = before;
  return isNews;
}

/** As the table says now. */
export function begin(limit: Limit, slots: number): void {
  delete limit.before;
  setSlots(limit, slots);
}

function setSlots(limit: Limit, slots: number): void {
  limit.slots = slots;
  limit.good = 0;
}
