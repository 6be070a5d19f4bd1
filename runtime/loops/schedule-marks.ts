import { hash } from 'node:crypto';
import { route, type CompiledTable } from '../../spec/contract/match.ts';
import type { TableSchedule } from '../../spec/contract/routing-table.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { noteSwitch } from './change.ts';
import type { Engine, FleetState } from './engine.ts';

/**
 * Up to when a schedule is done, as a switch of the shard where its tasks begin: `due:<digest of its name>`, in milliseconds.
 * The tasks themselves cannot say it, since ended ones are forgotten after a day. All schedulers write the same marks.
 *
 * A shard with `due` is one whose schedules have marks: a schedule that has none has come since, and missed nothing. In a shard
 * without it, an earlier version's or one that was wiped, nothing is known of when a schedule came; a scheduler that has never
 * been there takes it for new.
 */
export interface ScheduleMark {
  /** `untold`: the shards have not all been looked at. `new`: it came while others had marks. */
  readonly kind: 'untold' | 'unknown' | 'new' | 'done';
  readonly upToMs: number;
}

const KEPT = 'due';
const NAME_START = 'due:';
/** As many as leave room for what people switch: the store takes 1,000. */
const SWITCHES_MAX = 500;
const HEARD_MS = 10_000;

export function markOf(engine: Engine, schedule: TableSchedule): ScheduleMark {
  const fleets = [...engine.fleets.values()];
  if (fleets.some(({ factsMs }) => factsMs === 0)) return { kind: 'untold', upToMs: 0 };
  const name = nameOf(schedule.id);
  // The schedule may have begun elsewhere before.
  const upToMs = Math.max(0, ...fleets.map(({ switches }) => Number(switches.get(name) ?? 0)));
  if (upToMs > 0) return { kind: 'done', upToMs };
  const home = homeOf(engine, schedule);
  const isKept = home?.switches.has(KEPT) === true && home.switches.size < SWITCHES_MAX;
  return { kind: isKept ? 'new' : 'unknown', upToMs: 0 };
}

/** Whether what `markOf` says is what the store says now, or did some seconds ago. */
export function isHeard(engine: Engine, schedule: TableSchedule, now: number): boolean {
  const home = homeOf(engine, schedule);
  if (home === undefined) return true;
  return home.link.state === 'up' && home.factsMs >= Math.max(home.sinceMs, now - HEARD_MS);
}

/** Writes down that a schedule is done up to a time, unless that is known, or the shard has no more room. */
export async function mark(engine: Engine, schedule: TableSchedule, upToMs: number): Promise<void> {
  const home = homeOf(engine, schedule);
  if (home === undefined) return;
  const name = nameOf(schedule.id);
  const before = home.switches.get(name);
  if (before === undefined ? home.switches.size < SWITCHES_MAX : Number(before) < upToMs) {
    await set(home, name, String(upToMs));
  }
}

/** After the marks of all schedules: forgets those that the table no longer has, and says that the others are kept. */
export async function keepMarks(engine: Engine): Promise<void> {
  const names = new Set(engine.tables.compiled.table.schedules.map(({ id }) => nameOf(id)));
  for (const state of engine.fleets.values()) {
    if (state.factsMs === 0) continue;
    for (const name of state.switches.keys()) {
      if (name.startsWith(NAME_START) && !names.has(name)) await set(state, name, '');
    }
    if (!state.switches.has(KEPT)) await set(state, KEPT, 'kept');
  }
}

/** A shard that is away is written to at a later look. */
async function set(state: FleetState, name: string, value: string): Promise<void> {
  try {
    const { kind } = await state.link.ask({ op: 'switch', name, value });
    if (kind === 'ok') noteSwitch(state, name, value);
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error;
  }
}

/** Looked up each second, and the same for as long as a table is in force. */
const homes = new WeakMap<CompiledTable, Map<string, string>>();

function homeOf({ tables, fleets }: Engine, schedule: TableSchedule): FleetState | undefined {
  const { compiled } = tables;
  const known = homes.get(compiled) ?? new Map<string, string>();
  homes.set(compiled, known);
  const home = known.get(schedule.id) ?? homeIn(compiled, schedule);
  known.set(schedule.id, home);
  return fleets.get(home);
}

/** Empty when no fleet takes it. */
function homeIn(compiled: CompiledTable, { task, team, labels, input }: TableSchedule): string {
  return route(compiled, { task, tenant: team, labels, input }, { key: '' }).fleet ?? '';
}

/** Names of schedules may be longer than those of switches. */
function nameOf(schedule: string): string {
  return `${NAME_START}${hash('sha256', schedule, 'base64url').slice(0, 22)}`;
}
