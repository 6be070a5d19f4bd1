import { pause } from './clock.ts';
import { ignoreLoss, type Engine } from './engine.ts';
import type { Leadership } from './leadership.ts';
import { resumeMoves } from './move.ts';
import { lookAtRuns } from './passed-runs.ts';
import { reconciler } from './reconcile.ts';
import { SILENT_MS } from './roster.ts';
import { schedules } from './schedules.ts';
import { noteStore } from './status.ts';
import { forgetWords } from './words.ts';

const CHORES_MS = 1000;

/** What is done for the whole scheduler now and then. Returns the way to stop, which resolves when the chore under way is over. */
export function startChores(engine: Engine, lead: Leadership): () => Promise<void> {
  const reconcile = reconciler(engine);
  const clockwork = schedules(engine);
  let stopped = false;
  let underWay = Promise.resolve();
  const inTurn = [
    lead.look,
    () => lookAtRuns(engine),
    reconcile.look,
    () => resumeMoves(engine).catch(ignoreLoss),
    clockwork.look,
    () => (lead.leads() ? forgetAllWords(engine).catch(ignoreLoss) : Promise.resolve()),
  ];
  const round = async (): Promise<void> => {
    for (const chore of inTurn) if (!stopped) await chore();
  };
  const again = async (): Promise<void> => {
    while (!stopped) {
      await pause(engine.clock, CHORES_MS);
      if (stopped) return;
      engine.pool.sweep(SILENT_MS);
      forgetOldRuns(engine);
      engine.breakers.look();
      noteStore(engine, true);
      if (engine.buckets.size > BUCKETS_MAX) engine.buckets.clear();
      underWay = round();
      await underWay;
    }
  };
  void again();
  return () => {
    stopped = true;
    return underWay;
  };
}

async function forgetAllWords(engine: Engine): Promise<void> {
  for (const state of engine.fleets.values()) await forgetWords(engine, state);
}

/** A sender that comes back has a full bucket; so has one that never was here. */
const BUCKETS_MAX = 100_000;

/** Runs of which nothing can be heard any more, also not by looking at them. */
function forgetOldRuns({ runs, clock }: Engine): void {
  const now = clock.nowMs();
  for (const [id, { dueMs }] of runs) if (now > dueMs + SILENT_MS) runs.delete(id);
}
