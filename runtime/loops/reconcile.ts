import { movedTask, moveOn, openPlaceAt, otherBuild } from './move.ts';
import { StoreFailure } from '../store/store-failure.ts';
import type { TaskRecord } from '../core/task-record.ts';
import type { Reply, ShardFacts } from '../store/store.ts';
import { DEFAULT_SETTINGS } from '../core/route-policy.ts';
import { decodeEnvelope } from './envelope.ts';
import { promiseEnd } from './ends.ts';
import type { Engine, Stray } from './engine.ts';
import { giveWay } from './key-conflict.ts';
import { decodeEntry, type End, type JournaledTask } from './journal-entry.ts';
import type { NotedTask } from './ledger-notes.ts';
import type { OpenSubmission } from './ledger.ts';
import { movedTo } from './view.ts';
import { drains } from './view-of-fleets.ts';

/**
 * Looks after this scheduler's open submissions, a few at a time.
 * - It learns of ends that other schedulers have seen, and writes them, so that the journal can let go of the tasks, and of what it
 *   notes of those that others accepted. A task that the store no longer knows although it has lost nothing ended long ago.
 * - A task that the store does not know although it can have forgotten nothing yet is not accounted for: it is kept, and told.
 * - A task that the store has with another input: a scheduler that could not be asked had accepted its key as well. What the store
 *   knew first is the task; see `key-conflict.ts`.
 * - A task that waits for a build which the table no longer has, or that drains, goes to another one: nobody claims for it.
 * - A task whose route the table no longer has goes where the present routes send it; one that none of them takes is told as not
 *   accounted for, until one does or it is cancelled.
 * - A task that is ready for a build whose breaker is open goes to another one that may start runs, where there is one.
 * - A task that is said to have moved, and is not where it went, was lost between two pasts of the store: it is brought there. One
 *   of which a shard says so that had just lost it is looked for at once: until then nobody may hear that there is none.
 */
export interface Reconciler {
  /** Looks at the next few. */
  look(): Promise<void>;
}

/** In one look, of which there is one each second: as many as may end elsewhere in that time. */
const BATCH = 1024;
const YOUNG_MS = 30_000;
const HOPS_MAX = 16;

export function reconciler(engine: Engine): Reconciler {
  let left: (() => Promise<void>)[] = [];
  return {
    look: async () => {
      const strays = [...engine.strays].slice(0, BATCH);
      await Promise.all(strays.map(([name, stray]) => lookForStray(engine, name, stray)));
      if (left.length === 0) left = ripe(engine);
      await Promise.all(left.splice(0, BATCH).map((look) => look()));
    },
  };
}

function ripe(engine: Engine): (() => Promise<void>)[] {
  const { ledger, clock } = engine;
  const young = clock.nowMs() - YOUNG_MS;
  const open = [...ledger.open()].filter(({ acceptedMs }) => acceptedMs < young);
  const noted = [...ledger.noted()].filter(({ fleet, id, sinceMs }) => sinceMs < young && !ledger.isOpen(fleet, id));
  return [...open.map((one) => () => check(engine, one)), ...noted.map((one) => () => checkNoted(engine, one))];
}

async function lookForStray(engine: Engine, name: string, { fleet, id }: Stray): Promise<void> {
  const facts = await inspect(engine, fleet, id);
  if (facts === undefined) return;
  const record = facts.task?.record;
  const isGone = engine.ledger.isOpen(fleet, id) && record?.state === 'moved';
  if (!isGone || (await follow(engine, fleet, record))) engine.strays.delete(name);
}

/** Of a task that another scheduler has accepted. */
async function checkNoted(engine: Engine, { fleet, id, sinceMs }: NotedTask): Promise<void> {
  const facts = await inspect(engine, fleet, id);
  if (facts === undefined) return;
  const state = facts.task?.record.state;
  const isOver = state === undefined ? !cannotHaveForgotten(facts, engine.clock.nowMs() - sinceMs) : !OPEN.has(state);
  if (isOver) engine.ledger.forget(fleet, id);
}

async function check(engine: Engine, { fleet, id, acceptedMs, digest }: OpenSubmission): Promise<void> {
  const { ledger } = engine;
  const facts = await inspect(engine, fleet, id);
  if (facts === undefined || !ledger.isOpen(fleet, id)) return;
  const record = facts.task?.record;
  const unaccounted = engine.fleets.get(fleet)?.unaccounted;
  if (record === undefined && cannotHaveForgotten(facts, engine.clock.nowMs() - acceptedMs)) {
    if (unaccounted?.has(id) === false) engine.observer.warning?.('a task is not accounted for', { fleet, task: id });
    unaccounted?.add(id);
    return;
  }
  const isTold = unaccounted?.delete(id) === true;
  if (record !== undefined && record.digest !== digest) {
    await giveWay(engine, fleet, id, digest);
    return;
  }
  if (record !== undefined && OPEN.has(record.state)) {
    if (isStranded(engine, fleet, record) && !(await leads(engine, fleet, record))) {
      if (!isTold)
        engine.observer.warning?.('a task waits for a route that is gone, and no route takes it', { fleet, task: id });
      unaccounted?.add(id);
    }
    return;
  }
  if (record === undefined) ledger.forget(fleet, id);
  else await follow(engine, fleet, record);
}

/**
 * It has ended, or has left for another shard. Whoever took it on may lose that: the promise lasts until its end is written here.
 * False when a shard on the way could not be asked.
 */
async function follow(engine: Engine, fleet: string, record: TaskRecord): Promise<boolean> {
  let at = fleet;
  let last: TaskRecord | undefined = record;
  for (let hop = 0; hop < HOPS_MAX && last?.state === 'moved'; hop += 1) {
    const to = engine.tables.home(movedTo(last) ?? '');
    if (to === undefined) break;
    const there = await inspect(engine, to, record.id);
    if (there === undefined) return false;
    at = to;
    last = there.task?.record;
  }
  if (last === undefined) await bring(engine, fleet, at, record);
  // To a fleet that no table here has had.
  else if (last.state === 'moved') engine.ledger.forget(fleet, record.id);
  else if (!OPEN.has(last.state)) await keepEnd(engine, fleet, at, record);
  return true;
}

/** Nothing is kept when the store is lost meanwhile: the next look asks again. */
async function keepEnd(engine: Engine, fleet: string, at: string, record: TaskRecord): Promise<void> {
  const { ledger, fleets } = engine;
  const state = fleets.get(at);
  if (state === undefined) return;
  try {
    await promiseEnd(engine, state, record.id);
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error;
    return;
  }
  if (at === fleet) return;
  const lsn = ledger.end(fleet, record.id, movedEnd(record));
  fleets.get(fleet)?.link.recorded(lsn);
  await ledger.durable(lsn);
}

function movedEnd({ token, digest, reason = '' }: TaskRecord): End {
  return { state: 'moved', token, digest, reason, result: '' };
}

function isStranded(engine: Engine, fleet: string, { state, lane }: TaskRecord): boolean {
  if (!WAITS.has(state)) return false;
  const name = engine.tables.lane(fleet, lane);
  if (name === undefined || isForgotten(engine, fleet, lane)) return true;
  if (drains(engine, fleet, name.build)) return true;
  // Asked for before the task is read again: in an outage as many wait as there are, and nowhere else to go.
  return state !== 'delayed' && otherBuild(engine, fleet, name.build) !== undefined;
}

/** No agent of the present table claims from there. */
function isForgotten({ tables }: Engine, fleet: string, lane: number): boolean {
  return !tables.allLanes(fleet).includes(lane);
}

/** Brings a task on where there is a way. False when nobody will ever claim it where it is, and there is none. */
async function leads(engine: Engine, fleet: string, { id, lane }: TaskRecord): Promise<boolean> {
  const state = engine.fleets.get(fleet);
  if (state === undefined) return true;
  const went = await moveOn(engine, state, id).catch((error: unknown) => {
    if (!(error instanceof StoreFailure)) throw error;
  });
  return went !== 'stays' || !isForgotten(engine, fleet, lane);
}

/** Ended tasks are known for a while, up to a number and to the bytes of their results. */
function cannotHaveForgotten({ finished, resultBytes }: ShardFacts, ageMs: number): boolean {
  const { finishedMs, finishedMax, resultBytesMax } = DEFAULT_SETTINGS;
  return ageMs < finishedMs && finished < finishedMax / 2 && resultBytes < resultBytesMax / 2;
}

/** A dead letter's promise stays: its body must come back with the store. */
const WAITS: ReadonlySet<string> = new Set(['delayed', 'ready', 'held']);
const OPEN: ReadonlySet<string> = new Set(['delayed', 'ready', 'held', 'leased', 'dead']);

/** Nothing when the shard cannot be asked now. */
async function inspect(
  { fleets }: Engine,
  fleet: string,
  id: string,
): Promise<Extract<Reply, { kind: 'facts' }>['facts'] | undefined> {
  const link = fleets.get(fleet)?.link;
  if (link === undefined || link.state !== 'up') return undefined;
  const reply = await link.ask({ op: 'inspect', lanes: [], id }).catch((error: unknown) => {
    if (!(error instanceof StoreFailure)) throw error;
  });
  return reply?.kind === 'facts' ? reply.facts : undefined;
}

async function bring(engine: Engine, from: string, to: string, left: TaskRecord): Promise<void> {
  const { ledger, fleets } = engine;
  const { id } = left;
  const promised = await submissionOf(engine, from, id);
  if (promised === undefined || !ledger.isOpen(from, id)) return;
  const envelope = decodeEnvelope(promised.body);
  const place = openPlaceAt(engine, to, envelope);
  if (place === undefined) return;
  const record = { id, digest: promised.digest, acceptedMs: promised.acceptedMs, attempts: 0, crashes: 0 };
  const task = movedTask(engine, record, envelope, place);
  const lsn = ledger.moved({ kind: 'move', from, to, task }, movedEnd(left));
  fleets.get(from)?.link.recorded(lsn);
  const durable = ledger.durable(lsn);
  const sent = fleets.get(to)?.link.submit({ op: 'submit', task }, lsn, durable);
  await durable;
  await sent;
}

/** What was promised, from the journal; that is read through, so it is for what never happens. */
async function submissionOf({ ledger }: Engine, fleet: string, id: string): Promise<JournaledTask | undefined> {
  let found: JournaledTask | undefined;
  for await (const { payload } of ledger.journal.read(0)) {
    const entry = decodeEntry(payload);
    const here = (entry.kind === 'submit' && entry.fleet === fleet) || (entry.kind === 'moved' && entry.to === fleet);
    if (here && entry.task.id === id) found = entry.task;
  }
  return found;
}
