import { noteSwitch } from './change.ts';
import { StoreFailure } from '../store/store-failure.ts';
import type { Engine, FleetState } from './engine.ts';
import { refuse } from './offer.ts';
import { CONFLICT } from './view-of-fleets.ts';

/**
 * The same key with two inputs, accepted by two schedulers while the store was away for one of them: neither can know of the other
 * when it answers. The one that the store knew first is the task, for everybody and for good. The scheduler of the other one finds
 * its promise with another digest in the store; it takes the promise back, and tells of it: to its observer, for the log and the
 * audit log, and with a switch of the shard, which every scheduler shows with the task. The first is told again when this one ends
 * in between.
 */
export async function giveWay(engine: Engine, fleet: string, id: string, digest: string): Promise<void> {
  const state = engine.fleets.get(fleet);
  if (state === undefined) return;
  try {
    await show(engine, state, id);
  } catch (error) {
    // The next look comes.
    if (error instanceof StoreFailure) return;
    throw error;
  }
  engine.observer.keyConflict?.({ fleet, id, digest });
  await refuse(engine, fleet, id, false);
}

/** So many are shown, the newest, for a day: ended tasks are known as long. */
const SHOWN_MAX = 100;
const SHOWN_MS = 24 * 3_600_000;

async function show({ clock }: Engine, state: FleetState, id: string): Promise<void> {
  const now = clock.nowMs();
  const shown = [...state.switches]
    .filter(([name]) => name.startsWith(CONFLICT))
    .map(([name, value]) => ({ name, sinceMs: Number(value) }))
    .sort((a, b) => b.sinceMs - a.sinceMs);
  const over = shown.filter(({ sinceMs }, index) => index >= SHOWN_MAX - 1 || now - sinceMs > SHOWN_MS);
  for (const { name } of over) await set(state, name, '');
  await set(state, CONFLICT + id, String(Math.floor(now)));
}

async function set(state: FleetState, name: string, value: string): Promise<void> {
  const { kind } = await state.link.ask({ op: 'switch', name, value });
  // Without room it is not shown; the log and the audit log have it.
  if (kind !== 'full') noteSwitch(state, name, value);
}
