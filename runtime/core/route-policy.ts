import type { Priority } from '../../spec/contract/task.ts';
import type { StartRate } from './start-rate.ts';

/** What the store enforces of a route, whatever the number of its builds. All limits hold in one shard. */
export interface RoutePolicy {
  /** As in `lane.ts`. */
  readonly route: number;
  /** Most tasks running at once. */
  readonly inFlight?: number;
  /** Most tasks that start in `perMs`: a burst of `count`, then evenly. See `start-rate.ts`. */
  readonly rate?: StartRate;
  /** Most tasks with one key: running (`queue`: the others are held), or open (`reject`: the others are refused). */
  readonly perKey?: { readonly max: number; readonly onFull: 'queue' | 'reject' };
  /** Most tasks waiting; one more is refused, or takes the place of a less urgent one. */
  readonly depth: { readonly max: number; readonly onFull: 'reject' | 'shed-lowest' };
  /** A waiting task rises by one priority after each `everyMs`, up to `max`. */
  readonly aging?: { readonly everyMs: number; readonly max: Priority };
  /** A task waits `spillAfterMs` for the agent its key is bound to; `hard` then binds the key to the agent that takes it. */
  readonly affinity?: { readonly mode: 'soft' | 'hard'; readonly holdMs: number; readonly spillAfterMs: number };
}

/** Bounds of one shard. */
export interface ShardSettings {
  /** Ended tasks and their results are kept this long; repeated submissions are known that long. */
  readonly finishedMs: number;
  readonly finishedMax: number;
  /** Results in all; the oldest go first. */
  readonly resultBytesMax: number;
  readonly deadMax: number;
  /** This many crashes within the window make a task a dead letter. */
  readonly crashMax: number;
  readonly crashWindowMs: number;
}

const HOUR_MS = 3_600_000;

export const DEFAULT_SETTINGS: ShardSettings = {
  finishedMs: 24 * HOUR_MS,
  finishedMax: 1_000_000,
  resultBytesMax: 268_435_456,
  deadMax: 100_000,
  crashMax: 3,
  crashWindowMs: 72 * HOUR_MS,
};
