import { priorityNumber, strideOf } from '../../core/fairness.ts';
import { routeOfLane } from '../../core/lane.ts';
import type { RoutePolicy } from '../../core/route-policy.ts';
import type { Row } from '../row.ts';
import type { Batch } from '../store.ts';
import { ROUTE_LANES, type Lease, type ShardData } from './shard-data.ts';

/**
 * What the moves of tasks have in common. Each function has its twin of the same name in `dragonfly/apply.lua`; where the
 * twin writes in a certain order so that a prefix does no harm, this one does not need to, but does the same.
 */
export interface Step {
  readonly data: ShardData;
  readonly batch: Batch;
  readonly nowUs: number;
  readonly nowMs: number;
  /** What the batch has leased. */
  readonly leases: Lease[];
  /** Notes on agents that the batch has written. */
  noted: number;
}

/** How long a task held for its key waits at most before it is looked at again, should a wake-up be lost. */
const HELD_MS = 30_000;
/** Names (dedupe keys and bound agents) that are remembered; the first to be forgotten go. */
const NAMES_MAX = 100_000;
/** Runs that are looked at, for one that keeps an agent its affinity. */
const STICKY_LOOKS = 8;

/** How long a word is kept for a task, or against a switch, that another scheduler may still bring: it may be away. */
export const KEPT_MS = 2_592_000_000;

export function policyOf({ data }: Step, lane: number): RoutePolicy | undefined {
  return data.m.policies.get(routeOfLane(lane));
}

/** Open tasks of a lane's route that wait, or (`base` `RUNNING`) run. */
export function countRoute({ data }: Step, lane: number, base: number): number {
  const first = base + routeOfLane(lane) * ROUTE_LANES;
  return data.i.count(first, first + ROUTE_LANES - 1);
}

/** `j` member of a task, or the stretch of a key when there is no id. */
export function keyMember(row: Row, id: string): string {
  return `${routeOfLane(row.lane)}:${row.key} ${id}`;
}

export function countKey({ data }: Step, row: Row): number {
  const start = `${routeOfLane(row.lane)}:${row.key}`;
  return data.j.lexCount(`${start} `, `${start}!`);
}

/** A turn in the lane: the flow's next, not before the turn of the task that started last. */
export function giveTag({ data }: Step, row: Row): void {
  const flow = `${row.flow}:${row.priority}`;
  const start = Math.max(data.m.v, data.t.score(flow) ?? 0);
  data.t.add(flow, start + strideOf(row.cost, row.priority));
  row.tag = String(start).padStart(16, '0');
}

/** Takes a task out of the set that its state keeps it in. */
export function leave({ data }: Step, id: string, row: Row): void {
  if (row.state === 'R') data.q.remove(`${row.tag}:${id}`);
  else if (row.state === 'H') data.w.remove(`${row.hold} ${row.tag}:${id}`);
  else if (row.state === 'X') data.x.remove(id);
}

/** When a task that waits must be looked at again. */
function nextLook(step: Step, row: Row): number | undefined {
  const policy = policyOf(step, row.lane);
  const times: number[] = [];
  if (row.queueMs > 0) times.push(row.sinceMs + row.queueMs);
  if (row.noticeMs > 0) {
    if (row.dueMs === 0) row.dueMs = row.sinceMs + row.noticeMs;
    times.push(row.dueMs);
  }
  const agedMs = agesAtMs(policy, row);
  if (agedMs !== undefined) times.push(agedMs);
  if (row.state === 'H') times.push(row.hold.startsWith('a:') ? spillsAtMs(policy, row) : step.nowMs + HELD_MS);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** When its priority rises next. */
export function agesAtMs(policy: RoutePolicy | undefined, row: Row): number | undefined {
  const aging = policy?.aging;
  if (aging === undefined || row.priority >= priorityNumber(aging.max)) return undefined;
  return row.sinceMs + aging.everyMs * (row.priority - row.basePriority + 1);
}

/** When any agent may take it. */
export function spillsAtMs(policy: RoutePolicy | undefined, row: Row): number {
  return row.sinceMs + (policy?.affinity?.spillAfterMs ?? 0);
}

/** Added to the times of tasks that wait, so that however many of them are to be looked at, leases and delays are in time. */
export const WAITING_MS = 1e14;

/** Writes the record, and when to look at it again. */
export function put(step: Step, id: string, row: Row, lookMs: number | undefined): void {
  const { data } = step;
  if (lookMs === undefined) data.d.remove(id);
  else data.d.add(id, row.state === 'R' || row.state === 'H' ? WAITING_MS + lookMs : lookMs);
  data.o.set(id, row);
}

/** Into its lane. */
export function enqueue(step: Step, id: string, row: Row): void {
  row.state = 'R';
  row.hold = '';
  if (row.tag === '') giveTag(step, row);
  step.data.q.add(`${row.tag}:${id}`, row.lane);
  step.data.i.add(id, row.lane);
  put(step, id, row, nextLook(step, row));
}

/** Ready after a time, or at once. */
export function delay(step: Step, id: string, row: Row, delayMs: number): void {
  row.sinceMs = step.nowMs;
  if (delayMs === 0) {
    row.dueMs = 0;
    enqueue(step, id, row);
    return;
  }
  row.state = 'D';
  row.dueMs = step.nowMs + delayMs;
  step.data.i.add(id, row.lane);
  put(step, id, row, row.dueMs);
}

/** Aside, until its key is free or its agent comes. */
export function hold(step: Step, id: string, row: Row, name: string): void {
  leave(step, id, row);
  row.state = 'H';
  row.hold = name;
  step.data.w.add(`${name} ${row.tag}:${id}`, 0);
  put(step, id, row, nextLook(step, row));
}

/** `j` member of a run at its row's agent, or the stretch of its affinity there when there is no id. */
export function stickyMember({ affinity, agent }: Row, id: string): string {
  return `a:${affinity} ${agent} ${id}`;
}

/**
 * The key stays with the agent while it runs, and `holdMs` longer. A soft binding survives a task that went elsewhere. A run may
 * come back before the limits of its route.
 */
export function bind(step: Step, id: string, row: Row): void {
  if (row.affinity === '') return;
  step.data.j.add(stickyMember(row, id), 0);
  const policy = policyOf(step, row.lane);
  if (policy !== undefined && policy.affinity === undefined) return;
  const name = `a:${row.affinity}`;
  const bound = recall(step, name);
  if (bound !== undefined && bound !== row.agent && policy?.affinity?.mode !== 'hard') return;
  const untilMs = bound === row.agent ? (step.data.u.score(name) ?? 0) : 0;
  remember(step, name, row.agent, Math.max(untilMs, row.dueMs + (policy?.affinity?.holdMs ?? 0)));
}

/** Of the last of its affinity, its agent keeps that for a while. */
export function freeAffinity(step: Step, id: string, row: Row): void {
  if (row.affinity === '') return;
  const { data } = step;
  data.j.remove(stickyMember(row, id));
  const name = `a:${row.affinity}`;
  if (data.e.get(name) !== row.agent || isNeeded(step, row)) return;
  data.u.add(name, step.nowMs + (policyOf(step, row.lane)?.affinity?.holdMs ?? 0));
}

/** Whether another task of this affinity runs at this agent. A scheduler of an older version leaves members of ended runs. */
function isNeeded({ data }: Step, row: Row): boolean {
  const start = stickyMember(row, '');
  for (const member of data.j.lexRange(start, `${start.slice(0, -1)}!`, STICKY_LOOKS)) {
    const other = data.o.get(member.slice(start.length));
    if (other?.state === 'L' && other.agent === row.agent) return true;
    data.j.remove(member);
  }
  return false;
}

/** What a lease took, given back: its agent when it ran, and what counts for its key; a task held for the key may go on. */
export function endLease(step: Step, id: string, row: Row, was: string, over: boolean): void {
  if (was === 'L') freeAffinity(step, id, row);
  if (row.key === '') return;
  if (over || policyOf(step, row.lane)?.perKey?.onFull !== 'reject') step.data.j.remove(keyMember(row, id));
  wake(step, row);
}

/** The first task that is held for the key goes back to its lane. */
function wake(step: Step, freed: Row): void {
  const { data } = step;
  const name = `k:${routeOfLane(freed.lane)}:${freed.key}`;
  const first = data.w.lexRange(`${name} `, `${name}!`, 1)[0];
  if (first === undefined) return;
  const id = idOf(first);
  const row = data.o.get(id);
  if (row === undefined) return;
  leave(step, id, row);
  enqueue(step, id, row);
}

/** `<tag>:<id>`, with or without what it is held for; ids may hold `:`, tags have sixteen digits. */
export function idOf(member: string): string {
  return member.slice(member.lastIndexOf(' ') + 18);
}

export function tagOf(member: string): string {
  const start = member.lastIndexOf(' ') + 1;
  return member.slice(start, start + 16);
}

/** The end of a task, whatever its state. */
export function finish(step: Step, id: string, row: Row, state: string, reason: string, result: string): void {
  const { data } = step;
  leave(step, id, row);
  const was = row.state;
  row.state = state;
  row.sinceMs = step.nowMs;
  row.reason = reason;
  row.hold = '';
  keepResult(step, id, result);
  data.z.add(id, step.nowMs);
  put(step, id, row, undefined);
  data.b.delete(id);
  data.i.remove(id);
  endLease(step, id, row, was, true);
}

/** Out of the way until someone redrives it; the body stays. */
export function bury(step: Step, id: string, row: Row, reason: string, result: string): void {
  const { data } = step;
  leave(step, id, row);
  const was = row.state;
  row.state = 'X';
  row.sinceMs = step.nowMs;
  row.reason = reason;
  row.hold = '';
  keepResult(step, id, result);
  data.x.add(id, step.nowMs);
  put(step, id, row, undefined);
  data.i.remove(id);
  endLease(step, id, row, was, true);
}

/** When a lease ends unless a heartbeat comes. One that lasts as long as the run does so also when the clock was set back. */
export function leaseEndMs({ nowMs }: Step, { leaseMs, runMs, dueMs }: Row): number {
  return leaseMs >= runMs ? dueMs : Math.min(nowMs + leaseMs, dueMs);
}

/** A dead letter is ready again, and its turn is paid for anew. */
export function revive(step: Step, id: string, row: Row): void {
  leave(step, id, row);
  row.sinceMs = step.nowMs;
  row.dueMs = 0;
  row.tag = '';
  row.flags = '';
  row.reason = '';
  row.priority = row.basePriority;
  enqueue(step, id, row);
  keepResult(step, id, '');
}

export function keepResult({ data }: Step, id: string, result: string): void {
  const old = Buffer.byteLength(data.r.get(id) ?? '');
  if (result === '') data.r.delete(id);
  else data.r.set(id, result);
  data.m.bytes += Buffer.byteLength(result) - old;
}

/** Remembers a name until a time. */
export function remember({ data }: Step, name: string, value: string, untilMs: number): void {
  data.e.set(name, value);
  data.u.add(name, untilMs);
  if (data.u.size <= NAMES_MAX) return;
  for (const first of data.u.range(-Infinity, Infinity, 0, 1)) forget(data, first);
}

export function forget(data: ShardData, name: string): void {
  data.e.delete(name);
  data.u.remove(name);
}

/** What a remembered name stands for. */
export function recall({ data, nowMs }: Step, name: string): string | undefined {
  const value = data.e.get(name);
  return value !== undefined && (data.u.score(name) ?? 0) > nowMs ? value : undefined;
}

/** Whether the shard may lack the ends of tasks: schedulers replay. */
export function isHeld({ data, nowMs }: Step): boolean {
  return data.m.holdUntilMs > nowMs;
}
