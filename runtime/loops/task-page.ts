import type { TaskPage, TaskView } from '../../spec/contract/protocol.ts';
import type { TaskQuery } from '../core/scheduler.ts';
import { isOf } from '../core/task-id.ts';
import type { TaskRecord } from '../core/task-record.ts';
import { askPatiently, type Engine, type FleetState } from './engine.ts';
import { viewOf } from './view.ts';

/** Records of one question to the store. */
const RECORDS = 100;
/** Questions of one page: whose tasks are few among many, or who lists a fleet of many lanes, gets a short page and goes on. */
const ASKS_MAX = 20;

/** Where a list goes on: in this lane after so many tasks. Lanes go by their numbers, so that another table moves none. */
interface Place {
  readonly lane: number;
  readonly offset: number;
}

/** `Scheduler.tasks`. What is looked at for one page is bounded, whatever is left out of it. */
export async function taskPage(engine: Engine, query: TaskQuery): Promise<TaskPage> {
  const state = engine.fleets.get(query.fleet);
  if (state === undefined) return { tasks: [] };
  const lanes = lanesFor(engine, query);
  const tasks: TaskView[] = [];
  let place = firstPlace(lanes, query.after);
  for (let asks = 0; asks < ASKS_MAX && place !== undefined && tasks.length < query.limit; asks += 1) {
    const records = await listed(engine, state, query, place);
    const taken = takeOwn(records, query.tenant, query.limit - tasks.length);
    tasks.push(...taken.records.map((record) => viewOf(engine, query.fleet, record)));
    const isWhole = records.length < RECORDS && taken.looked === records.length;
    place = isWhole ? laneAfter(lanes, place.lane) : { ...place, offset: place.offset + taken.looked };
  }
  return { tasks, ...(place !== undefined && { next: `${place.lane}.${place.offset}` }) };
}

/** In ascending order. What has ended stands in one list. */
function lanesFor({ tables }: Engine, { fleet, of }: TaskQuery): readonly number[] {
  return of === 'open' ? [...tables.seenLanes(fleet)].sort((a, b) => a - b) : [0];
}

function firstPlace(lanes: readonly number[], after = '0.0'): Place | undefined {
  const [lane = 0, offset = 0] = after.split('.').map(Number);
  // A lane that nothing is in any more may be forgotten.
  return lanes.includes(lane) ? { lane, offset } : laneAfter(lanes, lane);
}

function laneAfter(lanes: readonly number[], before: number): Place | undefined {
  const lane = lanes.find((one) => one > before);
  return lane === undefined ? undefined : { lane, offset: 0 };
}

async function listed(
  engine: Engine,
  { link }: FleetState,
  { of }: TaskQuery,
  { lane, offset }: Place,
): Promise<readonly TaskRecord[]> {
  const reply = await askPatiently(engine, link, {
    op: 'list',
    of,
    offset,
    limit: RECORDS,
    ...(of === 'open' && { lane }),
  });
  return reply.kind === 'tasks' ? reply.records : [];
}

function takeOwn(
  records: readonly TaskRecord[],
  tenant: string | undefined,
  max: number,
): { readonly records: readonly TaskRecord[]; readonly looked: number } {
  const own: TaskRecord[] = [];
  let looked = 0;
  for (const record of records) {
    if (own.length === max) break;
    looked += 1;
    if (record.state !== 'moved' && (tenant === undefined || isOf(record.id, tenant))) own.push(record);
  }
  return { records: own, looked };
}
