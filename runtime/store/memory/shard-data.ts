import { DEFAULT_SETTINGS, type RoutePolicy, type ShardSettings } from '../../core/route-policy.ts';
import type { Row } from '../row.ts';
import { SortedSet } from './sorted-set.ts';

/**
 * One shard in memory. The letters are the keys of `dragonfly/apply.lua`, so that the two can be read side by side and
 * compared key by key.
 */
export interface ShardData {
  /** Ready: `<tag>:<id>` by lane. */
  readonly q: SortedSet;
  /** When the shard must look at a task again: id by time. */
  readonly d: SortedSet;
  /** Held: `<what for> <tag>:<id>`, all scores 0. */
  readonly w: SortedSet;
  /** Open tasks: id by lane, and by `RUNNING + lane` while they run. */
  readonly i: SortedSet;
  /** Tasks that count for their key, `<route>:<key> <id>`, and runs of an affinity, `a:<affinity key> <agent> <id>`; all scores 0. */
  readonly j: SortedSet;
  /** Finish tag by `<flow>:<priority>`. */
  readonly t: SortedSet;
  /** Ended tasks by time. */
  readonly z: SortedSet;
  /** Dead letters by time. */
  readonly x: SortedSet;
  /** When a name in `e` is forgotten. */
  readonly u: SortedSet;
  /** Records. */
  readonly o: Map<string, Row>;
  /** Bodies. */
  readonly b: Map<string, string>;
  /** Results. */
  readonly r: Map<string, string>;
  /** `d:<dedupe key>` to an id, `a:<affinity key>` to an agent, `n:<id>` to how it stands, `x:<switch>` to when it was cleared. */
  readonly e: Map<string, string>;
  /** Switches: `<value>`, or `<when it was said>|<value>`. */
  readonly s: Map<string, string>;
  /** What schedulers know of agents: `<when it was written>|<by which>|<note>`. */
  readonly a: Map<string, string>;
  /** Agents in the order in which they were written down. */
  readonly l: SortedSet;
  readonly m: ShardMeta;
}

interface ShardMeta {
  /** Tag of the task that started last. */
  v: number;
  /** The largest token. */
  token: number;
  /** Of all results. */
  bytes: number;
  revision: string;
  holdUntilMs: number;
  settings: ShardSettings;
  policies: ReadonlyMap<number, RoutePolicy>;
  /** State of `core/start-rate.ts` by route. */
  readonly rates: Map<number, number>;
  /** By scheduler. */
  readonly positions: Map<string, number>;
  /** Of the last batch, by scheduler. */
  readonly numbers: Map<string, number>;
  /** Words on tasks that are not there yet: at least as many are kept as names; absent before the first. */
  words?: number;
  /** Batches applied. */
  beat: number;
  /** Number of the last hold. */
  era: number;
  /** The hold for which a scheduler has replayed last. */
  readonly ended: Map<string, number>;
  /** The beat of which a scheduler has said last that it lacked nothing. */
  readonly present: Map<string, number>;
  /** What each scheduler's last two batches with claims handed out, by `claimedBy`. */
  readonly claimed: Map<string, { readonly number: number; readonly leases: readonly Lease[] }>;
}

/** Two batches of a scheduler may be under way, with numbers that follow one another. */
export function claimedBy(scheduler: string, number: number): string {
  return `c${number % 2}:${scheduler}`;
}

export interface Lease {
  readonly id: string;
  readonly token: number;
}

/** Above every lane: the score of a running task is this and its lane. */
export const RUNNING = 2 ** 46;
/** Lanes of one route: see `core/lane.ts`. */
export const ROUTE_LANES = 2 ** 20;

export function emptyShard(): ShardData {
  return {
    q: new SortedSet(),
    d: new SortedSet(),
    w: new SortedSet(),
    i: new SortedSet(),
    j: new SortedSet(),
    t: new SortedSet(),
    z: new SortedSet(),
    x: new SortedSet(),
    u: new SortedSet(),
    o: new Map(),
    b: new Map(),
    r: new Map(),
    e: new Map(),
    s: new Map(),
    a: new Map(),
    l: new SortedSet(),
    m: {
      v: 0,
      token: 0,
      bytes: 0,
      revision: '',
      holdUntilMs: 0,
      settings: DEFAULT_SETTINGS,
      policies: new Map(),
      rates: new Map(),
      positions: new Map(),
      numbers: new Map(),
      beat: 0,
      era: 0,
      ended: new Map(),
      present: new Map(),
      claimed: new Map(),
    },
  };
}

/** A copy that shares nothing that changes: a snapshot. */
export function cloneShard(data: ShardData): ShardData {
  const { m } = data;
  return {
    q: data.q.clone(),
    d: data.d.clone(),
    w: data.w.clone(),
    i: data.i.clone(),
    j: data.j.clone(),
    t: data.t.clone(),
    z: data.z.clone(),
    x: data.x.clone(),
    u: data.u.clone(),
    o: new Map([...data.o].map(([id, row]) => [id, { ...row }])),
    b: new Map(data.b),
    r: new Map(data.r),
    e: new Map(data.e),
    s: new Map(data.s),
    a: new Map(data.a),
    l: data.l.clone(),
    m: {
      ...m,
      rates: new Map(m.rates),
      positions: new Map(m.positions),
      numbers: new Map(m.numbers),
      ended: new Map(m.ended),
      present: new Map(m.present),
      claimed: new Map(m.claimed),
    },
  };
}
