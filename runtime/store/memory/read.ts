import { nextStartMs } from '../../core/start-rate.ts';
import { routeOfLane } from '../../core/lane.ts';
import { toRecord, type Row } from '../row.ts';
import type { ClaimedTask, LaneFacts, Operation, Reply, TaskFacts } from '../store.ts';
import { claimedBy, RUNNING, type ShardData } from './shard-data.ts';
import { countKey, countRoute, policyOf, recall, type Step } from './step.ts';

type Of<Name extends Operation['op']> = Extract<Operation, { op: Name }>;

/** See `Get` in `../store.ts`. */
export function get({ data }: Step, { id }: Of<'get'>): Reply {
  const row = data.o.get(id);
  if (row === undefined) return { kind: 'unknown' };
  const body = data.b.get(id);
  const result = data.r.get(id);
  return {
    kind: 'task',
    record: toRecord(id, row),
    ...(body !== undefined && { body }),
    ...(result !== undefined && { result }),
  };
}

/** See `List` in `../store.ts`. */
export function list({ data }: Step, op: Of<'list'>): Reply {
  const records = idsOf(data, op).flatMap((id) => {
    const row = data.o.get(id);
    return row === undefined ? [] : [toRecord(id, row)];
  });
  return { kind: 'tasks', records };
}

function idsOf({ i, x, z }: ShardData, { of, lane = 0, offset, limit }: Of<'list'>): readonly string[] {
  if (of === 'dead') return x.rangeReverse(-Infinity, Infinity, offset, limit);
  if (of === 'finished') return z.rangeReverse(-Infinity, Infinity, offset, limit);
  const waiting = i.range(lane, lane, offset, limit);
  const left = limit - waiting.length;
  if (left === 0) return waiting;
  const skipped = Math.max(0, offset - i.count(lane, lane));
  return [...waiting, ...i.range(RUNNING + lane, RUNNING + lane, skipped, left)];
}

/** See `Inspect` in `../store.ts`. */
export function inspect(step: Step, { lanes, id }: Of<'inspect'>): Reply {
  const { data } = step;
  const row = id === undefined ? undefined : data.o.get(id);
  const facts = {
    ready: data.q.size,
    held: data.w.size,
    dead: data.x.size,
    finished: data.z.size,
    resultBytes: data.m.bytes,
    paused: data.s.has('paused'),
    lanes: lanes.map((lane) => laneFacts(step, lane)),
    ...(id !== undefined && row !== undefined && { task: taskFacts(step, id, row) }),
  };
  return { kind: 'facts', facts };
}

function laneFacts(step: Step, lane: number): LaneFacts {
  const { data, nowUs } = step;
  const rate = policyOf(step, lane)?.rate;
  const restUs = data.m.rates.get(routeOfLane(lane)) ?? 0;
  return {
    lane,
    waiting: data.i.count(lane, lane),
    running: data.i.count(RUNNING + lane, RUNNING + lane),
    firstAcceptedMs: firstAcceptedMs(data, lane),
    routeRunning: countRoute(step, lane, RUNNING),
    rateUntilMs: rate === undefined ? 0 : nextStartMs(rate, restUs, nowUs),
  };
}

function firstAcceptedMs({ q, o }: ShardData, lane: number): number {
  const [first] = q.range(lane, lane, 0, 1);
  return first === undefined ? 0 : (o.get(first.slice(first.indexOf(':') + 1))?.acceptedMs ?? 0);
}

function taskFacts(step: Step, id: string, row: Row): TaskFacts {
  const { data } = step;
  const name = `a:${row.affinity}`;
  const agent = row.affinity === '' ? undefined : recall(step, name);
  const ahead = row.state === 'R' ? data.q.rank(`${row.tag}:${id}`) - data.q.count(-Infinity, row.lane - 1) : 0;
  return {
    record: toRecord(id, row),
    ahead,
    keyRunning: row.key === '' ? 0 : countKey(step, row),
    ...(agent !== undefined && { bound: { agent, untilMs: data.u.score(name) ?? 0 } }),
  };
}

/** See `Claimed` in `../store.ts`. */
export function claimed({ data, batch }: Step, { number }: Of<'claimed'>): Reply {
  const last = data.m.claimed.get(claimedBy(batch.scheduler, number));
  const claims: ClaimedTask[] = [];
  for (const { id, token } of last?.number === number ? last.leases : []) {
    const row = data.o.get(id);
    if (row?.state !== 'L' || row.token !== token) continue;
    claims.push({ record: toRecord(id, row), body: data.b.get(id) ?? '', untilMs: data.d.score(id) ?? 0 });
  }
  return { kind: 'claims', claims };
}
