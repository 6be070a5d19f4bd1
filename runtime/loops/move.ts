import { firstPlace, nextPlace, waitReasons } from '../core/route-decision.ts';
import { newTask, type Place } from '../core/new-task.ts';
import { laneOf } from '../core/lane.ts';
import type { TaskRecord } from '../core/task-record.ts';
import { route } from '../../spec/contract/match.ts';
import type { TableRoute } from '../../spec/contract/routing-table.ts';
import { askPatiently, changed, type Engine, type FleetState } from './engine.ts';
import { decodeEnvelope, encodeEnvelope, taskOf, type Envelope } from './envelope.ts';
import type { JournaledTask } from './journal-entry.ts';
import type { Move } from './ledger.ts';
import { movedReason } from './view.ts';
import { drains, isClosed, routingView } from './view-of-fleets.ts';

/** A task has waited: to the next fleet of its fallback chain, or to another build when its own may not start runs. */
export async function moveOn(engine: Engine, state: FleetState, id: string): Promise<'moved' | 'stays'> {
  const reply = await askPatiently(engine, state.link, { op: 'get', id });
  if (reply.kind !== 'task' || reply.body === undefined || !waits(reply.record)) return 'stays';
  const { record, body } = reply;
  const envelope = decodeEnvelope(body);
  const place = placeNow(engine, state, record, envelope);
  if (place === undefined) return 'stays';
  if (place.fleet === state.fleet) {
    await askPatiently(engine, state.link, { op: 'relane', id, lane: laneOf(place.route.id, place.build) });
    changed(engine, id);
    return 'moved';
  }
  await move(engine, state, movedTask(engine, record, envelope, place), place.fleet);
  return 'moved';
}

/** Carries on with moves that were begun and not heard of again: by this scheduler's last life, or before the store went. */
export async function resumeMoves(engine: Engine): Promise<void> {
  for (const move of engine.ledger.openMoves()) {
    if (!engine.moving.has(move.task.id)) await resumeMove(engine, move);
  }
}

async function resumeMove(engine: Engine, move: Move): Promise<void> {
  const { from, to, task } = move;
  const state = engine.fleets.get(from);
  const reply = state && (await askPatiently(engine, state.link, { op: 'get', id: task.id }));
  const left = reply?.kind === 'task' && reply.record.state === 'moved' && reply.record.reason === movedReason(to);
  if (left) await arrive(engine, move, reply.record);
  else engine.ledger.stay(task.id);
}

async function move(engine: Engine, state: FleetState, task: JournaledTask, to: string): Promise<void> {
  const { moving } = engine;
  moving.add(task.id);
  try {
    await moveDurably(engine, state, task, to);
  } finally {
    moving.delete(task.id);
  }
}

async function moveDurably(engine: Engine, state: FleetState, task: JournaledTask, to: string): Promise<void> {
  const { ledger } = engine;
  const move = { kind: 'move', from: state.fleet, to, task } as const;
  // The intent first: once the shard lets it go, only the journal knows the task.
  await ledger.durable(ledger.move(move.from, to, task));
  const reply = await askPatiently(engine, state.link, { op: 'remove', id: task.id, reason: movedReason(to) });
  if (reply.kind === 'removed' || reply.kind === 'already') await arrive(engine, move, reply.record);
  else ledger.stay(task.id);
}

/** One record says that it has left and where it is now: no crash comes between the two. */
async function arrive({ ledger, fleets }: Engine, move: Move, record: TaskRecord): Promise<void> {
  const { from, to, task } = move;
  const { token, digest, reason = '' } = record;
  const lsn = ledger.moved(move, { state: 'moved', token, digest, reason, result: '' });
  fleets.get(from)?.link.recorded(lsn);
  // Not before: the task may end there, and begin again here when the store goes back and the record is lost.
  const durable = ledger.durable(lsn);
  const sent = fleets.get(to)?.link.submit({ op: 'submit', task }, lsn, durable);
  await durable;
  await sent;
}

function placeNow(engine: Engine, state: FleetState, record: TaskRecord, envelope: Envelope): Place | undefined {
  const { compiled } = engine.tables;
  const view = routingView(engine);
  const task = taskOf(envelope);
  const decision = route(compiled, task, { key: envelope.key });
  const taken = takenBy(engine, state, record, envelope);
  // Its route was renamed or is gone: as a task that comes now.
  if (taken === undefined) {
    const placement = firstPlace(compiled, task, envelope.key, decision, view);
    return placement.kind === 'placed' ? placement.place : undefined;
  }
  const sticky = decision.keys.affinity ?? envelope.key;
  const build = engine.tables.lane(state.fleet, record.lane)?.build ?? '';
  const waitedMs = Math.max(0, engine.clock.nowMs() - record.sinceMs);
  const reasons = waitReasons(state.fleet, build, view);
  const next = nextPlace(compiled.table, taken, task, sticky, view, { tried: envelope.step, waitedMs, reasons });
  if (next !== undefined && next.fleet !== state.fleet) return next;
  const other = otherBuild(engine, state.fleet, build);
  return other === undefined
    ? undefined
    : { route: taken, fleet: state.fleet, build: other, fallbackStep: envelope.step };
}

/** The route that has it: the one it came by, or that of its lane, where it was put when that one had gone. */
function takenBy(
  engine: Engine,
  { fleet }: FleetState,
  { lane }: TaskRecord,
  envelope: Envelope,
): TableRoute | undefined {
  const { routes } = engine.tables.compiled.table;
  const laneRoute = engine.tables.lane(fleet, lane)?.route;
  return routes.find(({ id }) => id === envelope.route) ?? routes.find(({ id }) => id === laneRoute);
}

/** Another build of the fleet, when this one is gone, drains, or its breaker is open while that of the other one is not. */
export function otherBuild(engine: Engine, fleet: string, build: string): string | undefined {
  const builds = engine.tables.compiled.table.fleets[fleet]?.builds ?? {};
  const leaves = !Object.hasOwn(builds, build) || drains(engine, fleet, build);
  if (!leaves && !isClosed(engine, fleet, build)) return undefined;
  return Object.keys(builds)
    .filter((name) => name !== build && !(leaves ? drains : isClosed)(engine, fleet, name))
    .sort((a, b) => (builds[b] ?? 0) - (builds[a] ?? 0))[0];
}

/** Where a task goes in a fleet that it was sent to before; nothing when the fleet no longer takes its type. */
export function openPlaceAt(
  { tables }: Engine,
  fleet: string,
  { route: id, step, task }: Pick<Envelope, 'route' | 'step' | 'task'>,
): Place | undefined {
  const { table } = tables.compiled;
  if (!Object.hasOwn(table.fleets[fleet]?.accepts ?? {}, task)) return undefined;
  const taken = table.routes.find((one) => one.id === id);
  const builds = table.fleets[fleet]?.builds ?? {};
  const build = Object.keys(builds).sort((a, b) => (builds[b] ?? 0) - (builds[a] ?? 0))[0];
  if (taken === undefined || build === undefined) return undefined;
  const next = taken.fallback.findIndex((one) => one.fleet === fleet);
  return { route: taken, fleet, build, fallbackStep: next === -1 ? step : next + 1 };
}

/** The task as another shard takes it over. */
export function movedTask(
  engine: Engine,
  record: Pick<TaskRecord, 'id' | 'digest' | 'acceptedMs' | 'attempts' | 'crashes'>,
  envelope: Envelope,
  place: Place,
): JournaledTask {
  const { compiled } = engine.tables;
  const task = taskOf(envelope);
  const decision = route(compiled, task, { key: envelope.key });
  const body = encodeEnvelope({ ...envelope, route: place.route.id, step: place.fallbackStep });
  const { id, digest, acceptedMs, attempts, crashes } = record;
  const facts = { id, task: task.task, tenant: envelope.tenant, body, digest, delayMs: 0, acceptedMs };
  return { ...newTask(compiled.table, place, decision, facts), acceptedMs, attempts, crashes };
}

function waits({ state }: TaskRecord): boolean {
  return state === 'ready' || state === 'held' || state === 'delayed';
}
