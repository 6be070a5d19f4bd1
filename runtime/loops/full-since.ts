import { askPatiently, type Engine, type FleetState } from './engine.ts';

/** Runs that are looked through; who has more learns no time. */
const RUNS_MAX = 1000;
const PAGE = 100;

/**
 * Since when lanes run as many tasks as they do: since the youngest of the runs began. With fewer there would be room, and with
 * one that began later as well.
 */
export async function fullSinceMs(
  engine: Engine,
  places: readonly { readonly state: FleetState; readonly lanes: readonly number[] }[],
): Promise<number | undefined> {
  let youngestMs: number | undefined;
  let left = RUNS_MAX;
  for (const { state, lanes } of places) {
    const reply = await askPatiently(engine, state.link, { op: 'inspect', lanes: lanes.slice(0, LANES_MAX) });
    if (reply.kind !== 'facts') continue;
    for (const { lane, waiting, running } of reply.facts.lanes) {
      left -= running;
      if (left < 0) return undefined;
      for (let offset = waiting; offset < waiting + running; offset += PAGE) {
        const page = await askPatiently(engine, state.link, { op: 'list', of: 'open', lane, offset, limit: PAGE });
        for (const record of page.kind === 'tasks' ? page.records : []) {
          if (record.state === 'leased') youngestMs = Math.max(youngestMs ?? 0, record.sinceMs);
        }
      }
    }
  }
  return youngestMs;
}

const LANES_MAX = 256;
