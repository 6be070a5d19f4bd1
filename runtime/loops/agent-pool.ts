import type { Assignment } from '../../spec/contract/protocol.ts';
import type { AgentName } from '../core/scheduler.ts';
import { storeKey } from '../core/store-key.ts';

/**
 * The agents that talk to this scheduler, and those of them that wait for work. An agent is known by what its last poll said:
 * any scheduler can answer it, and none of them keeps anything of it that matters. Who talks to the others: see `roster.ts`.
 */
export interface Agent {
  readonly fleet: string;
  readonly name: string;
  /** As its fleet's shard knows it. */
  readonly id: string;
  build: string;
  slots: number;
  free: number;
  draining: boolean;
  /** It has registered, and not all schedulers may have forgotten yet that its last life drained. */
  isNew: boolean;
  seenMs: number;
  /** When it said hello last; 0 when it did so elsewhere. */
  bornMs: number;
  parked: Parked | undefined;
  /** Another scheduler has heard of it since. */
  isElsewhere: boolean;
  /** What the other schedulers were told of it, and as of when; absent when they are to be told. */
  told?: { readonly facts: string; readonly atMs: number };
}

/** An agent's poll that waits for work. */
export interface Parked {
  readonly agent: Agent;
  readonly sinceMs: number;
  readonly slots: number;
  readonly free: number;
  /** Claims of it that are under way. */
  asked: boolean;
  /** Called when a claim of it found nothing, or was lost. */
  readonly unserved?: () => void;
  /** Hands over what was claimed; nothing for an answer without work. */
  readonly answer: (tasks: readonly Assignment[]) => void;
}

export interface AgentPool {
  see(agent: AgentName, facts: { readonly build: string; readonly slots: number; readonly free: number }): Agent;
  get(agent: AgentName): Agent | undefined;
  touch(agent: AgentName): void;
  park(parked: Parked): void;
  /** Beside a poll that may wait as well: nobody takes its place, and it takes nobody's. */
  parkAside(parked: Parked): void;
  unpark(parked: Parked): void;
  isParked(parked: Parked): boolean;
  /** In the order in which they began to wait. */
  parked(fleet: string): ReadonlySet<Parked>;
  of(fleet: string): readonly Agent[];
  all(): readonly Agent[];
  /** Forgets those not heard of for so long. */
  sweep(silentMs: number): void;
}

/**
 * Agents of one fleet that are known at once: as many as may wait, see `api/limits.ts`. Names are what agents say they are, and one
 * that polls under ever new names and waits for nothing would be a crowd until the next sweep.
 */
const AGENTS_MAX = 6000;

export function agentPool(nowMs: () => number): AgentPool {
  const fleets = new Map<string, Map<string, Agent>>();
  const waiting = new Map<string, Set<Parked>>();
  const get = ({ fleet, name }: AgentName): Agent | undefined => fleets.get(fleet)?.get(name);
  const hear = (agent: Agent): void => {
    agent.seenMs = nowMs();
    if (agent.isElsewhere) delete agent.told;
    agent.isElsewhere = false;
  };
  const wait = (parked: Parked): void => {
    const { fleet } = parked.agent;
    const others = waiting.get(fleet);
    if (others === undefined) waiting.set(fleet, new Set([parked]));
    else others.add(parked);
  };
  return {
    see: ({ fleet, name }, { build, slots, free }) => {
      const known = get({ fleet, name });
      if (known !== undefined) {
        known.build = build;
        known.slots = slots;
        known.free = free;
        hear(known);
        return known;
      }
      forgetOne(fleets.get(fleet));
      const id = agentId({ fleet, name });
      const rest = { draining: false, isNew: false, seenMs: nowMs(), bornMs: 0 };
      const agent: Agent = { fleet, name, id, build, slots, free, ...rest, parked: undefined, isElsewhere: false };
      fleets.set(fleet, (fleets.get(fleet) ?? new Map<string, Agent>()).set(name, agent));
      return agent;
    },
    get,
    touch: (name) => {
      const agent = get(name);
      if (agent !== undefined) hear(agent);
    },
    park: (parked) => {
      parked.agent.parked = parked;
      wait(parked);
    },
    parkAside: wait,
    unpark: (parked) => {
      const { agent } = parked;
      // It was there until now.
      hear(agent);
      if (agent.parked === parked) agent.parked = undefined;
      waiting.get(agent.fleet)?.delete(parked);
    },
    isParked: (parked) => waiting.get(parked.agent.fleet)?.has(parked) ?? false,
    parked: (fleet) => waiting.get(fleet) ?? NOBODY,
    of: (fleet) => [...(fleets.get(fleet)?.values() ?? [])],
    all: () => [...fleets.values()].flatMap((agents) => [...agents.values()]),
    sweep: (silentMs) => {
      for (const agents of fleets.values()) {
        for (const [name, agent] of agents) {
          if (agent.parked === undefined && nowMs() - agent.seenMs > silentMs) agents.delete(name);
        }
      }
    },
  };
}

/** Makes room for one more: who waits for nothing and was heard of longest ago comes back with its next poll. */
function forgetOne(agents: Map<string, Agent> | undefined): void {
  if (agents === undefined || agents.size < AGENTS_MAX) return;
  let oldest: Agent | undefined;
  for (const agent of agents.values()) {
    const isFirst = oldest === undefined || agent.seenMs < oldest.seenMs;
    if (isFirst && agent.parked === undefined && !agent.draining) oldest = agent;
  }
  const [first] = agents.keys();
  const name = oldest?.name ?? first;
  if (name !== undefined) agents.delete(name);
}

const NOBODY: ReadonlySet<Parked> = new Set();

/** As the fleet's shard knows it; token text. */
export function agentId({ name }: AgentName): string {
  return storeKey(name);
}
