import { routeNumber } from '../../spec/contract/lane-numbers.ts';
import { routeOfLane } from '../core/lane.ts';
import type { ShardData } from '../store/memory/shard-data.ts';
import type { Row } from '../store/row.ts';
import { shardName, type Applied, type Operation } from '../store/store.ts';
import { tagOf } from '../store/memory/step.ts';
import { audit } from '../store/memory/audit.ts';
import type { Outside } from './outside.ts';
import type { SimServer } from './sim-server.ts';
import { IN_FLIGHT, PER_KEY, ROUTE, type TableShape } from './table.ts';

/** Looks at every shard after every batch: at no time does more run than the route allows, and nobody is passed over. */
export function watchShards(server: SimServer, outside: Outside, shape: TableShape): void {
  server.onApplied((shard, { operations }, answer) => {
    const data = server.memory.shard(shardName(shard));
    if (data === undefined || answer.kind === 'gap') return;
    if (shape.queueMs >= PATIENT_MS) attempts(operations, answer, outside);
    const claimed = claimsIn(operations, answer);
    if (claimed.length === 0) return;
    const running = [...data.o.values()].filter((row) => runs(row, answer.nowMs) && outside.isAtWork(row.token));
    const ofRoute = running.filter(({ lane }) => routeOfLane(lane) === routeNumber(ROUTE));
    if (ofRoute.length > IN_FLIGHT) outside.violate('capacity', `${shard.fleet} runs ${ofRoute.length}`);
    if (shape.perKey) keys(running, outside);
    turns(data, claimed, outside);
    for (const id of claimed) outside.claim(id, data.o.get(id)?.token ?? 0);
    for (const wrong of audit(data)) outside.violate('sets', `${shard.fleet}: ${wrong}`);
  });
}

/** A task may wait for longer than anything is broken. */
const PATIENT_MS = 600_000;

/** Of one whose end was asked for nobody counts any more. */
function attempts(operations: readonly Operation[], { replies }: Applied, outside: Outside): void {
  for (const [at, operation] of operations.entries()) {
    const reply = replies[at];
    if (operation.op !== 'fail' || operation.then === 'release' || reply?.kind !== 'done') continue;
    if (reply.record.state !== 'cancelled') outside.attempt(operation.id, operation.token);
  }
}

function claimsIn(operations: readonly Operation[], { replies }: Applied): readonly string[] {
  return replies.flatMap((reply, at) =>
    operations[at]?.op === 'claim' && reply.kind === 'claims' ? reply.claims.map(({ record }) => record.id) : [],
  );
}

/**
 * One whose time is over does not: a journal brings it back, and the next look at the shard ends it. Nor does one that its agent has
 * done: the store may have forgotten that, and the agent says it again.
 */
function runs({ state, dueMs }: Row, nowMs: number): boolean {
  return state === 'L' && dueMs > nowMs;
}

function keys(running: readonly Row[], outside: Outside): void {
  const counts = new Map<string, number>();
  for (const { key } of running) if (key !== '') counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const [key, count] of counts) if (count > PER_KEY) outside.violate('per-key', `${key} runs ${count} times`);
}

/** No task that is ready still has an earlier turn than one of its lane that has just been handed out. */
function turns(data: ShardData, claimed: readonly string[], outside: Outside): void {
  for (const id of claimed) {
    const row = data.o.get(id);
    if (row === undefined) continue;
    const [waiting] = data.q.range(row.lane, row.lane, 0, 1);
    if (waiting !== undefined && tagOf(waiting) < row.tag)
      outside.violate('turn', `${row.tag}:${id} before ${waiting}`);
  }
}
