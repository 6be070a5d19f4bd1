import { askPatiently, type Engine, type FleetState } from './engine.ts';
import { inspectLanes } from './inspect-lanes.ts';

/** Lanes of a fleet's shard. */
export interface Places {
  readonly state: FleetState;
  readonly lanes: readonly number[];
}

export interface Fullness {
  readonly running: number;
  /**
   * Since when as many run: since the youngest of the runs began. With fewer there would be room, and with one that began later as
   * well. Absent when there are too many to be looked through, and when nothing runs.
   */
  readonly sinceMs?: number;
}

/** Runs that are looked through; who has more learns no time. */
const RUNS_MAX = 1000;
const PAGE = 100;

/** How many tasks run in lanes, as their shards say now; nothing when there is room for more, since fewer than `max` do. */
export async function fullness(engine: Engine, places: readonly Places[], max: number): Promise<Fullness | undefined> {
  const counted = (await Promise.all(places.map((place) => countedIn(engine, place)))).flat();
  const running = counted.reduce((sum, { runs }) => sum + runs, 0);
  if (running < max) return undefined;
  if (running === 0 || running > RUNS_MAX) return { running };
  const begun = await Promise.all(counted.map((lane) => youngestMs(engine, lane)));
  const sinceMs = Math.max(...begun);
  return { running, ...(sinceMs > 0 && { sinceMs }) };
}

/** A lane that has runs. */
interface Counted {
  readonly state: FleetState;
  readonly lane: number;
  /** Those that wait are listed before the runs. */
  readonly waiting: number;
  readonly runs: number;
}

async function countedIn(engine: Engine, { state, lanes }: Places): Promise<readonly Counted[]> {
  const facts = await inspectLanes((operation) => askPatiently(engine, state.link, operation), lanes);
  return facts.lanes.flatMap(({ lane, waiting, running: runs }) =>
    runs === 0 ? [] : [{ state, lane, waiting, runs }],
  );
}

/** When the youngest run of a lane began; 0 when all have ended meanwhile. */
async function youngestMs(engine: Engine, { state, lane, waiting, runs }: Counted): Promise<number> {
  const offsets: number[] = [];
  for (let offset = waiting; offset < waiting + runs; offset += PAGE) offsets.push(offset);
  const pages = await Promise.all(
    offsets.map((offset) => askPatiently(engine, state.link, { op: 'list', of: 'open', lane, offset, limit: PAGE })),
  );
  const records = pages.flatMap((page) => (page.kind === 'tasks' ? page.records : []));
  return Math.max(0, ...records.filter((record) => record.state === 'leased').map(({ sinceMs }) => sinceMs));
}
