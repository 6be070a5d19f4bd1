import { readReason } from '../core/reason-text.ts';
import { runsOnce, standingOf } from '../core/standing.ts';
import type { EndState, TaskRecord } from '../core/task-record.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { askPatiently, changed, type Engine, type FleetState, type Run } from './engine.ts';
import type { End } from './journal-entry.ts';

/** A task has ended in the store, by what was asked just now: makes it durable, closes its promise, and tells. */
export async function finish(
  engine: Engine,
  fleet: string,
  record: TaskRecord,
  { result = '', route }: { readonly result?: string; readonly route?: string } = {},
): Promise<void> {
  await writeEnd(engine, fleet, record, result);
  tellEnd(engine, fleet, record, route);
}

/** The same, also of an end that was told before, and tells nobody. Resolves when it is durable. */
export async function writeEnd(engine: Engine, fleet: string, record: TaskRecord, result = ''): Promise<void> {
  const { id, state, token, digest, reason = '' } = record;
  if (state === 'dead') {
    await noteStanding(engine, fleet, record, result);
    return;
  }
  const lsn = engine.ledger.end(fleet, id, { state: endState(record), token, digest, reason, result });
  engine.ends.add(fleet, record, lsn);
  engine.fleets.get(fleet)?.link.recorded(lsn);
  await engine.ledger.durable(lsn);
}

/** The same of an end that had been done before: what this journal has of it is waited for, and not written again. */
export async function writeEndOnce(engine: Engine, fleet: string, record: TaskRecord, result = ''): Promise<void> {
  const { ledger, ends } = engine;
  const lsn = ends.find(fleet, record);
  // A promise that came after it is open until the end is said again.
  if (lsn === undefined || ledger.promised(fleet, record.id) === record.digest)
    await writeEnd(engine, fleet, record, result);
  else await ledger.durable(lsn);
}

/** How a task stands that has not ended. Resolves when it is durable. */
export async function noteStanding(engine: Engine, fleet: string, record: TaskRecord, result = ''): Promise<void> {
  const lsn = engine.ledger.stand(fleet, record.id, standingOf(record, result));
  engine.fleets.get(fleet)?.link.recorded(lsn);
  await engine.ledger.durable(lsn);
}

/** It was given back: what may be begun once only was begun by nobody; whose end was asked for has ended. */
export async function noteReleased(engine: Engine, fleet: string, record: TaskRecord): Promise<void> {
  if (record.state === 'cancelled') await finish(engine, fleet, record);
  else if (runsOnce(record)) await noteStanding(engine, fleet, record);
}

/**
 * Before somebody is told of an end that is durable here: until the store's position says so too, or a store that is set back to
 * just before it would not be noticed.
 */
export async function waitForPosition(engine: Engine, fleet: string): Promise<void> {
  const link = engine.fleets.get(fleet)?.link;
  if (link !== undefined) await askPatiently(engine, link, { op: 'inspect', lanes: [] });
}

/** What the store says has ended, as an own promise: the one disk that knew may have lost it since. Tells nobody. */
export async function promiseEnd(engine: Engine, { fleet, link }: FleetState, id: string): Promise<void> {
  const reply = await askPatiently(engine, link, { op: 'get', id });
  if (reply.kind !== 'task' || !hasEnded(reply.record))
    throw new StoreFailure('unavailable', 'the store was lost again');
  await writeEndOnce(engine, fleet, reply.record, reply.result);
}

export function hasEnded(record: TaskRecord): record is TaskRecord & { state: EndState } {
  return isOver(record) && record.state !== 'moved';
}

export function isOver({ state }: TaskRecord): boolean {
  return !(['delayed', 'ready', 'held', 'leased', 'dead'] as readonly string[]).includes(state);
}

/** Tells those who listen that a task has ended. */
export function tellEnd(engine: Engine, fleet: string, record: TaskRecord, route?: string): void {
  const { id, reason = '' } = record;
  const state = record.state === 'dead' ? record.state : endState(record);
  engine.runs.delete(id);
  if (state !== 'moved') {
    engine.observer.finished?.({
      fleet,
      route: route ?? engine.tables.lane(fleet, record.lane)?.route ?? '',
      id,
      outcome: state === 'dead' ? 'dead_lettered' : state,
      ...(reason !== '' && { reason: readReason(reason) }),
    });
  }
  changed(engine, id);
}

/** A less urgent task had to make room. */
export async function finishShed(engine: Engine, fleet: string, shed: TaskRecord): Promise<void> {
  await finish(engine, fleet, shed);
}

function endState({ id, state }: TaskRecord): End['state'] {
  if (state === 'delayed' || state === 'ready' || state === 'held' || state === 'leased' || state === 'dead') {
    throw new Error(`${id} has not ended, it is ${state}`);
  }
  return state;
}

/** The outcome of a run, for the breakers of its build and its providers. */
export function judgeRun(engine: Engine, fleet: string, build: string, error: string | undefined): void {
  const { own, providers } = engine.tables.breakers(fleet, build);
  const guilty = providers.filter((name) => error?.startsWith(name.replace(':', '.')) === true);
  if (guilty.length === 0) engine.breakers.ended(own, error === undefined);
  else engine.breakers.forget(own);
  for (const name of providers) {
    if (error === undefined) engine.breakers.ended(name, true);
    else if (guilty.includes(name)) engine.breakers.ended(name, false);
    else engine.breakers.forget(name);
  }
}

/**
 * How long a run took that has ended just now. Of one that another scheduler began the record says when: its token is of that
 * moment, unless the store's clock was set back.
 */
export function runSeconds(
  { clock }: Engine,
  { token, acceptedMs, sinceMs }: TaskRecord,
  known: Run | undefined,
): number {
  if (known?.token === token) return Math.max(0, clock.nowMs() - known.startedMs) / 1000;
  return Math.max(0, sinceMs - Math.max(acceptedMs, token / 1000)) / 1000;
}

/** A run that says nothing about its build: given back, or cancelled. */
export function forgetRun(engine: Engine, fleet: string, build: string): void {
  const { own, providers } = engine.tables.breakers(fleet, build);
  for (const name of [own, ...providers]) engine.breakers.forget(name);
}
