import { StoreFailure } from '../store/store-failure.ts';
import type { Engine, FleetState } from './engine.ts';

/**
 * Which of the schedulers does what only one may do. Nobody's tasks wait for it: it is a lease in a switch of one shard, of the
 * fleet whose name comes first. Who finds it free or ended writes itself into it, and leads once it has read that back and
 * until the lease ends, by its own clock; so a scheduler that was stopped for a while does not think that it leads still.
 */
export interface Leadership {
  /** Takes the lease, or prolongs it. */
  look(): Promise<void>;
  leads(): boolean;
}

const LEADER = 'leader';
const LEASE_MS = 10_000;

export function leadership(engine: Engine): Leadership {
  let untilMs = 0;
  return {
    look: async () => {
      const state = seat(engine);
      if (state === undefined || state.link.state !== 'up') return;
      const now = engine.clock.nowMs();
      const { name, until } = leaseOf(state);
      untilMs = name === engine.name ? until : 0;
      if (name !== engine.name && until > now) return;
      const value = `${engine.name}/${now + LEASE_MS}`;
      await state.link.ask({ op: 'switch', name: LEADER, value }).catch((error: unknown) => {
        if (!(error instanceof StoreFailure)) throw error;
      });
    },
    leads: () => engine.clock.nowMs() < untilMs,
  };
}

function seat({ tables, fleets }: Engine): FleetState | undefined {
  const [first] = Object.keys(tables.compiled.table.fleets).sort();
  return first === undefined ? undefined : fleets.get(first);
}

function leaseOf({ switches }: FleetState): { readonly name: string; readonly until: number } {
  const value = switches.get(LEADER) ?? '';
  const slash = value.lastIndexOf('/');
  return { name: value.slice(0, Math.max(0, slash)), until: Number(value.slice(slash + 1)) };
}
