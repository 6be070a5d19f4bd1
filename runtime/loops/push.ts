import { pause, jittered } from './clock.ts';
import { poll } from './deliver.ts';
import type { Engine } from './engine.ts';
import type { PushCall } from './push-call.ts';
import { runPushed } from './push-run.ts';

/**
 * Calls the agents of push fleets. For each of them this scheduler is one agent with as many slots as the fleet bears: it starts
 * with the fleet's `slots`, takes one more after each full round of successes, and half when the fleet says that it has enough
 * (429 or 503). Returns the way to stop.
 */
export function startPush(engine: Engine, fleet: string, call: PushCall): () => void {
  const stop = new AbortController();
  const name = { fleet, name: `push-${engine.name}` };
  const stopping = stop.signal;
  const limit = { slots: engine.tables.compiled.table.fleets[fleet]?.slots ?? 1, good: 0 };
  let running = 0;
  let wake = (): void => undefined;
  const freed = (): void => {
    running -= 1;
    wake();
  };
  const loop = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const declared = engine.tables.compiled.table.fleets[fleet];
      if (declared?.url === undefined) return;
      const free = Math.max(0, Math.floor(limit.slots) - running);
      if (free === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const build = buildOf(declared.builds);
      const request = { build, slots: Math.floor(limit.slots), free, waitMs: WAIT_MS };
      const { tasks } = await poll(engine, name, request, stop.signal);
      for (const task of tasks) {
        running += 1;
        void runPushed(engine, name, declared.url, task, { call, limit, stopping }).finally(freed);
      }
      // A fleet that may take nothing is asked again a little later.
      if (tasks.length === 0) await pause(engine.clock, jittered(engine.clock, IDLE_MS));
    }
  };
  void loop();
  return () => {
    stop.abort();
    wake();
  };
}

const WAIT_MS = 20_000;
const IDLE_MS = 50;

function buildOf(builds: Readonly<Record<string, number>>): string {
  return Object.keys(builds).sort((a, b) => (builds[b] ?? 0) - (builds[a] ?? 0))[0] ?? '';
}
