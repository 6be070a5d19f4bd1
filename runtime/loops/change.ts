import type { ChangeOutcome } from '../core/scheduler.ts';
import type { TaskRecord } from '../core/task-record.ts';
import { reasonText } from '../core/reason-text.ts';
import { NoRoom } from '../store/store-failure.ts';
import { askedValue, readAsked } from './asked.ts';
import { want } from './deliver.ts';
import { finish, noteStanding, waitForPosition, writeEndOnce } from './ends.ts';
import { askPatiently, changed, type Engine, type FleetState } from './engine.ts';
import { findSurely, viewOf } from './view.ts';
import { DRAIN_ALL, DRAIN_BUILD, drainSwitch, PAUSED } from './view-of-fleets.ts';

/** `Scheduler.cancel`. */
export async function cancel(engine: Engine, id: string, reason: string): Promise<ChangeOutcome> {
  const found = await findSurely(engine, id);
  if (found === undefined) return { kind: 'unknown' };
  const { state } = found;
  const reply = await askPatiently(engine, state.link, { op: 'cancel', id, reason: reasonText(reason) });
  if (reply.kind === 'unknown' || !('record' in reply) || reply.record === undefined) return { kind: 'unknown' };
  const { record } = reply;
  const task = viewOf(engine, state.fleet, record);
  if (reply.kind === 'asked') {
    await noteCancel(engine, state, record);
    return { kind: 'asked', task };
  }
  if (reply.kind === 'stale') return { kind: 'not-now', task };
  // Whoever cancels it again counts nothing.
  if (reply.kind === 'done') await finish(engine, state.fleet, record);
  else await writeEndOnce(engine, state.fleet, record);
  await waitForPosition(engine, state.fleet);
  return { kind: 'done', task };
}

/** Also when the store forgets it, its end was asked for. */
async function noteCancel(engine: Engine, { fleet, link, cancelsSaid }: FleetState, record: TaskRecord): Promise<void> {
  const { id, reason = '' } = record;
  cancelsSaid.set(id, link.joins);
  const lsn = engine.ledger.askCancel({ fleet, id, reason, askedMs: engine.clock.nowMs() });
  link.recorded(lsn);
  await engine.ledger.durable(lsn);
  await askPatiently(engine, link, { op: 'inspect', lanes: [] });
}

/** `Scheduler.redrive`. */
export async function redrive(engine: Engine, id: string): Promise<ChangeOutcome> {
  const found = await findSurely(engine, id);
  if (found === undefined) return { kind: 'unknown' };
  const { state } = found;
  const answer = await askPatiently(engine, state.link, { op: 'redrive', id });
  if (answer.kind === 'unknown' || !('record' in answer) || answer.record === undefined) return { kind: 'unknown' };
  const task = viewOf(engine, state.fleet, answer.record);
  if (answer.kind !== 'done') return { kind: 'not-now', task };
  await noteStanding(engine, state.fleet, answer.record);
  await askPatiently(engine, state.link, { op: 'inspect', lanes: [] });
  state.ready += 1;
  want(engine, state);
  changed(engine, id);
  return { kind: 'done', task };
}

/** `Scheduler.pause` and `resume`. */
export async function setPaused(engine: Engine, fleet: string, reason: string): Promise<boolean> {
  return setSwitch(engine, fleet, PAUSED, reason === '' ? '' : asked(engine, fleet, PAUSED, reasonText(reason)));
}

/** `Scheduler.drain`. */
export async function drain(engine: Engine, fleet: string, build?: string): Promise<boolean> {
  const name = build === undefined ? DRAIN_ALL : drainSwitch(build);
  return setSwitch(engine, fleet, name, asked(engine, fleet, name, 'asked'));
}

/** Who asks again gives another reason; it holds since the first time. */
function asked({ clock, fleets }: Engine, fleet: string, name: string, reason: string): string {
  const before = fleets.get(fleet)?.switches.get(name);
  const { sinceMs = clock.nowMs() } = before === undefined ? {} : readAsked(before);
  return askedValue({ sinceMs, reason });
}

/** Undoes every `drain` of a fleet. */
export async function undrain(engine: Engine, fleet: string): Promise<void> {
  const names = [...(engine.fleets.get(fleet)?.switches.keys() ?? [])];
  for (const name of names) {
    if (name === DRAIN_ALL || name.startsWith(DRAIN_BUILD)) await setSwitch(engine, fleet, name, '');
  }
}

async function setSwitch(engine: Engine, fleet: string, name: string, value: string): Promise<boolean> {
  const state = engine.fleets.get(fleet);
  if (state === undefined) return false;
  state.saying += 1;
  const isTaken = await say(engine, state, name, value).finally(() => {
    state.saying -= 1;
  });
  if (!isTaken) throw new NoRoom(fleet);
  noteSwitch(state, name, value);
  engine.store.hint(state.link.shard);
  if (value === '') want(engine, state);
  return true;
}

/** Durable before it answers, and the last word: also when another scheduler's clock is ahead. False when there is no room. */
async function say(
  { ledger, clock }: Engine,
  { fleet, link }: FleetState,
  name: string,
  value: string,
): Promise<boolean> {
  let atMs = clock.nowMs();
  for (;;) {
    const lsn = ledger.setSwitch({ fleet, name, value, atMs });
    const reply = await link.submit({ op: 'switch', name, value, atMs }, lsn);
    await ledger.durable(lsn);
    if (reply === 'journaled') return true;
    if (reply.kind === 'full') {
      // A replay would set it once there is room, and whoever asked was told that it is not.
      const back = ledger.setSwitch({ fleet, name, value: '', atMs });
      await link.submit({ op: 'switch', name, value: '', atMs }, back);
      await ledger.durable(back);
      return false;
    }
    if (reply.kind !== 'passed') return true;
    atMs = Math.max(clock.nowMs(), reply.atMs + 1);
  }
}

/** What was set, before the next tick tells it. */
export function noteSwitch(state: FleetState, name: string, value: string): void {
  const switches = new Map(state.switches);
  if (value === '') switches.delete(name);
  else switches.set(name, value);
  state.switches = switches;
}
