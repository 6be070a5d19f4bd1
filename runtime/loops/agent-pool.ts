import type { AgentName } from '../core/scheduler.ts';
import { storeKey } from '../core/store-key.ts';
import type { ClaimedTask } from '../store/store.ts';

/**
 * The agents that talk to this scheduler, and those of them that wait for work. An agent is known by what its last poll said:
 * any scheduler can answer it, and none of them keeps anything of it that matters.
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
  seenMs: number;
  /** When it said hello last; 0 when it did so elsewhere. */
  bornMs: number;
  parked?: Parked;
}

export interface Parked {
  readonly sinceMs: number;
  readonly free: number;
  /** Claims of it that are under way. */
  asked: boolean;
  /** Hands over what was claimed; nothing for an answer without work. */
  readonly answer: (tasks: readonly ClaimedTask[]) => void;
}

export interface AgentPool {
  see(agent: AgentName, facts: { readonly build: string; readonly slots: number; readonly free: number }): Agent;
  get(agent: AgentName): Agent | undefined;
  touch(agent: AgentName): void;
  /** A run of it has ended. */
  freeOne(agent: AgentName): void;
  parked(fleet: string): readonly Agent[];
  of(fleet: string): readonly Agent[];
  all(): readonly Agent[];
  /** Forgets those not heard of for so long. */
  sweep(silentMs: number): void;
}

export function agentPool(nowMs: () => number): AgentPool {
  const fleets = new Map<string, Map<string, Agent>>();
  const get = ({ fleet, name }: AgentName): Agent | undefined => fleets.get(fleet)?.get(name);
  return {
    see: ({ fleet, name }, { build, slots, free }) => {
      const agents = fleets.get(fleet) ?? new Map<string, Agent>();
      fleets.set(fleet, agents);
      const known = agents.get(name);
      const agent: Agent = known ?? {
        fleet,
        name,
        id: agentId({ fleet, name }),
        build,
        slots,
        free,
        draining: false,
        seenMs: 0,
        bornMs: 0,
      };
      Object.assign(agent, { build, slots, free, seenMs: nowMs() });
      agents.set(name, agent);
      return agent;
    },
    get,
    touch: (name) => {
      const agent = get(name);
      if (agent !== undefined) agent.seenMs = nowMs();
    },
    freeOne: (name) => {
      const agent = get(name);
      if (agent !== undefined) agent.free = Math.min(agent.slots, agent.free + 1);
    },
    parked: (fleet) => [...(fleets.get(fleet)?.values() ?? [])].filter(({ parked }) => parked !== undefined),
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

/** As the fleet's shard knows it; token text. */
export function agentId({ name }: AgentName): string {
  return storeKey(name);
}
