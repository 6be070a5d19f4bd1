import { toRecord, type Row } from '../row.ts';
import type { Operation, Reply } from '../store.ts';
import { bury, delay, endLease, finish, isHeld, leaseEndMs, put, type Step } from './step.ts';

type Complete = Extract<Operation, { op: 'complete' }>;
type Fail = Extract<Operation, { op: 'fail' }>;
type Heartbeat = Extract<Operation, { op: 'heartbeat' }>;

const ENDS = 'SFCEM';

export function isEnd({ state }: Row): boolean {
  return ENDS.includes(state);
}

/** See `Complete` in `../store.ts`. After a loss the shard may know less than the agent: then its token is the larger one. */
export function complete(step: Step, { id, token, result }: Complete): Reply {
  const row = step.data.o.get(id);
  if (row === undefined) return { kind: 'unknown' };
  if (isEnd(row)) {
    return { kind: row.state === 'S' && row.token === token ? 'already' : 'stale', record: toRecord(id, row) };
  }
  const mine = row.state === 'L' ? token === row.token : token >= row.token && token > 0;
  if (!mine) return { kind: 'stale', record: toRecord(id, row) };
  row.token = token;
  finish(step, id, row, 'S', '', result);
  return { kind: 'done', record: toRecord(id, row) };
}

/** See `Fail` in `../store.ts`. */
export function fail(step: Step, { id, token, then, delayMs, reason, result, attemptMax = Infinity }: Fail): Reply {
  const row = step.data.o.get(id);
  if (row === undefined) return { kind: 'unknown' };
  if (row.state !== 'L' || row.token !== token) {
    const over = isEnd(row) ? token === row.token : row.state !== 'L' && token >= row.token;
    return { kind: over ? 'already' : 'stale', record: toRecord(id, row) };
  }
  if (then !== 'release') row.attempts += 1;
  if (row.flags.includes('c')) {
    finish(step, id, row, 'C', row.reason, '');
    return { kind: 'done', record: toRecord(id, row) };
  }
  row.reason = reason;
  if (then === 'failed') finish(step, id, row, 'F', reason, result);
  else if (then === 'dead' || (then === 'retry' && row.attempts >= attemptMax)) bury(step, id, row, reason, result);
  else again(step, id, row, delayMs, then === 'retry');
  return { kind: 'done', record: toRecord(id, row) };
}

/** From a lease back to waiting; a new turn is paid for, an interrupted one is kept. */
export function again(step: Step, id: string, row: Row, delayMs: number, pays: boolean): void {
  if (pays) row.tag = '';
  row.flags = '';
  delay(step, id, row, delayMs);
  endLease(step, id, row, 'L', false);
}

/** See `Heartbeat` in `../store.ts`. */
export function heartbeat(step: Step, { id, token }: Heartbeat): Reply {
  const row = step.data.o.get(id);
  if (row?.state !== 'L' || row.token !== token) {
    if (isHeld(step)) return { kind: 'held' };
    return row === undefined ? { kind: 'unknown' } : { kind: 'stale', record: toRecord(id, row) };
  }
  const untilMs = leaseEndMs(step, row);
  put(step, id, row, untilMs);
  return { kind: 'alive', untilMs, cancel: row.flags.includes('c') };
}
