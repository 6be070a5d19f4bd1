import { toRecord, type Row } from '../row.ts';
import type { Operation, Reply, TickEvent } from '../store.ts';
import { switchesOf } from './control.ts';
import { again } from './running.ts';
import {
  agesAtMs,
  bury,
  enqueue,
  finish,
  forget,
  giveTag,
  isHeld,
  keepResult,
  leave,
  policyOf,
  spillsAtMs,
  type Step,
  WAITING_MS,
} from './step.ts';

/** See `Tick` in `../store.ts`. */
export function tick(step: Step, { limit }: Extract<Operation, { op: 'tick' }>): Reply {
  const { data, nowMs } = step;
  const events: TickEvent[] = [];
  if (limit === 0 || isHeld(step)) return { kind: 'ticked', events, switches: switchesOf(data) };
  const due = data.d.range(-Infinity, nowMs, 0, limit);
  const waiting = data.d.range(WAITING_MS, WAITING_MS + nowMs, 0, limit);
  for (const id of [...due, ...waiting]) {
    const row = data.o.get(id);
    if (row === undefined) continue;
    const kinds = look(step, id, row);
    events.push(...kinds.map((kind) => ({ kind, record: toRecord(id, row) })));
  }
  events.push(...trimDead(step, limit));
  trimFinished(step, limit);
  for (const name of data.u.range(-Infinity, nowMs, 0, limit)) forget(data, name);
  for (const flow of data.t.range(-Infinity, data.m.v, 0, limit)) data.t.remove(flow);
  return { kind: 'ticked', events, switches: switchesOf(data) };
}

function look(step: Step, id: string, row: Row): readonly TickEvent['kind'][] {
  if (row.state === 'L') return [leaseOver(step, id, row)];
  if (row.state === 'D') {
    row.sinceMs = step.nowMs;
    row.dueMs = 0;
    enqueue(step, id, row);
    return ['promoted'];
  }
  return waited(step, id, row);
}

function leaseOver(step: Step, id: string, row: Row): TickEvent['kind'] {
  if (row.flags.includes('c')) {
    finish(step, id, row, 'C', row.reason, '');
    return 'cancelled';
  }
  if (step.nowMs >= row.dueMs) {
    row.attempts += 1;
    row.reason = 'timeout';
    if (row.attempts >= row.attemptMax) bury(step, id, row, 'timeout', '');
    else again(step, id, row, row.retryMs, true);
    return 'timeout';
  }
  const { settings } = step.data.m;
  countCrash(row, step.nowMs, settings.crashWindowMs);
  if (row.crashes >= settings.crashMax) bury(step, id, row, 'crashes', '');
  else again(step, id, row, 0, false);
  return 'lost';
}

function countCrash(row: Row, nowMs: number, windowMs: number): void {
  const fresh = row.crashes === 0 || nowMs - row.crashMs > windowMs;
  row.crashes = fresh ? 1 : row.crashes + 1;
  if (fresh) row.crashMs = nowMs;
}

function waited(step: Step, id: string, row: Row): readonly TickEvent['kind'][] {
  const { nowMs } = step;
  if (row.queueMs > 0 && nowMs >= row.sinceMs + row.queueMs) {
    finish(step, id, row, 'E', 'queue-age', '');
    return ['expired'];
  }
  const kinds: TickEvent['kind'][] = [];
  leave(step, id, row);
  if (row.noticeMs > 0 && nowMs >= row.dueMs) {
    row.dueMs = nowMs + row.noticeMs;
    kinds.push('waited');
  }
  const policy = policyOf(step, row.lane);
  const agedMs = agesAtMs(policy, row);
  if (agedMs !== undefined && nowMs >= agedMs) {
    age(step, row);
    kinds.push('aged');
  }
  if (row.state === 'H') {
    if (row.hold.startsWith('a:') && nowMs >= spillsAtMs(policy, row)) row.flags += 's';
    kinds.push('returned');
  }
  enqueue(step, id, row);
  return kinds;
}

/** One priority up, and an earlier turn if that gives one. */
function age(step: Step, row: Row): void {
  const old = row.tag;
  row.priority += 1;
  giveTag(step, row);
  if (old < row.tag) row.tag = old;
}

function trimDead({ data }: Step, limit: number): TickEvent[] {
  const over = Math.min(limit, data.x.size - data.m.settings.deadMax);
  const events: TickEvent[] = [];
  for (const id of over > 0 ? data.x.range(-Infinity, Infinity, 0, over) : []) {
    const row = data.o.get(id);
    if (row === undefined) continue;
    data.z.add(id, data.x.score(id) ?? 0);
    row.state = 'F';
    data.b.delete(id);
    data.x.remove(id);
    events.push({ kind: 'dropped', record: toRecord(id, row) });
  }
  return events;
}

/** By age, by number, and by the bytes of the results, the oldest first. */
function trimFinished(step: Step, limit: number): void {
  const { data, nowMs } = step;
  const { settings } = data.m;
  for (const id of data.z.range(-Infinity, Infinity, 0, limit)) {
    const old = (data.z.score(id) ?? 0) <= nowMs - settings.finishedMs;
    if (!old && data.z.size <= settings.finishedMax && data.m.bytes <= settings.resultBytesMax) return;
    keepResult(step, id, '');
    data.b.delete(id);
    data.z.remove(id);
    data.o.delete(id);
  }
}
