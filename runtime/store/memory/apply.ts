import type { Applied, Batch, Gap, Operation, Reply } from '../store.ts';
import { claim } from './claim.ts';
import { begin, end, policy, present, setSwitch } from './control.ts';
import { claimed, get, inspect, list } from './read.ts';
import { replayEnd, restore, resubmit, submitNew } from './replay.ts';
import { roster } from './roster.ts';
import { complete, fail, heartbeat } from './running.ts';
import { claimedBy, type ShardData } from './shard-data.ts';
import { isHeld, type Step } from './step.ts';
import { tick } from './tick.ts';
import { cancel, redrive, relane, remove } from './waiting.ts';

/** `Store.apply` on one shard, at a time in microseconds. Changes the shard. */
export function applyBatch(data: ShardData, batch: Batch, nowUs: number): Applied | Gap {
  const position = data.m.positions.get(batch.scheduler) ?? 0;
  const number = data.m.numbers.get(batch.scheduler) ?? 0;
  if (position !== batch.prevLsn || number !== batch.after || data.m.beat < batch.beat) {
    return { kind: 'gap', position, number, beat: data.m.beat };
  }
  // What any scheduler has seen handed out stays below what is handed out, whatever the store has forgotten.
  data.m.token = Math.max(data.m.token, batch.tokenFloor);
  const step: Step = { data, batch, nowUs, nowMs: Math.floor(nowUs / 1000), leases: [], noted: 0 };
  const replies = batch.operations.map((operation) => perform(step, operation));
  if (step.leases.length > 0)
    data.m.claimed.set(claimedBy(batch.scheduler, batch.number), { number: batch.number, leases: step.leases });
  data.m.positions.set(batch.scheduler, batch.lsn);
  data.m.numbers.set(batch.scheduler, batch.number);
  data.m.beat += 1;
  const { revision, holdUntilMs, beat } = data.m;
  return {
    kind: 'applied',
    nowMs: step.nowMs,
    beat,
    revision,
    holdUntilMs: holdUntilMs > step.nowMs ? holdUntilMs : 0,
    ready: data.q.size,
    replies,
  };
}

/** While a hold lasts the shard may lack the end of a task: nothing that could end it otherwise. */
const HELD_BACK: ReadonlySet<Operation['op']> = new Set(['complete', 'fail', 'cancel', 'remove', 'redrive']);

function perform(step: Step, operation: Operation): Reply {
  if (isHeld(step) && HELD_BACK.has(operation.op)) return { kind: 'held' };
  switch (operation.op) {
    case 'submit':
      return operation.task.acceptedMs === undefined ? submitNew(step, operation) : resubmit(step, operation);
    case 'claim':
      return claim(step, operation);
    case 'complete':
      return complete(step, operation);
    case 'fail':
      return fail(step, operation);
    case 'heartbeat':
      return heartbeat(step, operation);
    case 'cancel':
      return cancel(step, operation);
    case 'remove':
      return remove(step, operation);
    case 'relane':
      return relane(step, operation);
    case 'redrive':
      return redrive(step, operation);
    case 'tick':
      return tick(step, operation);
    case 'finish':
      return replayEnd(step, operation);
    case 'restore':
      return restore(step, operation);
    case 'begin':
      return begin(step, operation);
    case 'end':
      return end(step, operation);
    case 'policy':
      return policy(step, operation);
    case 'switch':
      return setSwitch(step, operation);
    case 'get':
      return get(step, operation);
    case 'list':
      return list(step, operation);
    case 'inspect':
      return inspect(step, operation);
    case 'claimed':
      return claimed(step, operation);
    case 'present':
      return present(step, operation);
    case 'roster':
      return roster(step, operation);
  }
}
