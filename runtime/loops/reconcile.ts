import { StoreFailure } from '../store/store-failure.ts';
import type { Engine } from './engine.ts';
import type { OpenSubmission } from './ledger.ts';

/**
 * Learns of ends that other schedulers have written: asks the store for this scheduler's open submissions, a few at a time, so
 * that the journal can let go of them. A task that the store no longer knows although it has lost nothing ended long ago.
 */
export interface Reconciler {
  /** Looks at the next few. */
  look(): Promise<void>;
}

const BATCH = 32;
const YOUNG_MS = 30_000;

export function reconciler(engine: Engine): Reconciler {
  let left: OpenSubmission[] = [];
  return {
    look: async () => {
      if (left.length === 0) left = ripe(engine);
      await Promise.all(left.splice(0, BATCH).map((open) => check(engine, open)));
    },
  };
}

function ripe({ ledger, clock }: Engine): OpenSubmission[] {
  const now = clock.nowMs();
  return [...ledger.open()].filter(({ acceptedMs }) => now - acceptedMs > YOUNG_MS);
}

async function check({ fleets, ledger }: Engine, { fleet, id }: OpenSubmission): Promise<void> {
  const link = fleets.get(fleet)?.link;
  if (link === undefined || link.state !== 'up') return;
  const reply = await link.ask({ op: 'inspect', lanes: [], id }).catch((error: unknown) => {
    if (!(error instanceof StoreFailure)) throw error;
  });
  if (reply?.kind !== 'facts') return;
  const state = reply.facts.task?.record.state;
  const open = state !== undefined && OPEN.has(state);
  if (!open && ledger.isOpen(fleet, id)) ledger.forget(fleet, id);
}

/** A dead letter's promise stays: its body must come back with the store. */
const OPEN: ReadonlySet<string> = new Set(['delayed', 'ready', 'held', 'leased', 'dead']);
